package io.github.dyad.experiment;

/**
 * Makes the engine, once the machine is known to carry it. The command line takes the one named in
 * {@code META-INF/services/io.github.dyad.experiment.EngineProvider}.
 */
public interface EngineProvider {

  /** Loads native libraries. */
  Engine open(Options options);

  /**
   * @param workers threads that share the work; results do not depend on it
   */
  record Options(int workers) {}
}
