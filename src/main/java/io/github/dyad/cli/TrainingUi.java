package io.github.dyad.cli;

import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.RunPage;

/**
 * Another page about a running run, which a build's profile brings by {@code META-INF/services}.
 */
public interface TrainingUi {
  /** What stands behind {@code --ui}. */
  String id();

  RunPage open(Grid grid);
}
