package io.github.dyad.experiment;

/** A page that shows a run while it runs. */
public interface RunPage extends RunListener, AutoCloseable {
  /** What to open in a browser. */
  String address();

  @Override
  void close();
}
