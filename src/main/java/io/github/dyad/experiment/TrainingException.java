package io.github.dyad.experiment;

/** A training that cannot go on; the message says at which step, and what to change. */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TrainingException(String message) {
    super(message);
  }
}
