package io.github.dyad.experiment;

import java.nio.file.Path;

/** A process of its own that runs an experiment with the fake engine; made to be killed. */
final class FakeRun {
  private FakeRun() {}

  /**
   * @param args experiment file, results folder, milliseconds a step
   */
  public static void main(String[] args) {
    Experiment experiment = Experiment.read(Path.of(args[0]));
    FakeEngine engine = new FakeEngine(2, Long.parseLong(args[2]));
    Grid grid =
        new GridPlanner(new FakeDataRoom(), engine::teacherSha256)
            .plan(experiment, experiment.trials(true));
    new Runner(
            grid,
            new ResultsFolder(Path.of(args[1])),
            engine,
            TimingProtocol.SMOKE,
            new QuietListener(),
            () -> false)
        .run();
  }
}
