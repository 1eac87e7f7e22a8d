/**
 * Expands an experiment file into trials, runs the missing ones, and records manifests and CSV
 * rows. Start at {@link io.github.dyad.experiment.Experiment} and {@link
 * io.github.dyad.experiment.Runner}.
 *
 * <p>Every class here keeps: the key before the computing; what is finished survives any kill, and
 * nothing is recorded twice; {@code results.csv} depends on the trials alone, never on time, host
 * or interruptions. No class here knows a tensor: the numbers come from an {@link
 * io.github.dyad.experiment.Engine}. A new option is a component of a configuration record, a new
 * column a constant of {@link io.github.dyad.experiment.ResultColumn}.
 */
package io.github.dyad.experiment;
