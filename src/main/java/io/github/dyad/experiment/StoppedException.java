package io.github.dyad.experiment;

/** The user or the system asked to stop; what was finished is kept. No failure, no bug. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoppedException() {
    super("stopped");
  }
}
