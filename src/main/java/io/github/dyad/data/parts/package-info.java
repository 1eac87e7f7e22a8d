/**
 * Draws made parts: two industrial categories with natural variation, defects and masks, for a
 * first run without any download. Start at {@link io.github.dyad.data.parts.MadeParts}.
 *
 * <p>Every class here keeps: the same seed gives the same bytes on every Java version and machine.
 * So numbers come from {@code Random64} alone, functions beyond + − × ÷ √ from {@link
 * java.lang.StrictMath}, and files are packed without a compressor, whose output differs between
 * versions. Lengths are pixels of the finished image, colours run from 0 to 1.
 */
package io.github.dyad.data.parts;
