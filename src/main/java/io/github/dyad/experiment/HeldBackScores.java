package io.github.dyad.experiment;

import io.github.dyad.anomaly.AnomalyScorer;
import io.github.dyad.anomaly.RawScores;
import io.github.dyad.data.Sample;
import io.github.dyad.experiment.store.WholeFile;
import java.nio.file.Path;
import java.util.List;

/**
 * Raw scores of the training normals that a model was not trained on, {@code held_back.csv} in its
 * folder: thresholds of any fusion are quantiles of them.
 */
final class HeldBackScores {
  static final String FILE = "held_back.csv";

  private HeldBackScores() {}

  static void write(Path folder, List<Sample> images, List<AnomalyScorer.Result> results) {
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
}
