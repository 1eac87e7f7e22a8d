package io.github.dyad.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** A drawing whose text and lines take the page's colour, and whose marks are coloured by value. */
final class Svg {
  /** Told apart on a light and on a dark page, and without seeing red or green. */
  private static final int[] LOWEST = {148, 163, 184};

  private static final int[] HIGHEST = {37, 99, 235};

  private final StringBuilder body = new StringBuilder();

  Svg(int width, int height, String title) {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " role=\"img\" font-family=\"sans-serif\" font-size=\"12\" fill=\"currentColor\">%n",
        width, height, width, height);
    add("<title>%s</title>%n", escaped(title));
    text(width / 2.0, 16, "middle", title);
  }

  void line(double x1, double y1, double x2, double y2) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"currentColor\""
            + " stroke-opacity=\"0.5\"/>%n",
        x1, y1, x2, y2);
  }

  /**
   * @param anchor {@code start}, {@code middle} or {@code end}
   */
  void text(double x, double y, String anchor, String text) {
    add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escaped(text));
  }

  /**
   * @param value from 0 to 1, its colour
   * @param told when the mouse rests on it
   */
  void dot(double x, double y, double value, String told) {
    add(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%s\"><title>%s</title></circle>%n",
        x, y, colour(value), escaped(told));
  }

  /** A line through all points, likewise. */
  void path(double[] x, double[] y, double value, String told) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < x.length; i++) {
      points.append(String.format(Locale.ROOT, i == 0 ? "%.1f,%.1f" : " %.1f,%.1f", x[i], y[i]));
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\">"
            + "<title>%s</title></polyline>%n",
        points, colour(value), 1 + 1.5 * value, escaped(told));
  }

  /** Three significant digits, as people write them. */
  static String number(double value) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros();
    boolean plain = value == 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5);
    return plain
        ? rounded.toPlainString()
        : rounded.toString().replace("E+", "e").replace('E', 'e');
  }

  private static String colour(double value) {
    int[] mixed = new int[3];
    for (int i = 0; i < 3; i++) {
      mixed[i] = (int) Math.round(LOWEST[i] + (HIGHEST[i] - LOWEST[i]) * value);
    }
    return String.format("#%02x%02x%02x", mixed[0], mixed[1], mixed[2]);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private void add(String format, Object... values) {
    body.append(String.format(Locale.ROOT, format.replace("%n", "\n"), values));
  }

  @Override
  public String toString() {
    return body + "</svg>\n";
  }
}
