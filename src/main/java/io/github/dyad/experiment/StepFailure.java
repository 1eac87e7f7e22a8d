package io.github.dyad.experiment;

/** Something went wrong inside the engine or the metrics: one trial's failure, not the run's. */
final class StepFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param step what was being done
   * @param position how far it was; may be empty
   */
  StepFailure(String step, String position, Throwable cause) {
    super(text(step, position, cause), cause);
  }

  private static String text(String step, String position, Throwable cause) {
    String said = cause.getMessage();
    String what =
        cause instanceof OutOfMemoryError
            ? "out of memory; give the JVM more with DYAD_JAVA_OPTS=-Xmx..."
            : said == null ? cause.getClass().getSimpleName() : said;
    return step
        + (position.isEmpty() || what.contains("step ") ? "" : " " + position)
        + ": "
        + what;
  }
}
