package io.github.dyad.bench;

import io.github.dyad.tensor.HostTensor;
import java.util.SplittableRandom;

/**
 * Well-scaled weights: activations of a deep stack keep their size, so that no side meets denormals
 * or saturated functions. A tensor's values depend on its name alone.
 */
final class RandomValues {
  private RandomValues() {}

  /** Linear weights N(0, 1/in), scales 1 + 0.1·N, all else 0.02·N. */
  static float[] of(String name, long... shape) {
    float[] values = new float[Math.toIntExact(HostTensor.count(shape))];
    boolean scale = name.endsWith(".gamma") || (name.contains("norm") && name.endsWith(".weight"));
    double mean = scale ? 1 : 0;
    double deviation =
        scale ? 0.1 : name.endsWith(".weight") ? 1 / Math.sqrt(shape[shape.length - 1]) : 0.02;
    SplittableRandom random = new SplittableRandom(name.hashCode());
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    return values;
  }

  /** Bytes of an image's pixels. */
  static byte[] pixels(int image, int count) {
    byte[] pixels = new byte[count];
    new SplittableRandom(image).nextBytes(pixels);
    return pixels;
  }
}
