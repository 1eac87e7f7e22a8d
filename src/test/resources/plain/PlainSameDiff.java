import java.io.File;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Opens a saved graph where none of Dyad's classes are, and prints L_E of each image, Eq. (2). */
class PlainSameDiff {
  public static void main(String[] args) throws Exception {
    SameDiff graph = SameDiff.load(new File(args[0]), false);
    int side = Integer.parseInt(args[2]);
    float[] pixels;
    try (FileChannel file = FileChannel.open(Path.of(args[1]))) {
      FloatBuffer floats =
          file.map(FileChannel.MapMode.READ_ONLY, 0, file.size())
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer();
      pixels = new float[floats.remaining()];
      floats.get(pixels);
    }
    INDArray images =
        Nd4j.createFromArray(pixels).reshape('c', pixels.length / (3 * side * side), 3, side, side);
    Map<String, INDArray> tokens =
        graph.output(Map.of("image", images), "teacher_class_tokens", "encoder_class_tokens");
    INDArray difference =
        tokens.get("teacher_class_tokens").sub(tokens.get("encoder_class_tokens"));
    INDArray losses = difference.mul(difference).mean(1, 2);
    for (int i = 0; i < losses.length(); i++) {
      System.out.println("L_E " + losses.getDouble(i));
    }
  }
}
