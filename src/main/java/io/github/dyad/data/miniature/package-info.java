/**
 * Draws small copies of the eight benchmarks in their public layouts, so that an experiment file
 * can be tried out without a download. Start at {@link Miniatures}; {@link
 * io.github.dyad.data.layout} reads them as it reads the real ones.
 *
 * <p>Every class here keeps: the same drawings on every machine, in JPEG as the JDK writes it;
 * nothing of the real data.
 */
package io.github.dyad.data.miniature;
