package io.github.dyad.experiment;

import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Sample;

/**
 * A test image as students in training see it.
 *
 * @param map (mapSize, mapSize), or null without decoder student
 * @param mapSize its side in pixels
 * @param size how the image came to the teacher
 */
public record SampleMap(Sample sample, RawScores raw, float[] map, int mapSize, ImageSize size) {}
