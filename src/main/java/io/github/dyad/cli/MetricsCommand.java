package io.github.dyad.cli;

import io.github.dyad.Extensions;
import io.github.dyad.metric.ImageMetrics;
import io.github.dyad.metric.MapFolders;
import io.github.dyad.metric.Metric;
import io.github.dyad.metric.PixelMetrics;
import io.github.dyad.metric.ScoreFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dyad metrics}: the metrics of anyone's scores or anomaly maps. */
@Command(
    name = "metrics",
    description = {
      "Prints the metrics of anyone's scores or anomaly maps, one line \"name value\" each"
          + " (10 digits).",
      "Scores: auroc, ap, f1_max; with a group column name/GROUP for every group, then name/mean"
          + " over the groups; NaN where a metric of one's own is undefined.",
      "Maps: pixel_auroc, pixel_ap, pixel_f1_max, aupro (MVTec's rule), aupro_dinomaly (200"
          + " thresholds; NaN where that rule divides by 0)."
    },
    mixinStandardHelpOptions = true)
public final class MetricsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Input input;

  private static final class Input {
    @ArgGroup(exclusive = false)
    private Scores scores;

    @ArgGroup(exclusive = false)
    private Maps maps;
  }

  private static final class Scores {
    @Parameters(
        paramLabel = "SCORES.csv",
        description = "Columns score (higher is more anomalous), label (0 or 1), optional group.")
    private Path file;

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

    @Option(
        names = "--extra",
        paramLabel = "NAME",
        split = ",",
        description = "Metrics of one's own on the class path too, with their default options.")
    private List<String> extra = List.of();
  }

  private static final class Maps {
    @Option(
        names = "--maps",
        paramLabel = "DIR",
        required = true,
        description = "TIFF maps, 32-bit float or 16-bit, in any folders below DIR.")
    private Path maps;

    @Option(
        names = "--masks",
        paramLabel = "DIR",
        required = true,
        description = {
          "PNG masks, anomalous where not 0, under the same paths (or PATH_mask.png).",
          "A map without a mask is that of a normal image."
        })
    private Path masks;

    @Option(
        names = "--fpr-limit",
        paramLabel = "RATE",
        defaultValue = "0.3",
        description = "False-positive rate up to which AUPRO is taken (default: ${DEFAULT-VALUE}).")
    private double fprLimit;
  }

  @Override
  public Integer call() {
    if (input.scores != null) {
      measureScores(input.scores);
    } else {
      measureMaps(input.maps);
    }
    spec.commandLine().getOut().flush();
    return 0;
  }

  private void measureScores(Scores scores) {
    List<Metric> extra =
        scores.extra.stream().map(name -> Extensions.named(Metric.class, "--extra", name)).toList();
    ScoreFile file =
        ScoreFile.read(
            scores.file,
            new ScoreFile.Columns(scores.scoreColumn, scores.labelColumn, scores.groupColumn));
    Map<String, ImageMetrics> metrics = file.metrics();
    metrics.forEach((group, m) -> print(file.isGrouped() ? "/" + group : "", m));
    if (file.isGrouped()) {
      print("/mean", ImageMetrics.mean(metrics.values()));
    }
    extra.forEach(metric -> measure(metric, file));
  }

  private void measure(Metric metric, ScoreFile file) {
    Map<String, OptionalDouble> values = file.of(metric);
    values.forEach(
        (group, value) ->
            print(
                metric.column() + (file.isGrouped() ? "/" + group : ""), value.orElse(Double.NaN)));
    if (file.isGrouped()) {
      double sum = values.values().stream().mapToDouble(v -> v.orElse(Double.NaN)).sum();
      print(metric.column() + "/mean", sum / values.size());
    }
  }

  private void measureMaps(Maps folders) {
    MapFolders files = new MapFolders(folders.maps, folders.masks);
    PixelMetrics metrics = new PixelMetrics();
    files.addTo(metrics);
    PixelMetrics.Values values = metrics.values(folders.fprLimit);
    print("pixel_auroc", values.auroc());
    print("pixel_ap", values.averagePrecision());
    print("pixel_f1_max", values.f1Max());
    print("aupro", values.aupro());
    print("aupro_dinomaly", values.auproDinomaly().orElse(Double.NaN));
    if (files.unmatchedMasks() > 0) {
      note(files.unmatchedMasks() + " masks have no map and were left out");
    }
    if (values.errorBound() > 0) {
      note(String.format(Locale.ROOT, "values are within %.1e of exact", values.errorBound()));
    }
  }

  private void print(String suffix, ImageMetrics metrics) {
    print("auroc" + suffix, metrics.auroc());
    print("ap" + suffix, metrics.averagePrecision());
    print("f1_max" + suffix, metrics.f1Max());
  }

  private void print(String name, double value) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(name + " " + String.format(Locale.ROOT, "%.10f", value));
  }

  private void note(String text) {
    spec.commandLine().getErr().println("dyad: " + text);
  }
}
