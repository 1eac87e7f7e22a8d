package io.github.dyad.data;

/** At which resolution pixels are judged (option {@code masks}). */
public enum MaskRule {
  /** Through the image's own resize and crop, then nearest to the map's size; Dinomaly's way. */
  DINOMALY,
  /** At the mask file's resolution; the map is resized to it. */
  ORIGINAL
}
