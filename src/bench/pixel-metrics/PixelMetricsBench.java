import io.github.dyad.metric.PixelMetrics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/**
 * Times {@link PixelMetrics} on the 200 maps of reference.py and on streams of 100 to 100,000 maps.
 *
 * <pre>
 * java -Xmx2g -cp target/classes src/bench/pixel-metrics/PixelMetricsBench.java FOLDER [MOST_MAPS]
 * </pre>
 *
 * The stream's maps are those of the folder, each time shifted and scaled by random factors, so that
 * no two share their floats; making them is not timed, adding them and the values at the end are.
 */
public final class PixelMetricsBench {
  private static final int SIZE = 256;
  private static final int PIXELS = SIZE * SIZE;

  private final float[][] maps;
  private final boolean[][] masks;

  private PixelMetricsBench(Path folder) throws IOException {
    ByteBuffer scores = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("maps.f32")));
    byte[] truth = Files.readAllBytes(folder.resolve("masks.u8"));
    int count = truth.length / PIXELS;
    maps = new float[count][PIXELS];
    masks = new boolean[count][PIXELS];
    for (int i = 0; i < count; i++) {
      scores.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(i * PIXELS, maps[i]);
      for (int p = 0; p < PIXELS; p++) {
        masks[i][p] = truth[i * PIXELS + p] != 0;
      }
    }
  }

  public static void main(String[] arguments) throws IOException {
    PixelMetricsBench bench = new PixelMetricsBench(Path.of(arguments[0]));
    for (int round = 1; round <= 5; round++) {
      bench.sameMaps(round);
    }
    int most = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100_000;
    for (int count = 100; count <= most; count *= 10) {
      bench.stream(count);
    }
  }

  /** This thread's time on a core: other work on the machine does not count. */
  private static long now() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private void sameMaps(int round) {
    long start = now();
    PixelMetrics metrics = new PixelMetrics();
    for (int i = 0; i < maps.length; i++) {
      metrics.add(maps[i], masks[i], SIZE);
    }
    PixelMetrics.Values values = metrics.values();
    System.out.printf(
        Locale.ROOT,
        "round %d: %.3f s  auroc %.10f ap %.10f f1_max %.10f aupro %.10f dinomaly %.10f%n",
        round,
        (now() - start) / 1e9,
        values.auroc(),
        values.averagePrecision(),
        values.f1Max(),
        values.aupro(),
        values.auproDinomaly().orElse(Double.NaN));
  }

  private void stream(int count) {
    PixelMetrics metrics = new PixelMetrics();
    Random random = new Random(1);
    float[] map = new float[PIXELS];
    long nanos = 0;
    for (int i = 0; i < count; i++) {
      float scale = 0.9f + 0.2f * random.nextFloat();
      float shift = 0.01f * random.nextFloat();
      float[] source = maps[i % maps.length];
      for (int p = 0; p < PIXELS; p++) {
        map[p] = source[p] * scale + shift;
      }
      long start = now();
      metrics.add(map, masks[i % masks.length], SIZE);
      nanos += now() - start;
    }
    long start = now();
    PixelMetrics.Values values = metrics.values();
    long last = now() - start;
    nanos += last;
    System.out.printf(
        Locale.ROOT,
        "%d maps: %.0f maps/s (values %.2f s), error bound %.1e, %s%n",
        count,
        count / (nanos / 1e9),
        last / 1e9,
        values.errorBound(),
        values);
  }
}
