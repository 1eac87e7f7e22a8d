package io.github.dyad.teacher;

/**
 * Why a file is refused, still without the file's name: {@link OnnxTeacher} puts it in front and
 * throws the user's error. Nothing outside this package sees it.
 */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  static final String AS_EXPORTED =
      "give a DINOv2-like vision transformer as PyTorch exports it, not quantised or optimised";
  static final String BROKEN = "download or export it again";

  private final String reason;
  private final String remedy;

  /**
   * @param reason what is wrong
   * @param remedy what to do
   */
  RefusedException(String reason, String remedy) {
    super(reason + "; " + remedy);
    this.reason = reason;
    this.remedy = remedy;
  }

  /** The graph is no vision transformer that this package reads. */
  static RefusedException graph(String reason) {
    return new RefusedException(reason, AS_EXPORTED);
  }

  /** The file contradicts itself. */
  static RefusedException broken(String reason) {
    return new RefusedException(reason, BROKEN);
  }

  /** The same refusal with the place in front, if it is about the graph's structure. */
  RefusedException in(String place) {
    return remedy.equals(AS_EXPORTED) ? graph(place + reason) : this;
  }

  /** A name from the file, safe to print: no control characters, at most 80 characters. */
  static String quoted(String name) {
    String plain = name.replaceAll("[^\\p{Print}]", "?");
    return "'" + (plain.length() <= 80 ? plain : plain.substring(0, 77) + "...") + "'";
  }
}
