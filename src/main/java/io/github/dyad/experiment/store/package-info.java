/**
 * Files that are whole or not there, whatever kills the process, and the names of their contents.
 * Start at {@link io.github.dyad.experiment.store.WholeFile}.
 *
 * <p>Every class here keeps: a reader sees the old bytes or the new ones, never a part; text comes
 * out the same on every JVM; what the disk refuses is an {@link io.github.dyad.InputException} that
 * names the path. Nothing here knows what is stored.
 */
package io.github.dyad.experiment.store;
