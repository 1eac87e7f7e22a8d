package io.github.dyad.data;

/**
 * What {@code dyad data list} says of a data set.
 *
 * @param title its name
 * @param domain what an anomaly is in it
 * @param home where it is had
 * @param licence its licence, "own data" for generic layouts
 * @param size images and disk space
 * @param layout the folders expected under its root
 */
public record DatasetFacts(
    String title, Domain domain, String home, String licence, String size, String layout) {}
