package io.github.dyad.cli;

import io.github.dyad.CsvText;
import io.github.dyad.Extensions;
import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyConfig.ClassTokens;
import io.github.dyad.anomaly.Fusion;
import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageRef;
import io.github.dyad.experiment.Cluster;
import io.github.dyad.experiment.Detector;
import io.github.dyad.experiment.RecordedModel;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.report.FloatTiff;
import io.github.dyad.report.HeatMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dyad score}: one's own images through a trained model. */
@Command(
    name = "score",
    description = {
      "Prints path,score,threshold,decision of every image (decision: normal or anomalous).",
      "The threshold is a quantile of the scores of training normals that were held back from the"
          + " training; it is empty where the model held none back."
    },
    mixinStandardHelpOptions = true)
final class ScoreCommand implements Callable<Integer> {
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT
          .builder()
          .setHeader("path", "score", "threshold", "decision")
          .setRecordSeparator('\n')
          .get();

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A folder below results/NAME/models; with --trial: results/NAME.")
  private Path model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "Images, or folders of images.")
  private List<Path> images;

  @Option(
      names = "--maps",
      paramLabel = "DIR",
      description = "Writes NAME.png, the heat map over the image, and NAME.tiff, the raw map.")
  private Path maps;

  @Option(
      names = "--quantile",
      paramLabel = "Q",
      description = "Of the held-back normals (default: ${DEFAULT-VALUE}).")
  private double quantile = Detector.QUANTILE;

  @Option(
      names = "--trial",
      paramLabel = "NAME",
      description = "Scores with the model and the options of this trial of the results folder.")
  private String trial;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description = "Which of the trial's rows, where each has its own model.")
  private String split;

  @Option(
      names = "--fusion",
      description = "noisy-or, sum, encoder, decoder or one's own (default: the model's own).")
  private String fusion;

  @Option(names = "--class-tokens", description = "${COMPLETION-CANDIDATES} (default: last).")
  private ClassTokens classTokens;

  @Option(
      names = "--spark",
      paramLabel = "MASTER",
      description = "A cluster scores the images, such as spark://host:7077. See docs/spark.md.")
  private String spark;

  @Override
  public Integer call() throws IOException {
    AnomalyConfig config = config();
    images.forEach(ScoreCommand::requireThere);
    Machine.check();
    CSVPrinter csv = new CSVPrinter(spec.commandLine().getOut(), FORMAT);
    if (spark != null) {
      scoreOn(spark, config, csv);
    } else {
      try (Detector detector = Detector.load(model, config, quantile, common.workers())) {
        for (Path image : images) {
          score(detector, image, csv);
        }
      }
    }
    csv.flush();
    return Main.DONE;
  }

  /** How scores are made; names the model's folder where a trial was given. */
  private AnomalyConfig config() {
    if (trial == null) {
      if (split != null) {
        throw new InputException("--split goes with --trial");
      }
      return Detector.ownScore(
          model,
          fusion == null ? null : fusion(fusion),
          classTokens == null ? ClassTokens.LAST : classTokens);
    }
    if (fusion != null || classTokens != null) {
      throw new InputException("--trial says how scores are made; leave out the other options");
    }
    RecordedModel recorded = RecordedModel.find(new ResultsFolder(model), trial, split);
    model = recorded.folder();
    return recorded.anomaly();
  }

  private void scoreOn(String master, AnomalyConfig config, CSVPrinter csv) {
    if (maps != null) {
      throw new InputException("--maps is for images that are scored here; leave out --spark");
    }
    try (Cluster cluster = Cluster.connect(master, common.workers(1))) {
      cluster.score(
          new Cluster.ScoringOrder(model, config, quantile),
          new ImageFolder(images),
          scored ->
              print(csv, scored.image(), scored.score(), scored.threshold(), scored.anomalous()));
    }
  }

  private static Fusion fusion(String name) {
    return Extensions.named(
        Fusion.class, "--fusion", name.toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  private static void requireThere(Path image) {
    if (!Files.exists(image)) {
      throw new InputException(image + ": no such image or folder");
    }
  }

  /** An image, or all images below a folder, in the order of their names. */
  private void score(Detector detector, Path given, CSVPrinter csv) {
    Iterator<Path> files = new ImageFolder(List.of(given));
    if (!files.hasNext()) {
      throw new InputException(given + ": no images in this folder");
    }
    while (files.hasNext()) {
      Path file = files.next();
      ImageRef image = ImageRef.file(file);
      Detector.Detection detection = detector.score(image);
      print(csv, file, detection.score(), detection.threshold(), detection.anomalous());
      if (maps != null && detection.map() != null) {
        Path name = Files.isDirectory(given) ? given.relativize(file) : given.getFileName();
        write(detector, image, detection.map(), name);
      }
    }
  }

  private static void print(
      CSVPrinter csv, Path file, double score, double threshold, boolean anomalous) {
    boolean judged = !Double.isNaN(threshold);
    try {
      csv.printRecord(
          CsvText.cell(file),
          Double.toString(score),
          judged ? Double.toString(threshold) : "",
          judged ? (anomalous ? "anomalous" : "normal") : "");
      csv.flush();
    } catch (IOException e) {
      throw new InputException("the scores cannot be written: " + e.getMessage(), e);
    }
  }

  private void write(Detector detector, ImageRef image, float[] map, Path name) {
    String text = name.toString();
    int dot = text.lastIndexOf('.');
    String stem = dot > 0 ? text.substring(0, dot) : text;
    Path png = maps.resolve(stem + ".png");
    int side = detector.mapSize();
    try {
      Files.createDirectories(png.toAbsolutePath().getParent());
      new HeatMap(side, detector.size(), detector.mapScale())
          .write(ImageReader.decode(image), map, png);
      FloatTiff.write(map, side, side, maps.resolve(stem + ".tiff"));
    } catch (IOException e) {
      throw new InputException(png + ": cannot be written (" + e.getMessage() + ")", e);
    }
  }
}
