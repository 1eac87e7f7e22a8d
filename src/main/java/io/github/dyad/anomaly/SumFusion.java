package io.github.dyad.anomaly;

/** The ablation without Noisy-OR: s = s_E + s_D. */
public record SumFusion() implements Fusion {
  @Override
  public String name() {
    return "sum";
  }

  @Override
  public ImageScore of(double encoder, double decoder, double temperature) {
    return new ImageScore(encoder, decoder, encoder + decoder, encoder + decoder);
  }
}
