package io.github.dyad.kernel;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Inputs of kernel tests. */
final class Samples {
  private Samples() {}

  /** Both paths; the vector one only where this JVM has it. */
  static Stream<Kernels> kernels() {
    return Stream.of(ScalarKernels.INSTANCE, Kernels.active()).distinct();
  }

  /** Every remainder of every vector length, and two lengths with several blocks. */
  static List<Integer> lengths() {
    return IntStream.concat(IntStream.rangeClosed(1, 40), IntStream.of(192, 1000, 5003))
        .boxed()
        .toList();
  }

  /** Normally distributed values times {@code scale}. */
  static double[] normal(long seed, int count, double scale) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * gaussian(random));
    }
    return values;
  }

  private static double gaussian(SplittableRandom random) { // Box–Muller
    double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    return radius * Math.cos(2 * Math.PI * random.nextDouble());
  }
}
