package io.github.dyad.teacher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The ONNX files and float32 arrays under {@code goldens/teacher}; their README names the recipe.
 */
final class Goldens {
  static final Path FOLDER = Path.of("src/test/resources/goldens/teacher");

  private Goldens() {}

  /**
   * One run of a model in PyTorch.
   *
   * @param input (B, 3, H, W)
   * @param reference embedding, every block and final norm, each (B, T, D)
   */
  record Run(String name, int batch, int height, int width, float[] input, float[] reference) {
    /** Largest difference over all hidden states. */
    double worst(TeacherWeights weights) {
      PlainVit vit = new PlainVit(weights);
      int image = 3 * height * width;
      double worst = 0;
      for (int b = 0; b < batch; b++) {
        float[] pixels = Arrays.copyOfRange(input, b * image, (b + 1) * image);
        List<double[]> states = vit.hiddenStates(pixels, height, width, PositionRule.GRAPH);
        int size = reference.length / states.size() / batch;
        for (int k = 0; k < states.size(); k++) {
          for (int i = 0; i < size; i++) {
            double off = states.get(k)[i] - reference[(k * batch + b) * size + i];
            worst = Math.max(worst, Double.isNaN(off) ? Double.POSITIVE_INFINITY : Math.abs(off));
          }
        }
      }
      return worst;
    }
  }

  /**
   * The runs recorded for a model, {@code NAME.BxHxW.in.f32} and {@code .ref.f32} in its folder.
   */
  static List<Run> runs(Path folder, String model) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.startsWith(model + ".") && file.endsWith(".in.f32"))
          .sorted()
          .map(file -> run(folder, model, file))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Run run(Path folder, String model, String file) {
    String size = file.substring(model.length() + 1, file.length() - ".in.f32".length());
    int[] dims = Arrays.stream(size.split("x")).mapToInt(Integer::parseInt).toArray();
    return new Run(
        model + " " + size,
        dims[0],
        dims[1],
        dims[2],
        floats(folder.resolve(file)),
        floats(folder.resolve(model + "." + size + ".ref.f32")));
  }

  /** A file of little-endian float32. */
  static float[] floats(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      float[] values = new float[bytes.remaining() / Float.BYTES];
      bytes.asFloatBuffer().get(values);
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
