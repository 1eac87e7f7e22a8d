package io.github.dyad.data;

/** How many classes of normal images one model learns (the paper's section 4.1). */
public enum Setting {
  /** One model per category, or per normal class (one-vs-rest). */
  SINGLE_CLASS,
  /** One model for all categories, or for several normal classes. */
  MULTI_CLASS
}
