package io.github.dyad.report;

import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageRef;
import io.github.dyad.data.Mask;
import io.github.dyad.data.MaskReader;
import io.github.dyad.data.Rgb8;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;

/** Small pictures inside a page. */
final class Pictures {
  private static final int LONGEST_SIDE = 224;

  /** Dark to bright through one hue after the other, readable on white and on black. */
  private static final int[] SCALE = {0x2a1a5e, 0x5b2a86, 0x9c2f7f, 0xd9485f, 0xf58549, 0xf9c74f};

  private Pictures() {}

  /** The image itself, no larger than the page shows it. */
  static Rgb8 small(ImageRef image) {
    Rgb8 original = ImageReader.decode(image);
    int longest = Math.max(original.width(), original.height());
    return longest <= LONGEST_SIDE
        ? original
        : pixels(scaled(picture(original), (double) LONGEST_SIDE / longest));
  }

  /** White where any of the masks is. */
  static BufferedImage masks(List<ImageRef> files) {
    BufferedImage picture = null;
    for (ImageRef file : files) {
      Mask mask = MaskReader.original(file);
      if (picture == null) {
        picture = new BufferedImage(mask.width(), mask.height(), BufferedImage.TYPE_INT_RGB);
      }
      for (int i = 0; i < mask.anomalous().length; i++) {
        if (mask.anomalous()[i]) {
          picture.setRGB(i % mask.width(), i / mask.width(), 0xffffff);
        }
      }
    }
    int longest = Math.max(picture.getWidth(), picture.getHeight());
    return longest <= LONGEST_SIDE ? picture : scaled(picture, (double) LONGEST_SIDE / longest);
  }

  /** A map in colours, from its least value to its largest. */
  static BufferedImage coloured(double[] map, int width) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double value : map) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    BufferedImage picture =
        new BufferedImage(width, map.length / width, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < map.length; i++) {
      double position = most > least ? (map[i] - least) / (most - least) * (SCALE.length - 1) : 0;
      picture.setRGB(i % width, i / width, colour(position));
    }
    return picture;
  }

  private static int colour(double position) {
    int low = Math.min(SCALE.length - 2, (int) position);
    double t = position - low;
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      double band = (1 - t) * (SCALE[low] >> shift & 255) + t * (SCALE[low + 1] >> shift & 255);
      rgb |= (int) Math.round(band) << shift;
    }
    return rgb;
  }

  static BufferedImage picture(Rgb8 image) {
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < image.width() * image.height(); i++) {
      byte[] p = image.pixels();
      picture.setRGB(
          i % image.width(),
          i / image.width(),
          (p[3 * i] & 255) << 16 | (p[3 * i + 1] & 255) << 8 | p[3 * i + 2] & 255);
    }
    return picture;
  }

  private static Rgb8 pixels(BufferedImage picture) {
    int width = picture.getWidth();
    byte[] pixels = new byte[3 * width * picture.getHeight()];
    for (int i = 0; i < pixels.length / 3; i++) {
      int rgb = picture.getRGB(i % width, i / width);
      pixels[3 * i] = (byte) (rgb >> 16);
      pixels[3 * i + 1] = (byte) (rgb >> 8);
      pixels[3 * i + 2] = (byte) rgb;
    }
    return new Rgb8(width, picture.getHeight(), pixels);
  }

  /** Halves as long as it can, so that fine detail is averaged and not dropped. */
  private static BufferedImage scaled(BufferedImage picture, double factor) {
    BufferedImage current = picture;
    int width = Math.max(1, (int) Math.round(picture.getWidth() * factor));
    int height = Math.max(1, (int) Math.round(picture.getHeight() * factor));
    while (current.getWidth() > 2 * width && current.getHeight() > 2 * height) {
      current = drawn(current, current.getWidth() / 2, current.getHeight() / 2);
    }
    return drawn(current, width, height);
  }

  private static BufferedImage drawn(BufferedImage picture, int width, int height) {
    BufferedImage result = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = result.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(picture, 0, 0, width, height, null);
    graphics.dispose();
    return result;
  }

  /** For an {@code img} element. */
  static String dataUrl(BufferedImage picture) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(picture, "png", bytes);
      return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
