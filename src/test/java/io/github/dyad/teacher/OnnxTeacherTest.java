package io.github.dyad.teacher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import io.github.dyad.graph.Activation;
import io.github.dyad.teacher.PositionGrid.Resampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxTeacherTest {
  private static TeacherWeights golden(String name) {
    return OnnxTeacher.read(Goldens.FOLDER.resolve(name + ".onnx"));
  }

  static List<String> models() throws IOException {
    try (Stream<Path> files = Files.list(Goldens.FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".onnx"))
          .map(name -> name.substring(0, name.length() - ".onnx".length()))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void every_hidden_state_equals_pytorch(String model) {
    TeacherWeights weights = golden(model);
    List<Goldens.Run> runs = Goldens.runs(Goldens.FOLDER, model);
    assertTrue(!runs.isEmpty(), model + " has no recorded run");
    for (Goldens.Run run : runs) {
      double worst = run.worst(weights);
      assertTrue(
          worst <= 1e-5,
          () -> run.name() + ": off by " + worst + "; recipe: src/test/recipes/teacher");
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void every_array_has_the_size_its_description_says(String model) {
    TeacherWeights w = golden(model);
    int d = w.width();
    assertEquals(w.depth(), w.blocks().size());
    assertEquals(d * 3 * w.patchSize() * w.patchSize(), w.patchWeight().length);
    assertEquals((1 + w.registers()) * d, w.prefixTokens().length);
    assertEquals(w.gridHeight() * w.gridWidth() * d, w.positions().rows().length);
    long sum = w.patchWeight().length + 3L * d + w.prefixTokens().length;
    sum += w.positions().rows().length;
    for (BlockWeights b : w.blocks()) {
      int hidden = b.hidden();
      int fc1 = w.activation() == Activation.SWIGLU ? 2 * hidden : hidden;
      for (float[] vector :
          List.of(
              b.norm1Weight(),
              b.norm1Bias(),
              b.projBias(),
              b.norm2Weight(),
              b.norm2Bias(),
              b.fc2Bias())) {
        assertEquals(d, vector.length);
      }
      assertEquals(3 * d * d, b.qkvWeight().length);
      assertEquals(3 * d, b.qkvBias().length);
      assertEquals(d * d, b.projWeight().length);
      assertEquals(fc1 * d, b.fc1Weight().length);
      assertEquals(fc1, b.fc1Bias().length);
      assertEquals(hidden * d, b.fc2Weight().length);
      assertEquals(w.hasLayerScale(), b.layerScale2() != null);
      int scales = w.hasLayerScale() ? 2 * d : 0;
      sum += 6L * d + 3L * d * d + 3L * d + (long) d * d + (fc1 + hidden) * (long) d + fc1 + scales;
    }
    assertEquals(sum, w.parameters());
  }

  @Test
  void layouts_of_the_same_weights_give_the_same_arrays() {
    BlockWeights folded = golden("hf_dynamic").blocks().get(1);
    for (String other : List.of("hf_unfolded", "hf_external")) {
      BlockWeights block = golden(other).blocks().get(1);
      assertArrayEquals(folded.qkvWeight(), block.qkvWeight(), other);
      assertArrayEquals(folded.projWeight(), block.projWeight(), other);
      assertArrayEquals(folded.fc1Weight(), block.fc1Weight(), other);
      assertArrayEquals(folded.layerScale2(), block.layerScale2(), other);
    }
  }

  @Test
  void the_graph_says_heads_registers_and_activation() {
    TeacherWeights hf = golden("hf_dynamic");
    assertEquals(3, hf.heads());
    assertEquals(4, hf.registers());
    assertEquals(4, hf.patchSize());
    assertEquals(1e-6, hf.layerNormEpsilon(), 1e-12);
    assertEquals(Activation.GELU, hf.activation());
    assertEquals(Activation.GELU, golden("timm_half").activation());
    assertEquals(Activation.GELU_TANH, golden("deit_tanh").activation());
    assertEquals(Activation.SWIGLU, golden("chunk_swiglu").activation());
    assertEquals(0, golden("deit_tanh").registers());
    assertNull(golden("deit_tanh").blocks().get(0).layerScale1());
  }

  @Test
  void the_graph_says_how_positions_are_resampled() {
    assertEquals(Resampling.CUBIC, golden("hf_dynamic").positions().resampling());
    assertEquals(Resampling.LINEAR, golden("hf_bilinear").positions().resampling());
    assertEquals(Resampling.CUBIC_ANTIALIAS, golden("antialias").positions().resampling());
    assertEquals(Resampling.FOLDED, golden("chunk_swiglu").positions().resampling());
    assertEquals(0, golden("hf_dynamic").positions().scaleOffset());
    assertEquals(0.1, golden("hub_scale_factor").positions().scaleOffset());
    TeacherWeights oblong = golden("timm_half");
    assertEquals(4, oblong.gridHeight());
    assertEquals(6, oblong.gridWidth());
  }

  @Test
  void the_builtin_teacher_equals_pytorch() {
    TeacherWeights tiny = OnnxTeacher.open("builtin:dyad-tiny");
    float[] image = Goldens.floats(Goldens.FOLDER.resolve("dyad_tiny.1x64x64.in.f32"));
    float[] expected = Goldens.floats(Goldens.FOLDER.resolve("dyad_tiny.class_tokens.f32"));
    List<double[]> states = new PlainVit(tiny).hiddenStates(image, 64, 64, PositionRule.GRAPH);
    assertEquals(14, states.size());
    for (int k = 0; k < states.size(); k++) {
      for (int d = 0; d < tiny.width(); d++) {
        assertEquals(
            expected[k * tiny.width() + d],
            states.get(k)[d],
            1e-6,
            "class token "
                + k
                + ", width "
                + d
                + "; recipe: src/test/recipes/teacher/dyad_tiny.py");
      }
    }
  }

  @Test
  void the_description_says_what_the_file_holds() {
    List<String> lines = OnnxTeacher.open(OnnxTeacher.DYAD_TINY).describe();
    assertEquals(
        List.of(
            "teacher       builtin:dyad-tiny",
            "depth         12 blocks",
            "width         128",
            "heads         2 of 64",
            "MLP           512 hidden, GELU",
            "patch         8x8 pixels",
            "grid          8x8 (64x64 pixels); position embeddings: fixed to this grid",
            "registers     4",
            "layer scale   yes",
            "norm epsilon  1.0E-6",
            "parameters    2,416,128",
            "SHA-256       87c669781ecb469f45410905475b9a99a14186cf756304ad212fd46779a98850"),
        lines);
  }

  @Test
  void the_hash_covers_the_external_data() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(Files.readAllBytes(Goldens.FOLDER.resolve("hf_external.onnx")));
    digest.update(Files.readAllBytes(Goldens.FOLDER.resolve("hf_external.onnx_data")));
    TeacherWeights weights = golden("hf_external");
    assertEquals(HexFormat.of().formatHex(digest.digest()), weights.sha256());
    assertEquals(1, weights.dataFiles());
    assertTrue(weights.describe().get(11).endsWith("(of the file and its external data)"));
  }

  @Test
  void half_precision_numbers_are_read_exactly() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float expected = halfByDefinition(bits);
      float read = TensorReader.half((short) bits);
      assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(read), "bits " + bits);
    }
    assertNotEquals(0f, TensorReader.half((short) 1));
  }

  /** ±mantissa·2^exponent as IEEE 754 writes it down. */
  private static float halfByDefinition(int bits) {
    int exponent = bits >> 10 & 31;
    int mantissa = bits & 1023;
    double size;
    if (exponent == 31) {
      size = mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else {
      size = (exponent == 0 ? mantissa : 1024 + mantissa) * Math.pow(2, Math.max(exponent, 1) - 25);
    }
    return (float) (bits >= 1 << 15 ? -size : size);
  }

  @Test
  void an_unknown_builtin_is_refused() {
    InputException refused =
        assertThrows(InputException.class, () -> OnnxTeacher.open("builtin:dino"));
    assertEquals(
        "builtin:dino: no such built-in teacher; there is builtin:dyad-tiny", refused.getMessage());
  }

  @Test
  void a_resampled_run_differs_from_a_fixed_one() {
    TeacherWeights weights = golden("hf_dynamic");
    float[] graph = weights.positions(4, 4, PositionRule.GRAPH);
    float[] dinomaly = weights.positions(4, 4, PositionRule.DINOMALY);
    assertTrue(!Arrays.equals(graph, dinomaly), "the offset of 0.1 must be seen");
  }
}
