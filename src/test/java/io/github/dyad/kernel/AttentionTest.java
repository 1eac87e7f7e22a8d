package io.github.dyad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attention against its formula in double precision, and its gradients against central differences
 * of that formula. Float32 with sums of up to 300 terms: 1e-5 of the largest value.
 */
class AttentionTest {
  private static final float EPSILON = 1e-6f;
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void softmax_attention_follows_its_formula(Kernels kernels) {
    for (AttentionShape shape : shapes()) {
      double[] qkv = Samples.normal(7, shape.tokens() * shape.qkvStride(), 1.5);
      Run run = new Run(shape, qkv);
      run.softmaxForward(kernels);
      assertClose(softmaxAttention(shape, qkv), run.out.values(), shape);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void softmax_attention_has_the_gradient_of_its_formula(Kernels kernels) {
    for (AttentionShape shape : shapes()) {
      double[] qkv = Samples.normal(8, shape.tokens() * shape.qkvStride(), 1.5);
      double[] dOut = Samples.normal(9, shape.tokens() * shape.width(), 1);
      Run run = new Run(shape, qkv);
      run.softmaxForward(kernels);
      double[] gradient = run.softmaxBackward(kernels, dOut);
      assertGradient(qkv, dOut, gradient, shape, AttentionTest::softmaxAttention);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void linear_attention_follows_its_formula(Kernels kernels) {
    for (AttentionShape shape : shapes()) {
      double[] qkv = Samples.normal(10, shape.tokens() * shape.qkvStride(), 1.5);
      Run run = new Run(shape, qkv);
      run.linearForward(kernels);
      assertClose(linearAttention(shape, qkv), run.out.values(), shape);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void linear_attention_has_the_gradient_of_its_formula(Kernels kernels) {
    for (AttentionShape shape : shapes()) {
      double[] qkv = Samples.normal(11, shape.tokens() * shape.qkvStride(), 1.5);
      double[] dOut = Samples.normal(12, shape.tokens() * shape.width(), 1);
      Run run = new Run(shape, qkv);
      run.linearForward(kernels);
      double[] gradient = run.linearBackward(kernels, dOut);
      assertGradient(qkv, dOut, gradient, shape, AttentionTest::linearAttention);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.dyad.kernel.Samples#kernels")
  void queries_may_be_split_without_changing_a_bit_of_a_block(Kernels kernels) {
    AttentionShape shape = new AttentionShape(300, 32, 2);
    double[] qkv = Samples.normal(13, shape.tokens() * shape.qkvStride(), 1);
    Run whole = new Run(shape, qkv);
    whole.softmaxForward(kernels);
    Run parts = new Run(shape, qkv);
    for (int head = 0; head < shape.heads(); head++) {
      parts.softmaxForward(kernels, head, 256, 44);
      parts.softmaxForward(kernels, head, 0, 256);
    }
    assertArrayEquals(whole.out.values(), parts.out.values());
  }

  private static AttentionShape[] shapes() {
    return new AttentionShape[] {
      new AttentionShape(1, 4, 1),
      new AttentionShape(5, 6, 2),
      new AttentionShape(69, 32, 2), // 64 + 5 tokens
      new AttentionShape(300, 16, 1) // two blocks of queries
    };
  }

  /** Memory of one image's attention. */
  private static final class Run {
    final AttentionShape shape;
    final Guarded qkv;
    final Guarded out;
    final Guarded logSums;

    Run(AttentionShape shape, double[] qkv) {
      this.shape = shape;
      this.qkv = Guarded.of(qkv);
      out = Guarded.empty(shape.tokens() * shape.width());
      logSums = Guarded.empty(shape.heads() * shape.tokens());
    }

    void softmaxForward(Kernels kernels) {
      for (int head = 0; head < shape.heads(); head++) {
        softmaxForward(kernels, head, 0, shape.tokens());
      }
      logSums.values();
    }

    void softmaxForward(Kernels kernels, int head, int firstQuery, int queries) {
      Guarded scratch = Guarded.empty(SoftmaxAttention.forwardScratch(shape));
      SoftmaxAttention.forward(
          kernels,
          shape,
          head,
          firstQuery,
          queries,
          qkv.floats,
          Guarded.AT,
          out.floats,
          Guarded.AT,
          logSums.floats,
          Guarded.AT + head * shape.tokens(),
          scratch.floats,
          Guarded.AT);
      scratch.values();
    }

    double[] softmaxBackward(Kernels kernels, double[] gradient) {
      Guarded dOut = Guarded.of(gradient);
      Guarded dQkv = Guarded.empty(qkv.count);
      Guarded scratch = Guarded.empty(SoftmaxAttention.backwardScratch(shape));
      for (int head = 0; head < shape.heads(); head++) {
        SoftmaxAttention.backward(
            kernels,
            shape,
            head,
            qkv.floats,
            Guarded.AT,
            out.floats,
            Guarded.AT,
            logSums.floats,
            Guarded.AT + head * shape.tokens(),
            dOut.floats,
            Guarded.AT,
            dQkv.floats,
            Guarded.AT,
            scratch.floats,
            Guarded.AT);
      }
      scratch.values();
      return dQkv.values();
    }

    void linearForward(Kernels kernels) {
      Guarded scratch = Guarded.empty(LinearAttention.scratch(shape));
      for (int head = 0; head < shape.heads(); head++) {
        LinearAttention.forward(
            kernels,
            shape,
            head,
            EPSILON,
            qkv.floats,
            Guarded.AT,
            out.floats,
            Guarded.AT,
            scratch.floats,
            Guarded.AT);
      }
      scratch.values();
    }

    double[] linearBackward(Kernels kernels, double[] gradient) {
      Guarded dOut = Guarded.of(gradient);
      Guarded dQkv = Guarded.empty(qkv.count);
      Guarded scratch = Guarded.empty(LinearAttention.scratch(shape));
      for (int head = 0; head < shape.heads(); head++) {
        LinearAttention.backward(
            kernels,
            shape,
            head,
            EPSILON,
            qkv.floats,
            Guarded.AT,
            out.floats,
            Guarded.AT,
            dOut.floats,
            Guarded.AT,
            dQkv.floats,
            Guarded.AT,
            scratch.floats,
            Guarded.AT);
      }
      scratch.values();
      return dQkv.values();
    }
  }

  private static void assertClose(double[] expected, double[] actual, AttentionShape shape) {
    double largest = 0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertArrayEquals(expected, actual, TOLERANCE * largest, () -> shape.toString());
  }

  private interface Formula {
    double[] apply(AttentionShape shape, double[] qkv);
  }

  /** Checks some elements' derivatives of Σ dOut·out by central differences. */
  private static void assertGradient(
      double[] qkv, double[] dOut, double[] gradient, AttentionShape shape, Formula formula) {
    int step = Math.max(1, qkv.length / 20);
    for (int i = 0; i < qkv.length; i += step) {
      double h = 1e-5;
      double up = loss(qkv, i, h, dOut, shape, formula);
      double down = loss(qkv, i, -h, dOut, shape, formula);
      double expected = (up - down) / (2 * h);
      int at = i;
      assertEquals(
          expected,
          gradient[i],
          2 * TOLERANCE * Math.max(1, Math.abs(expected)),
          () -> shape + ", row " + at / shape.qkvStride() + ", column " + at % shape.qkvStride());
    }
  }

  private static double loss(
      double[] qkv, int i, double change, double[] dOut, AttentionShape shape, Formula formula) {
    double[] moved = qkv.clone();
    moved[i] += change;
    double[] out = formula.apply(shape, moved);
    double loss = 0;
    for (int j = 0; j < out.length; j++) {
      loss += out[j] * dOut[j];
    }
    return loss;
  }

  private static double[] softmaxAttention(AttentionShape shape, double[] qkv) {
    return attention(shape, qkv, (dot, d) -> Math.exp(dot / Math.sqrt(d)), (q, k) -> q * k, 0);
  }

  private static double[] linearAttention(AttentionShape shape, double[] qkv) {
    return attention(shape, qkv, (dot, d) -> dot, (q, k) -> phi(q) * phi(k), EPSILON);
  }

  private static double phi(double u) {
    return u > 0 ? u + 1 : Math.exp(u);
  }

  private interface Binary {
    double apply(double a, double b);
  }

  /** out_i = Σ_j w_ij·v_j / (Σ_j w_ij + ε), w_ij = weight(Σ_c product(q_ic, k_jc)). */
  private static double[] attention(
      AttentionShape shape, double[] qkv, Binary weight, Binary product, double epsilon) {
    int d = shape.headWidth();
    double[] out = new double[shape.tokens() * shape.width()];
    for (int head = 0; head < shape.heads(); head++) {
      for (int i = 0; i < shape.tokens(); i++) {
        double mass = epsilon;
        int o = shape.output(0, head, i);
        for (int j = 0; j < shape.tokens(); j++) {
          double dot = 0;
          int q = shape.query(0, head, i);
          int k = shape.key(0, head) + j * shape.qkvStride();
          for (int c = 0; c < d; c++) {
            dot += product.apply(qkv[q + c], qkv[k + c]);
          }
          double w = weight.apply(dot, d);
          mass += w;
          int v = shape.value(0, head) + j * shape.qkvStride();
          for (int c = 0; c < d; c++) {
            out[o + c] += w * qkv[v + c];
          }
        }
        for (int c = 0; c < d; c++) {
          out[o + c] /= mass;
        }
      }
    }
    return out;
  }
}
