/**
 * Turns dataset folders into splits of images, labels and masks, and image files into pixels. Start
 * at {@link Datasets#layout}, then {@link DatasetLayout#read} and {@link ImageReader#load}.
 *
 * <p>Every class here keeps: a {@link Sample#path} is relative, '/'-separated, unique in its data
 * set and the same on every machine; lists are sorted by it; what is chosen by a seed depends on
 * nothing but the seed and the paths; whatever is wrong with a user's folder or image is an {@link
 * io.github.dyad.InputException} that names the file. Nothing here knows ND4J. A new data set is a
 * {@link DatasetLayout} named in {@code META-INF/services}.
 */
package io.github.dyad.data;
