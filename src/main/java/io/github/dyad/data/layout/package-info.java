/**
 * The data sets that Dyad reads: eight benchmarks in the layout they are downloaded in, two generic
 * layouts for one's own images, and the two that come with Dyad. Each is found by its id through
 * {@link io.github.dyad.data.Datasets}; nothing else names these classes.
 *
 * <p>Every class here keeps: leftovers of operating systems and archivers are passed over,
 * extensions count in any letter case, symbolic links are followed; a folder that is not as
 * expected is named with what to do. A new layout is a {@link ScannedLayout} that fills a {@link
 * Scan}, one line in {@code META-INF/services}, and a miniature of it in {@code LayoutTest}.
 */
package io.github.dyad.data.layout;
