package io.github.dyad.cli;

import io.github.dyad.metric.ImageMetrics;
import io.github.dyad.metric.ScoreFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dyad metrics}: AUROC, AP and F1-max of anyone's scores. */
@Command(
    name = "metrics",
    description = {
      "Prints the metrics of anyone's scores, one line \"name value\" each (10 digits).",
      "With a group column: name/group for every group, then name/mean over the groups."
    },
    mixinStandardHelpOptions = true)
public final class MetricsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "SCORES.csv",
      description = "Columns score (higher is more anomalous), label (0 or 1), optional group.")
  private Path scores;

  @Option(
      names = "--score",
      paramLabel = "COLUMN",
      defaultValue = "score",
      description = "Column of the scores (default: ${DEFAULT-VALUE}).")
  private String scoreColumn;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      defaultValue = "label",
      description = "Column of the labels (default: ${DEFAULT-VALUE}).")
  private String labelColumn;

  @Option(
      names = "--group",
      paramLabel = "COLUMN",
      defaultValue = "group",
      description = "Column of the groups, if there (default: ${DEFAULT-VALUE}).")
  private String groupColumn;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ScoreFile file =
        ScoreFile.read(scores, new ScoreFile.Columns(scoreColumn, labelColumn, groupColumn));
    Map<String, ImageMetrics> metrics = file.metrics();
    metrics.forEach((group, m) -> print(out, file.isGrouped() ? "/" + group : "", m));
    if (file.isGrouped()) {
      print(out, "/mean", ImageMetrics.mean(metrics.values()));
    }
    out.flush();
    return 0;
  }

  private static void print(PrintWriter out, String suffix, ImageMetrics metrics) {
    print(out, "auroc" + suffix, metrics.auroc());
    print(out, "ap" + suffix, metrics.averagePrecision());
    print(out, "f1_max" + suffix, metrics.f1Max());
  }

  private static void print(PrintWriter out, String name, double value) {
    out.println(name + " " + String.format(Locale.ROOT, "%.10f", value));
  }
}
