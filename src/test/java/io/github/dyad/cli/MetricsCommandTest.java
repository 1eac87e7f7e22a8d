package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsCommandTest {
  @TempDir private Path folder;

  @Test
  void scores_and_labels_give_three_lines_of_ten_digits() {
    // three of four pairs are won; the threshold 0.35 finds both with one false alarm: F1 0.8
    Cli cli = metrics("score,label\n0.1,0\n0.4,0\n0.35,1\n0.8,1\n");
    assertEquals("auroc 0.7500000000\nap 0.8333333333\nf1_max 0.8000000000\n", cli.out());
    assertEquals(0, cli.exitCode());
  }

  @Test
  void groups_are_measured_one_by_one_and_averaged() {
    Cli cli = metrics("group,label,score\nb,0,1\nb,1,2\na,1,1\na,0,1\n");
    assertEquals(
        """
        auroc/b 1.0000000000
        ap/b 1.0000000000
        f1_max/b 1.0000000000
        auroc/a 0.5000000000
        ap/a 0.5000000000
        f1_max/a 0.6666666667
        auroc/mean 0.7500000000
        ap/mean 0.7500000000
        f1_max/mean 0.8333333333
        """,
        cli.out());
  }

  @Test
  void metrics_of_ones_own_are_measured_too() {
    // of a's five worst three are anomalous; b has fewer than five
    String csv = "group,label,score\n";
    for (int i = 0; i < 6; i++) {
      csv += "a," + (i % 2) + "," + i + "\n";
    }
    Cli cli = metrics(csv, "--extra", "precision-at");
    assertTrue(
        cli.out().endsWith("precision_at/a 0.6000000000\nprecision_at/mean 0.6000000000\n"),
        cli.out());
    Cli undefined = metrics(csv + "b,0,1\nb,1,2\n", "--extra", "precision-at,missed-at");
    assertTrue(
        undefined.out().contains("precision_at/b NaN\nprecision_at/mean NaN\n"), undefined.out());
    assertTrue(undefined.out().contains("missed_at/mean "), undefined.out());
    Cli unknown = metrics(csv, "--extra", "precision");
    assertEquals(2, unknown.exitCode());
    assertTrue(
        unknown.err().contains("--extra is \"precision\"; expected one of missed-at, precision-at"),
        unknown.err());
    assertEquals("", unknown.out());
  }

  @Test
  void columns_can_be_named_and_others_are_ignored() {
    Cli cli =
        metrics(
            ",path,category,truth,s_decoder\n0,x.png,a,false,-1e-3\n1,y.png,a,true,+.5\n",
            "--score=s_decoder",
            "--label=truth",
            "--group=category");
    assertTrue(cli.out().startsWith("auroc/a 1.0000000000\n"), cli::toString);
  }

  @Test
  void a_spreadsheets_byte_order_mark_blanks_and_infinite_scores_are_read() {
    Cli cli = metrics("\uFEFFscore, label\n-inf, 0\n Infinity,1.0\n");
    assertTrue(cli.out().startsWith("auroc 1.0000000000\n"), cli::toString);
  }

  @Test
  void what_cannot_be_used_is_one_line_that_names_file_and_line_and_exit_code_2() {
    refused("score,label\n0.1,0\n0.4,0\n", "scores.csv: AUROC, AP and F1-max need normal and");
    refused("score,label\n0.1,0\nnan,1\n", "scores.csv:3: score is \"nan\"; expected a number");
    refused("score,label\n=1+1,0\n", "scores.csv:2: score is \"=1+1\"; expected a number");
    refused("score,label\n0x1p3,0\n", "scores.csv:2: score is \"0x1p3\"");
    refused("score,label\n1,2\n", "scores.csv:2: label is \"2\"; expected 0 (normal) or 1");
    refused("score;label\n1;1\n", "has no column \"score\"; found score;label (comma-separated)");
    refused("score,label\n1\n", "scores.csv:2: has 1 cells, but the header has 2");
    refused("score,label\n", "scores.csv: has no row below its header");
    refused("", "scores.csv:1: has no column \"score\"; found no header");
    refused("score,label,score\n1,1,1\n", "scores.csv: cannot be read as CSV:");
    refused("score,label\n\"1,0\n", "scores.csv: ");
    refused("score,label,group\n1,0,=cmd()\n", "group is \"=cmd()\"; a name must not begin");
    refused("score,label,group\n1,0,a\u001b[2J\n", "group is \"a?[2J\"; a name must not");
    refused("score,label,group\n1,0,\n", "scores.csv:2: group is empty");
    refused(
        "score,label,group\n1,0,a\n2,1,a\n1,0,b\n",
        "scores.csv: group \"b\": AUROC, AP and F1-max");
  }

  @Test
  void a_missing_file_and_a_folder_are_named() {
    Cli missing = Cli.run(new MetricsCommand(), folder.resolve("none.csv").toString());
    assertEquals(2, missing.exitCode());
    assertTrue(missing.err().contains("none.csv: there is no such file"), missing::toString);
    Cli directory = Cli.run(new MetricsCommand(), folder.toString());
    assertEquals(2, directory.exitCode());
    assertTrue(directory.err().contains("is a folder; expected a CSV file"), directory::toString);
  }

  @Test
  void maps_and_masks_of_python_give_the_five_pixel_metrics() throws IOException {
    Cli cli = Cli.run(new MetricsCommand(), "--maps", files("maps"), "--masks", files("masks"));
    assertEquals(
        Files.readString(Path.of(files("metrics.txt"))), cli.out(), "recipe metric_map_files.py");
    assertEquals("", cli.err());
    assertEquals(0, cli.exitCode());
  }

  @Test
  void maps_that_do_not_fit_are_named_in_one_line() throws IOException {
    Path maps = Files.createDirectories(folder.resolve("maps"));
    Path masks = Files.createDirectories(folder.resolve("masks"));
    mapsRefused(maps.resolve("none"), masks, "none: there is no such folder of maps");
    mapsRefused(maps, masks, "maps: has no map file (.tif, .tiff)");
    Path map = maps.resolve("a.tiff");
    Files.copy(Path.of(files("maps/crack/000.tiff")), map);
    mapsRefused(maps, masks, "masks: has no mask file (.png)");

    Path mask = masks.resolve("b.png");
    write(new BufferedImage(12, 10, BufferedImage.TYPE_BYTE_GRAY), mask);
    mapsRefused(maps, masks, "none of the 1 masks in", "a mask is \"b\", a map is \"a\"");
    Files.move(mask, masks.resolve("a.png"));
    mapsRefused(maps, masks, "of 120 pixels in 1 maps 0 are anomalous");
    write(new BufferedImage(12, 9, BufferedImage.TYPE_BYTE_GRAY), masks.resolve("a.png"));
    mapsRefused(maps, masks, "a.tiff: is 12x10 pixels, but its mask", "a.png is 12x9");
    write(new BufferedImage(12, 9, BufferedImage.TYPE_BYTE_GRAY), masks.resolve("a_mask.png"));
    mapsRefused(maps, masks, "are both the mask of \"a\"; keep one");
    Files.delete(masks.resolve("a_mask.png"));

    byte[] bytes = Files.readAllBytes(map);
    Files.write(map, Arrays.copyOf(bytes, 100));
    mapsRefused(maps, masks, "a.tiff: ");
    Files.write(map, "no image".getBytes(StandardCharsets.UTF_8));
    mapsRefused(maps, masks, "a.tiff: is no image that can be read");
    ImageIO.write(new BufferedImage(12, 10, BufferedImage.TYPE_BYTE_GRAY), "tiff", map.toFile());
    mapsRefused(maps, masks, "a.tiff: has 1 bands of 8 bits; expected one band of 32-bit floats");
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(134, Float.NaN); // first pixel
    Files.write(map, bytes);
    write(new BufferedImage(12, 10, BufferedImage.TYPE_BYTE_GRAY), masks.resolve("a.png"));
    mapsRefused(maps, masks, "a.tiff: pixel 0 of 120 of the map is NaN");
  }

  @Test
  void without_input_or_with_both_kinds_the_usage_is_shown() {
    assertEquals(2, Cli.run(new MetricsCommand()).exitCode());
    assertEquals(2, Cli.run(new MetricsCommand(), "--maps", "a").exitCode());
    assertEquals(
        2, Cli.run(new MetricsCommand(), "s.csv", "--maps", "a", "--masks", "b").exitCode());
  }

  private static String files(String name) {
    return Path.of("src/test/resources/goldens/metric/files", name).toString();
  }

  private static void write(BufferedImage image, Path file) throws IOException {
    ImageIO.write(image, "png", file.toFile());
  }

  private static void mapsRefused(Path maps, Path masks, String... messages) {
    Cli cli = Cli.run(new MetricsCommand(), "--maps", maps.toString(), "--masks", masks.toString());
    assertEquals(2, cli.exitCode(), cli::toString);
    assertEquals("", cli.out());
    for (String message : messages) {
      assertTrue(cli.err().contains(message), () -> cli.err() + "does not say " + message);
    }
    assertEquals(1, cli.err().lines().count(), cli.err());
  }

  private void refused(String csv, String message) {
    Cli cli = metrics(csv);
    assertEquals(2, cli.exitCode(), cli::toString);
    assertEquals("", cli.out());
    assertTrue(cli.err().contains(message), () -> cli.err() + "does not say " + message);
    assertEquals(1, cli.err().lines().count(), cli.err());
  }

  private Cli metrics(String csv, String... options) {
    Path file = folder.resolve("scores.csv");
    try {
      Files.writeString(file, csv);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    String[] arguments = new String[options.length + 1];
    System.arraycopy(options, 0, arguments, 0, options.length);
    arguments[options.length] = file.toString();
    return Cli.run(new MetricsCommand(), arguments);
  }
}
