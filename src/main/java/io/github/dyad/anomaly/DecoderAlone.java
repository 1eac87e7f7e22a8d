package io.github.dyad.anomaly;

/** s = s_D. */
public record DecoderAlone() implements Fusion {
  @Override
  public String name() {
    return "decoder";
  }

  @Override
  public boolean needsEncoder() {
    return false;
  }

  @Override
  public ImageScore of(double encoder, double decoder, double temperature) {
    return new ImageScore(encoder, decoder, decoder, decoder);
  }
}
