package io.github.dyad.anomaly;

/** s = s_E. */
public record EncoderAlone() implements Fusion {
  @Override
  public String name() {
    return "encoder";
  }

  @Override
  public boolean needsDecoder() {
    return false;
  }

  @Override
  public ImageScore of(double encoder, double decoder, double temperature) {
    return new ImageScore(encoder, decoder, encoder, encoder);
  }
}
