package io.github.dyad.data.miniature;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/**
 * Patterns under the names and in the files of the semantic benchmarks, {@link #TRAIN} and {@link
 * #TEST} of each class.
 */
final class SemanticMiniatures {
  private static final int TRAIN = 10;
  private static final int TEST = 5;
  private static final int CIFAR_SIDE = 32;
  private static final int MNIST_SIDE = 28;
  private static final int VIEW_SIDE = 64;
  private static final List<String> SCENES =
      List.of("buildings", "forest", "glacier", "mountain", "sea", "street");

  private SemanticMiniatures() {}

  static void cifar10(Path root) throws IOException {
    Path folder = Files.createDirectories(root.resolve("cifar-10-batches-bin"));
    int perBatch = TRAIN / 5;
    for (int batch = 0; batch < 5; batch++) {
      Path file = folder.resolve("data_batch_" + (batch + 1) + ".bin");
      cifar(file, 10, 1, batch * perBatch, perBatch);
    }
    cifar(folder.resolve("test_batch.bin"), 10, 1, TRAIN, TEST);
  }

  /** Coarse label, then a fine one of the five in it. */
  static void cifar100(Path root) throws IOException {
    Path folder = Files.createDirectories(root.resolve("cifar-100-binary"));
    cifar(folder.resolve("train.bin"), 20, 2, 0, TRAIN);
    cifar(folder.resolve("test.bin"), 20, 2, TRAIN, TEST);
  }

  private static void cifar(Path file, int classes, int labels, int first, int count)
      throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (int i = first; i < first + count; i++) {
      for (int label = 0; label < classes; label++) {
        records.write(label);
        if (labels == 2) {
          records.write(5 * label + i % 5);
        }
        byte[] pixels = Pattern.of(label, classes).draw(i, CIFAR_SIDE);
        for (int band = 0; band < 3; band++) { // planes
          for (int at = band; at < pixels.length; at += 3) {
            records.write(pixels[at]);
          }
        }
      }
    }
    Files.write(file, records.toByteArray());
  }

  static void fashionMnist(Path root) throws IOException {
    mnist(root, "train", 0, TRAIN);
    mnist(root, "t10k", TRAIN, TEST);
  }

  private static void mnist(Path root, String part, int first, int count) throws IOException {
    int classes = 10;
    ByteArrayOutputStream images = new ByteArrayOutputStream();
    ByteArrayOutputStream labels = new ByteArrayOutputStream();
    for (int i = first; i < first + count; i++) {
      for (int label = 0; label < classes; label++) {
        labels.write(label);
        byte[] pixels = Pattern.of(label, classes).draw(i, MNIST_SIDE);
        for (int at = 0; at < pixels.length; at += 3) { // one band is the grey
          images.write(pixels[at]);
        }
      }
    }
    int all = count * classes;
    idx(root.resolve(part + "-images-idx3-ubyte.gz"), images, all, MNIST_SIDE, MNIST_SIDE);
    idx(root.resolve(part + "-labels-idx1-ubyte.gz"), labels, all);
  }

  private static void idx(Path file, ByteArrayOutputStream values, int... axes) throws IOException {
    try (OutputStream packed = new GZIPOutputStream(Files.newOutputStream(file));
        DataOutputStream out = new DataOutputStream(packed)) {
      out.writeInt(8 << 8 | axes.length); // unsigned bytes
      for (int axis : axes) {
        out.writeInt(axis);
      }
      values.writeTo(out);
    }
  }

  static void view(Path root) throws IOException {
    for (int label = 0; label < SCENES.size(); label++) {
      for (int i = 0; i < TRAIN + TEST; i++) {
        String part = i < TRAIN ? "seg_train" : "seg_test";
        Path folder =
            Files.createDirectories(root.resolve(part).resolve(part).resolve(SCENES.get(label)));
        jpeg(Pattern.of(label, SCENES.size()).draw(i, VIEW_SIDE), folder.resolve(i + ".jpg"));
      }
    }
  }

  private static void jpeg(byte[] pixels, Path file) throws IOException {
    BufferedImage image = new BufferedImage(VIEW_SIDE, VIEW_SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < VIEW_SIDE * VIEW_SIDE; i++) {
      int rgb = 0;
      for (int band = 0; band < 3; band++) {
        rgb = rgb << 8 | pixels[3 * i + band] & 255;
      }
      image.setRGB(i % VIEW_SIDE, i / VIEW_SIDE, rgb);
    }
    ImageIO.write(image, "jpeg", file.toFile());
  }
}
