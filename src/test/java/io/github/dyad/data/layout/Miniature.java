package io.github.dyad.data.layout;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/** Builds small copies of public layouts: real files of a few pixels. */
final class Miniature {
  final Path root;

  Miniature(Path root) {
    this.root = root;
  }

  /** Images of these names in a folder, all different. */
  Miniature images(String folder, String... names) {
    for (String name : names) {
      image(folder + "/" + name, 6, 5, (folder + name).hashCode());
    }
    return this;
  }

  /** Masks of the images' size, with one anomalous pixel of this value. */
  Miniature masks(String folder, int value, String... names) {
    for (String name : names) {
      BufferedImage mask = new BufferedImage(6, 5, BufferedImage.TYPE_BYTE_GRAY);
      mask.getRaster().setSample(2, 3, 0, value);
      write(mask, folder + "/" + name);
    }
    return this;
  }

  Miniature image(String file, int width, int height, int colour) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < width; x++) {
      image.setRGB(x, 0, colour + x);
    }
    write(image, file);
    return this;
  }

  Miniature text(String file, String content) {
    return bytes(file, content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  Miniature bytes(String file, byte[] content) {
    try {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      Files.write(path, content);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Images and labels of one part in MNIST's files; label i is i modulo 10. */
  Miniature idx(String prefix, int count) {
    byte[] pixels = new byte[count * 4 * 3];
    byte[] labels = new byte[count];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 7 + prefix.length());
    }
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) (i % 10);
    }
    bytes(prefix + "-images-idx3-ubyte.gz", idxFile(pixels, count, 4, 3));
    return bytes(prefix + "-labels-idx1-ubyte.gz", idxFile(labels, count));
  }

  static byte[] idxFile(byte[] values, int... axes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
      out.writeInt(8 << 8 | axes.length);
      for (int axis : axes) {
        out.writeInt(axis);
      }
      out.write(values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** CIFAR records, label i modulo {@code classes}, each plane of one level. */
  Miniature cifar(String file, int labelBytes, int classes, int count) {
    byte[] records = new byte[count * (labelBytes + 3072)];
    for (int i = 0; i < count; i++) {
      int at = i * (labelBytes + 3072);
      records[at] = (byte) (i % classes);
      for (int pixel = 0; pixel < 3072; pixel++) {
        records[at + labelBytes + pixel] = (byte) (10 * (pixel / 1024 + 1) + i);
      }
    }
    return bytes(file, records);
  }

  /** A category of MVTec-AD: 3 training, 2 normal and 2 defective test images with masks. */
  Miniature mvtecCategory(String category) {
    return images(category + "/train/good", "000.png", "001.png", "002.png")
        .images(category + "/test/good", "000.png", "001.png")
        .images(category + "/test/crack", "000.png", "001.png")
        .masks(category + "/ground_truth/crack", 255, "000_mask.png", "001_mask.png");
  }

  private void write(BufferedImage image, String file) {
    try {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      String format = file.toLowerCase(java.util.Locale.ROOT).endsWith("jpg") ? "jpeg" : "png";
      if (!ImageIO.write(image, format, path.toFile())) {
        throw new IOException("no writer of " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
