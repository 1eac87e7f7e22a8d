package io.github.dyad.student;

import io.github.dyad.tensor.HostTensor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Starting weights of the students (ALGORITHM.md: DINOv2's own initialisation for the encoder
 * student, Dinomaly's for the decoder student). A tensor depends on seed and name only, not on
 * which other tensors exist.
 */
public record InitialWeights(
    EncoderStudentConfig encoder, DecoderStudentConfig decoder, long seed) {
  /** DINOv2 cuts its normal at ±2, a hundred σ: no cut in practice. */
  private static final double ENCODER_BOUND = 2;

  /** DINOv2 starts class and register tokens at σ = 1e-6. */
  private static final double TOKEN_STD = 1e-6;

  /** Of a {@link Student} of another kind, which has no configuration of its own for it. */
  public static InitialWeights ofStudent(long seed) {
    return new InitialWeights(EncoderStudentConfig.DEFAULTS, DecoderStudentConfig.DEFAULTS, seed);
  }

  /** Starting weights of the same names and shapes. */
  public Map<String, HostTensor> like(Map<String, HostTensor> weights) {
    Map<String, HostTensor> starting = new TreeMap<>();
    weights.forEach(
        (name, tensor) ->
            starting.put(name, new HostTensor(values(name, tensor.shape()), tensor.shape())));
    return starting;
  }

  /** Values of the tensor of that name, row-major. */
  public float[] values(String name, long... shape) {
    int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    float[] values = new float[count];
    boolean ofDecoder = name.startsWith(DecoderStudent.NAME);
    if (name.endsWith(".bias")) {
      return values;
    }
    if (name.endsWith(".gamma")) {
      Arrays.fill(values, (float) encoder.layerScale());
    } else if (name.contains("norm") && name.endsWith(".weight")) {
      Arrays.fill(values, 1);
    } else if (name.endsWith(".prefix")) {
      normal(values, name, TOKEN_STD, ENCODER_BOUND);
    } else if (ofDecoder) {
      normal(values, name, decoder.initStd(), decoder.initBound());
    } else {
      normal(values, name, encoder.initStd(), ENCODER_BOUND);
    }
    return values;
  }

  /** Normal with mean 0, drawn again outside ±bound. */
  private void normal(float[] values, String name, double std, double bound) {
    SplittableRandom random = new SplittableRandom(seedOf(name));
    for (int i = 0; i < values.length; i++) {
      double z;
      do { // Box–Muller in StrictMath: the same bits on every JVM
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        z = std * radius * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
      } while (Math.abs(z) > bound);
      values[i] = (float) z;
    }
  }

  private long seedOf(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((seed + "/" + name).getBytes(StandardCharsets.UTF_8));
      return java.nio.ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
