package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.Sample;
import io.github.dyad.experiment.store.WholeFile;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Raw scores of the training normals that a model was not trained on, {@code held_back.csv} in its
 * folder: thresholds of any fusion are quantiles of them.
 */
final class HeldBackScores {
  static final String FILE = "held_back.csv";

  private static final String METHOD = "score";

  private HeldBackScores() {}

  static void write(Path folder, List<Sample> images, List<AnomalyScorer.Result> results) {
    boolean ofMethod = results.stream().anyMatch(r -> !Double.isNaN(r.raw().method()));
    if (ofMethod) {
      CsvTable scores = new CsvTable(List.of("path", METHOD));
      for (int i = 0; i < images.size(); i++) {
        scores.add(List.of(images.get(i).path(), Curve.number(results.get(i).raw().method())));
      }
      WholeFile.write(folder.resolve(FILE), scores.text());
      return;
    }
    CsvTable table =
        new CsvTable(
            List.of(
                "path",
                "score_encoder_last",
                "score_encoder_all",
                "score_decoder_top",
                "score_decoder_loss"));
    for (int i = 0; i < images.size(); i++) {
      RawScores raw = results.get(i).raw();
      table.add(
          List.of(
              images.get(i).path(),
              Curve.number(raw.encoderLast()),
              Curve.number(raw.encoderAll()),
              Curve.number(raw.decoderTop()),
              Curve.number(raw.decoderLoss())));
    }
    WholeFile.write(folder.resolve(FILE), table.text());
  }

  /** Empty if the model held no images back. */
  static List<RawScores> read(Path folder) {
    Path file = folder.resolve(FILE);
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
    List<RawScores> scores = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(file);
        CSVParser csv = format.parse(reader)) {
      for (CSVRecord row : csv) {
        if (row.isMapped(METHOD)) {
          scores.add(RawScores.ofMethod(number(row.get(METHOD))));
          continue;
        }
        scores.add(
            new RawScores(
                number(row.get("score_encoder_last")),
                number(row.get("score_encoder_all")),
                number(row.get("score_decoder_top")),
                number(row.get("score_decoder_loss"))));
      }
    } catch (IOException | IllegalArgumentException | UncheckedIOException e) {
      throw new InputException(file + ": damaged (" + e.getMessage() + ")", e);
    }
    return scores;
  }

  private static double number(String text) {
    return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
  }
}
