package io.github.dyad.kernel;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Every kernel on one thread at the size of ViT-S, 8 images of 69 tokens; {@code copy} is the floor
 * of what goes once through memory, {@code scalar} the reference. In place where the model is, so
 * values drift; inputs keep them from denormals.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {
  private static final int TOKENS = 69;
  private static final int IMAGES = 8;
  private static final int D = 384;
  private static final int HEADS = 6;
  private static final int ROWS = IMAGES * TOKENS;
  private static final int HIDDEN = 4 * D;
  private static final int COUNT = ROWS * D;
  private static final double EPSILON = 1e-6;

  /** active: what Dyad runs here; scalar: where the vector module is absent. */
  @Param({"active", "scalar"})
  public String kernels;

  private final AttentionShape shape = new AttentionShape(TOKENS, D, HEADS);
  private final StableAdamW.Step step = new StableAdamW.Step(1e-4, 1e-4, 0.9, 0.999, 1e-10, 10, 1);
  private final double[] sums = new double[3 * ROWS];
  private Kernels k;
  private Floats x;
  private Floats y;
  private Floats z;
  private Floats wide;
  private Floats wide2;
  private Floats weight;
  private Floats one;
  private Floats stats;
  private Floats scratch;
  private Floats positive;

  @Setup
  public void fill() {
    k = kernels.equals("scalar") ? ScalarKernels.INSTANCE : Kernels.active();
    x = random(COUNT);
    y = random(COUNT);
    z = random(COUNT);
    wide = random(ROWS * HIDDEN);
    wide2 = random(ROWS * HIDDEN);
    weight = random(HIDDEN * D);
    one = random(HIDDEN);
    stats = random(2 * ROWS);
    positive = random(COUNT);
    k.multiply(positive, 0, positive, 0, positive, 0, COUNT);
    scratch =
        Floats.allocate(
            Math.max(SoftmaxAttention.backwardScratch(shape), LinearAttention.scratch(shape)));
    k.layerNorm(x, 0, one, 0, one, 0, EPSILON, y, 0, stats, 0, ROWS, D);
  }

  private static Floats random(int count) {
    SplittableRandom random = new SplittableRandom(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Floats.copyOf(values);
  }

  @Benchmark
  public void copy() {
    k.copy(x, 0, z, 0, COUNT);
  }

  @Benchmark
  public void add() {
    k.add(x, 0, z, 0, COUNT);
  }

  @Benchmark
  public void columnSums() {
    k.columnSums(x, 0, D, one, 0, ROWS, D);
  }

  @Benchmark
  public double sumOfSquares() {
    return k.sumOfSquares(x, 0, COUNT);
  }

  @Benchmark
  public void gelu() {
    k.gelu(wide, 0, wide2, 0, ROWS * HIDDEN);
  }

  @Benchmark
  public void geluBackward() {
    k.geluBackward(wide, 0, wide, 0, wide2, 0, ROWS * HIDDEN);
  }

  /** A copy more than the kernel: its input is overwritten. */
  @Benchmark
  public void biasGeluDerivativeAndCopy() {
    k.copy(wide, 0, wide2, 0, ROWS * HIDDEN / 2);
    k.biasGeluDerivative(one, 0, wide2, 0, wide2, ROWS * HIDDEN / 2, ROWS / 2, HIDDEN);
  }

  @Benchmark
  public void layerNorm() {
    k.layerNorm(x, 0, one, 0, one, 0, EPSILON, z, 0, stats, 0, ROWS, D);
  }

  @Benchmark
  public void layerNormBackward() {
    k.layerNormBackward(x, 0, one, 0, stats, 0, y, 0, z, 0, false, weight, 0, weight, D, ROWS, D);
  }

  @Benchmark
  public void softmax() {
    k.softmax(x, 0, D, ROWS, D);
  }

  @Benchmark
  public void eluPlusOne() {
    k.eluPlusOne(x, 0, D, z, 0, D, ROWS, D);
  }

  @Benchmark
  public void residual() {
    k.residual(x, 0, one, 0, one, 0, y, 0, z, 0, ROWS, D);
  }

  @Benchmark
  public void dropout() {
    k.dropout(7, 0, 0.2, x, 0, z, 0, COUNT);
  }

  @Benchmark
  public void cosineTerms() {
    k.cosineTerms(x, 0, y, 0, sums, 0, ROWS, D);
  }

  @Benchmark
  public void cosineBackward() {
    k.cosineBackward(x, 0, y, 0, 1, 2, 3, 1, one, 0, z, 0, ROWS, D);
  }

  @Benchmark
  public float kthLargest() {
    return k.kthLargest(x, 0, ROWS, ROWS / 2);
  }

  @Benchmark
  public double stableAdamW() {
    double ratios = k.stableAdamWMoments(step, x, 0, y, 0, positive, 0, positive, 0, COUNT);
    k.stableAdamWUpdate(step, 1e-9, y, 0, positive, 0, z, 0, COUNT);
    return ratios;
  }

  /** One image, all heads. */
  @Benchmark
  public void softmaxAttention() {
    for (int h = 0; h < HEADS; h++) {
      SoftmaxAttention.forward(k, shape, h, 0, TOKENS, wide, 0, z, 0, stats, 0, scratch, 0);
    }
  }

  @Benchmark
  public void linearAttention() {
    for (int h = 0; h < HEADS; h++) {
      LinearAttention.forward(k, shape, h, 1e-6f, wide, 0, z, 0, scratch, 0);
    }
  }

  /** x·Wᵀ, (552, 384)·(384, 1536): 0.65 GFLOP. */
  @Benchmark
  public void gemm() {
    Gemm.linear(x, 0, weight, 0, wide2, 0, ROWS, D, HIDDEN);
  }
}
