package io.github.dyad.report;

import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Rgb8;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * An anomaly map over the image that it belongs to, laid back through crop and aspect onto the
 * original pixels. Outside the crop, which the teacher did not see, the image stays grey.
 *
 * @param mapSize side of the square map
 * @param size how the image came to the teacher
 * @param hottest map value of the hottest colour
 */
public record HeatMap(int mapSize, ImageSize size, double hottest) {
  /** Colours from cold to hot, at equal steps (dark blue, blue, cyan, yellow, red). */
  private static final int[][] COLOURS = {
    {20, 20, 90}, {30, 80, 220}, {40, 200, 220}, {250, 220, 40}, {210, 20, 20}
  };

  private static final double MOST_OPAQUE = 0.65;

  /** Writes a PNG of the original's size. */
  public void write(Rgb8 original, float[] map, Path file) throws IOException {
    ImageIO.write(over(original, map), "png", file.toFile());
  }

  BufferedImage over(Rgb8 original, float[] map) {
    int width = original.width();
    int height = original.height();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = 3 * (y * width + x);
        int r = original.pixels()[at] & 255;
        int g = original.pixels()[at + 1] & 255;
        int b = original.pixels()[at + 2] & 255;
        double value = value(map, x, y, width, height);
        image.setRGB(x, y, Double.isNaN(value) ? grey(r, g, b) : blend(r, g, b, value));
      }
    }
    return image;
  }

  /** The map at a pixel of the original, 0 to 1; NaN outside the crop. */
  private double value(float[] map, int x, int y, int width, int height) {
    double column = onMap(x, width);
    double row = onMap(y, height);
    if (column < -0.5 || row < -0.5 || column > mapSize - 0.5 || row > mapSize - 0.5) {
      return Double.NaN;
    }
    int c0 = clamp((int) Math.floor(column));
    int r0 = clamp((int) Math.floor(row));
    int c1 = clamp(c0 + 1);
    int r1 = clamp(r0 + 1);
    double tc = Math.min(1, Math.max(0, column - c0));
    double tr = Math.min(1, Math.max(0, row - r0));
    double top = (1 - tc) * map[r0 * mapSize + c0] + tc * map[r0 * mapSize + c1];
    double bottom = (1 - tc) * map[r1 * mapSize + c0] + tc * map[r1 * mapSize + c1];
    return Math.min(1, Math.max(0, ((1 - tr) * top + tr * bottom) / hottest));
  }

  /** Centre of a pixel of a side of that many pixels, in map pixels. */
  private double onMap(int pixel, int pixels) {
    double resized = (pixel + 0.5) * size.resize() / pixels;
    double cropped = resized - (size.resize() - size.crop()) / 2.0;
    return cropped * mapSize / size.crop() - 0.5;
  }

  private int clamp(int index) {
    return Math.max(0, Math.min(mapSize - 1, index));
  }

  private static int grey(int r, int g, int b) {
    int level = (r + g + b) / 3;
    return level << 16 | level << 8 | level;
  }

  private static int blend(int r, int g, int b, double value) {
    double position = value * (COLOURS.length - 1);
    int low = Math.min(COLOURS.length - 2, (int) position);
    double t = position - low;
    double opacity = MOST_OPAQUE * Math.min(1, 0.3 + value);
    int rgb = 0;
    int[] base = {r, g, b};
    for (int band = 0; band < 3; band++) {
      double colour = (1 - t) * COLOURS[low][band] + t * COLOURS[low + 1][band];
      rgb = rgb << 8 | (int) Math.round((1 - opacity) * base[band] + opacity * colour);
    }
    return rgb;
  }
}
