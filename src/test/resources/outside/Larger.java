package mine;

import io.github.dyad.anomaly.Fusion;
import io.github.dyad.anomaly.ImageScore;

/** The larger of both students' scores. */
public record Larger() implements Fusion {
  @Override
  public String name() {
    return "larger";
  }

  @Override
  public ImageScore of(double encoder, double decoder, double temperature) {
    double score = Math.max(encoder, decoder);
    return new ImageScore(encoder, decoder, score, score);
  }
}
