package io.github.dyad;

/**
 * Something the user gave cannot be used. The message is one line that says what, where and what to
 * do; the command line prints it alone and exits with 2. Anything else that escapes is a bug.
 */
public class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InputException(String message) {
    super(oneLine(message));
  }

  public InputException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  private static String oneLine(String message) {
    return message.replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
