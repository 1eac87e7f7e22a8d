/**
 * Sends trainings and scorings to Spark. Start at {@link io.github.dyad.cluster.SparkCluster}.
 *
 * <p>Every class here keeps: a task carries paths, names and checksums, never data or weights; what
 * an executor computes has the bytes of one machine; a failure of the method is a value that comes
 * back, so that Spark repeats only what was lost with its executor.
 */
package io.github.dyad.cluster;
