package io.github.dyad.data;

/**
 * JPEG's YCbCr to RGB in libjpeg's 16-bit fixed point, so that pixels equal Pillow's bit by bit: R
 * = Y + 1.402 (Cr − 128), G = Y − 0.344136 (Cb − 128) − 0.714136 (Cr − 128), B = Y + 1.772 (Cb −
 * 128). Source: ITU-T T.871.
 */
final class YCbCr {
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);
  private static final int CR_TO_RED = fixed(1.40200);
  private static final int CB_TO_BLUE = fixed(1.77200);
  private static final int CR_TO_GREEN = -fixed(0.71414);
  private static final int CB_TO_GREEN = -fixed(0.34414);

  private YCbCr() {}

  /** Turns the first three of every {@code stride} samples into RGB, in place. */
  static void toRgb(byte[] samples, int stride) {
    for (int i = 0; i + 2 < samples.length; i += stride) {
      int y = samples[i] & 0xFF;
      int cb = (samples[i + 1] & 0xFF) - 128;
      int cr = (samples[i + 2] & 0xFF) - 128;
      samples[i] = clip(y + ((CR_TO_RED * cr + HALF) >> BITS));
      samples[i + 1] = clip(y + ((CB_TO_GREEN * cb + CR_TO_GREEN * cr + HALF) >> BITS));
      samples[i + 2] = clip(y + ((CB_TO_BLUE * cb + HALF) >> BITS));
    }
  }

  private static int fixed(double factor) {
    return (int) (factor * (1 << BITS) + 0.5);
  }

  private static byte clip(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }
}
