package io.github.dyad.paper;

import java.util.Locale;

/** The paper's two teachers, recognised by the name of the file and the number of parameters. */
enum Backbone {
  SMALL("DINOv2-S-reg4/14", 384, "(vit-?s|small)"),
  BASE("DINOv2-B-reg4/14", 768, "(vit-?b|base)");

  private static final int BLOCKS = 12;
  private static final int DECODER_BLOCKS = 8;
  private static final int PATCH_VALUES = 3 * 14 * 14;
  private static final int POSITIONS = 37 * 37 + 1;
  private static final int CLASS_AND_REGISTERS = 5;

  /** Exports may fold the position embeddings to another grid: less than this of all parameters. */
  private static final double FOLDING = 0.005;

  private final String printed;
  private final long width; // D
  private final String name;

  Backbone(String printed, long width, String name) {
    this.printed = printed;
    this.width = width;
    this.name = name;
  }

  /** As the tables call it. */
  String printed() {
    return printed;
  }

  /** Whether the row's teacher is this one, as far as its name and, with students, size tell. */
  boolean is(OwnResult result) {
    String file = result.teacher().toLowerCase(Locale.ROOT);
    boolean named =
        file.contains("dinov2") && file.contains("reg") && file.matches(".*" + name + ".*");
    if (!named || result.parameters().isEmpty() || !result.method().isEmpty()) {
      return named;
    }
    long expected = parameters(trains(result, "encoder"), trains(result, "decoder"));
    return Math.abs(result.parameters().getAsLong() - expected) <= FOLDING * expected;
  }

  private static boolean trains(OwnResult result, String student) {
    return switch (result.objective()) {
      case "encoder-only" -> student.equals("encoder");
      case "decoder-only" -> student.equals("decoder");
      default -> true;
    };
  }

  /** Parameters of the teacher and the students that are trained; 58.7 M and 233.1 M with both. */
  long parameters(boolean encoder, boolean decoder) {
    long d = width;
    long block = 12 * d * d + 13 * d; // qkv, projection, MLP of ratio 4, two layer norms
    long encoderStudent = BLOCKS * (block + 2 * d) + 2 * d; // with LayerScale, final norm
    long teacher = encoderStudent + PATCH_VALUES * d + d + POSITIONS * d + CLASS_AND_REGISTERS * d;
    long decoderStudent = DECODER_BLOCKS * block + 8 * d * d + 5 * d; // with the bottleneck
    return teacher + (encoder ? encoderStudent : 0) + (decoder ? decoderStudent : 0);
  }
}
