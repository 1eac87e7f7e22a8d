/**
 * Reads YAML that strangers wrote into records, and records into trees. Start at {@link
 * io.github.dyad.experiment.yaml.YamlReader} and {@link
 * io.github.dyad.experiment.yaml.RecordBinder}.
 *
 * <p>Every class here keeps: text never instantiates a class, work is bounded by the text's length,
 * and a message names file, line and key. Nothing here knows what an experiment is: a new option is
 * a component of a record elsewhere.
 */
package io.github.dyad.experiment.yaml;
