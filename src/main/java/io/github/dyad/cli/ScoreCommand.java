package io.github.dyad.cli;

import io.github.dyad.Extensions;
import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.AnomalyConfig.ClassTokens;
import io.github.dyad.anomaly.Fusion;
import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageRef;
import io.github.dyad.experiment.Detector;
import io.github.dyad.report.FloatTiff;
import io.github.dyad.report.HeatMap;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
  private static final List<String> ENDINGS =
      List.of(".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff");

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A folder below results/NAME/models.")
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
      names = "--fusion",
      description = "noisy-or, sum, encoder, decoder or one's own (default: the model's own).")
  private String fusion;

  @Option(
      names = "--class-tokens",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ClassTokens classTokens = ClassTokens.LAST;

  @Override
  public Integer call() throws IOException {
    AnomalyConfig config =
        Detector.ownScore(model, fusion == null ? null : fusion(fusion), classTokens);
    images.forEach(ScoreCommand::requireThere);
    Machine.check();
    PrintWriter out = spec.commandLine().getOut();
    try (Detector detector = Detector.load(model, config, quantile, common.workers())) {
      CSVFormat format =
          CSVFormat.DEFAULT
              .builder()
              .setHeader("path", "score", "threshold", "decision")
              .setRecordSeparator('\n')
              .get();
      CSVPrinter csv = new CSVPrinter(out, format);
      for (Path image : images) {
        score(detector, image, csv);
      }
      csv.flush();
    } catch (UncheckedIOException e) {
      throw new InputException(e.getMessage(), e);
    }
    return Main.DONE;
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
  private void score(Detector detector, Path image, CSVPrinter csv) throws IOException {
    if (!Files.isDirectory(image)) {
      scoreFile(detector, image, image.getFileName(), csv);
      return;
    }
    try (Stream<Path> below = Files.walk(image)) {
      for (Path file :
          (Iterable<Path>) below.filter(ScoreCommand::looksLikeImage).sorted()::iterator) {
        scoreFile(detector, file, image.relativize(file), csv);
      }
    }
  }

  private static boolean looksLikeImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return Files.isRegularFile(file)
        && !name.startsWith(".")
        && ENDINGS.stream().anyMatch(name::endsWith);
  }

  private void scoreFile(Detector detector, Path file, Path name, CSVPrinter csv)
      throws IOException {
    ImageRef image = ImageRef.file(file);
    Detector.Detection detection = detector.score(image);
    boolean judged = !Double.isNaN(detection.threshold());
    csv.printRecord(
        file,
        Double.toString(detection.score()),
        judged ? Double.toString(detection.threshold()) : "",
        judged ? (detection.anomalous() ? "anomalous" : "normal") : "");
    csv.flush();
    if (maps != null && detection.map() != null) {
      write(detector, image, detection.map(), name);
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
