package io.github.dyad.data;

import java.util.Locale;

/** What an anomaly is in a data set. */
public enum Domain {
  /** A defect in an image of a known category; images are resized to 448 and cropped to 392. */
  INDUSTRIAL,
  /** An image of a class that is not among the normal ones; resized and cropped to one size. */
  SEMANTIC;

  /** As printed: "industrial". */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
