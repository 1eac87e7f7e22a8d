package io.github.dyad.data;

import io.github.dyad.data.parts.Random64;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * A normal image with something wrong in one rectangle of it, the same whenever it is opened. Areas
 * and aspects of the rectangle are CutPaste's (Li, Sohn, Yoon and Pfister, CVPR 2021, section 3.1).
 *
 * @param path decides, with the seed, where and what
 * @param normal the image that is altered
 */
record MadeAnomaly(String path, ImageRef normal, Kind kind, long seed) implements ImageRef {
  enum Kind {
    /** A piece of the image, brighter or darker than it was, at another place. */
    CUT_PASTE,
    /** Noise of a grain that resizing the image to the teacher's size leaves visible. */
    NOISE
  }

  private static final double LEAST_AREA = 0.02;
  private static final double MOST_AREA = 0.15;
  private static final double MOST_ASPECT = 3.3;
  private static final double JITTER = 0.1;
  private static final double LEAST_NOISE = 15;
  private static final double MOST_NOISE = 45;

  /** Grains along the shorter side of the image. */
  private static final int GRAINS = 56;

  /** Mean change of the rectangle's pixels, of 255, that counts as visible. */
  private static final double VISIBLE = 12;

  /** A dark corner pasted onto a dark corner is no anomaly; then another rectangle is drawn. */
  private static final int DRAWS = 32;

  private record Rectangle(int left, int top, int width, int height) {}

  private record Altered(Rgb8 image, Rectangle where, double change) {}

  @Override
  public String name() {
    return normal.name() + " (" + path + ")";
  }

  @Override
  public InputStream open() {
    Rgb8 image = altered().image;
    return pnm(6, image.width(), image.height(), image.pixels());
  }

  /** 255 in the rectangle, 0 elsewhere. */
  ImageRef mask() {
    return new ImageRef() {
      @Override
      public String name() {
        return "mask of " + MadeAnomaly.this.name();
      }

      @Override
      public InputStream open() {
        Altered altered = altered();
        int width = altered.image.width();
        byte[] mask = new byte[width * altered.image.height()];
        Rectangle where = altered.where;
        for (int y = where.top; y < where.top + where.height; y++) {
          int from = y * width + where.left;
          java.util.Arrays.fill(mask, from, from + where.width, (byte) 255);
        }
        return pnm(5, width, altered.image.height(), mask);
      }
    };
  }

  private static InputStream pnm(int type, int width, int height, byte[] pixels) {
    byte[] header =
        ("P" + type + " " + width + " " + height + " 255\n").getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[header.length + pixels.length];
    System.arraycopy(header, 0, bytes, 0, header.length);
    System.arraycopy(pixels, 0, bytes, header.length, pixels.length);
    return new ByteArrayInputStream(bytes);
  }

  /** The first draw that is visible, or the most visible of all. */
  private Altered altered() {
    Rgb8 image = ImageReader.decode(normal);
    Random64 random = Random64.of(seed, path);
    Altered best = null;
    for (int draw = 0; draw < DRAWS; draw++) {
      Altered altered = draw(image, random);
      if (best == null || altered.change > best.change) {
        best = altered;
      }
      if (best.change >= VISIBLE) {
        break;
      }
    }
    return best;
  }

  private Altered draw(Rgb8 image, Random64 random) {
    double area = random.between(LEAST_AREA, MOST_AREA) * image.width() * image.height();
    double aspect = Math.pow(MOST_ASPECT, random.between(-1, 1));
    int width = side(Math.sqrt(area * aspect), image.width());
    int height = side(Math.sqrt(area / aspect), image.height());
    Rectangle where = place(image, width, height, random);
    byte[] pixels = image.pixels().clone();
    if (kind == Kind.CUT_PASTE) {
      paste(image, place(image, width, height, random), where, pixels, random);
    } else {
      addNoise(image, where, pixels, random);
    }
    return new Altered(
        new Rgb8(image.width(), image.height(), pixels), where, change(image, where, pixels));
  }

  private static int side(double wanted, int available) {
    return (int) Math.max(1, Math.min(available, Math.round(wanted)));
  }

  private static Rectangle place(Rgb8 image, int width, int height, Random64 random) {
    return new Rectangle(
        random.below(image.width() - width + 1),
        random.below(image.height() - height + 1),
        width,
        height);
  }

  private static void paste(Rgb8 image, Rectangle from, Rectangle to, byte[] out, Random64 random) {
    double brightness = 1 + random.between(-JITTER, JITTER);
    for (int y = 0; y < to.height; y++) {
      for (int x = 0; x < to.width; x++) {
        int source = 3 * ((from.top + y) * image.width() + from.left + x);
        int target = 3 * ((to.top + y) * image.width() + to.left + x);
        for (int band = 0; band < 3; band++) {
          out[target + band] = clip((image.pixels()[source + band] & 0xFF) * brightness);
        }
      }
    }
  }

  private static void addNoise(Rgb8 image, Rectangle where, byte[] out, Random64 random) {
    int grain = Math.max(1, Math.min(image.width(), image.height()) / GRAINS);
    double deviation = random.between(LEAST_NOISE, MOST_NOISE);
    for (int top = 0; top < where.height; top += grain) {
      for (int left = 0; left < where.width; left += grain) {
        double shift = deviation * random.bell();
        for (int y = top; y < Math.min(top + grain, where.height); y++) {
          for (int x = left; x < Math.min(left + grain, where.width); x++) {
            int at = 3 * ((where.top + y) * image.width() + where.left + x);
            for (int band = 0; band < 3; band++) {
              out[at + band] = clip((out[at + band] & 0xFF) + shift);
            }
          }
        }
      }
    }
  }

  private static byte clip(double value) {
    return (byte) Math.max(0, Math.min(255, Math.round(value)));
  }

  private static double change(Rgb8 image, Rectangle where, byte[] pixels) {
    long sum = 0;
    for (int y = where.top; y < where.top + where.height; y++) {
      int from = 3 * (y * image.width() + where.left);
      for (int i = from; i < from + 3 * where.width; i++) {
        sum += Math.abs((pixels[i] & 0xFF) - (image.pixels()[i] & 0xFF));
      }
    }
    return sum / (3.0 * where.width * where.height);
  }
}
