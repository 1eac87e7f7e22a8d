/**
 * Files that nobody would write: every reader of a user's files is fed mutations of the seeds in
 * {@code src/test/resources/fuzz}. Start at {@link io.github.dyad.fuzz.FuzzTarget}.
 *
 * <p>A new reader is a constant of {@code FuzzTarget} and a folder of seeds. A file that once broke
 * a reader becomes a seed.
 */
package io.github.dyad.fuzz;
