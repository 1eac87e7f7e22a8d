package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.paper.Comparison;
import io.github.dyad.paper.ComparisonText;
import io.github.dyad.paper.OwnResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {
  private static final String HEADER =
      "trial,dataset,setting,split,students,class_tokens,objective,fusion,seed,image_auroc,"
          + "train_iterations,parameters,assumptions,teacher,crop\n";
  private static final String RESULTS =
      HEADER
          + "full_s0,cifar-10,multi-class,A,both,last,noisy-or,noisy-or,0,0.97,82500,233082624,"
          + "default,dinov2_vitb14_reg4.onnx 01,392\n"
          + "full_s0,cifar-10,multi-class,B,both,last,noisy-or,noisy-or,0,0.971,82500,233082624,"
          + "default,dinov2_vitb14_reg4.onnx 01,392\n"
          + "full_s1,cifar-10,multi-class,A,both,last,noisy-or,noisy-or,1,0.96,82500,233082624,"
          + "default,dinov2_vitb14_reg4.onnx 01,392\n"
          + "e_s0,cifar-10,multi-class,mean,encoder,all,encoder-only,encoder,0,0.5,300,100,"
          + "anomaly.temperature=2,tiny.onnx 02,64\n"
          + "odd_s0,cifar-10,multi-class,mean,both,all,sum,sum,0,0.5,300,100,default,tiny.onnx"
          + " 02,64\n";

  @TempDir private Path folder;

  @Test
  void a_metric_of_ones_own_has_a_line_of_its_own_with_mean_and_interval() throws IOException {
    String[] lines = RESULTS.split("\n");
    Cli cli =
        compare(
            lines[0]
                + ",precision_at\n"
                + lines[1]
                + ",0.4\n"
                + lines[3]
                + ",0.8\n"
                + lines[5]
                + ",\n");
    assertEquals(0, cli.exitCode(), cli::toString);
    assertTrue(
        cli.out()
            .lines()
            .anyMatch(
                line ->
                    line.replaceAll(" +", " ")
                        .contains(
                            "- cifar-10 A full precision_at 0.6000 ± 2.5412 own metric: not in")),
        cli.out());
    assertTrue(cli.out().contains("Rows without a counterpart: 1."), cli.out());
    assertEquals(
        1,
        Files.readAllLines(folder.resolve("comparison.csv")).stream()
            .filter(line -> line.contains(",precision_at,0.600000,") && line.contains("own metric"))
            .count());
    Cli damaged = compare(lines[0] + ",precision_at\n" + lines[1] + ",high\n");
    assertEquals(2, damaged.exitCode());
    assertTrue(
        damaged.err().contains(":2: precision_at is \"high\"; expected a number"), damaged.err());
  }

  @Test
  void known_numbers_give_a_known_table_without_colours_in_a_pipe() throws IOException {
    Cli cli = compare(RESULTS);
    assertEquals(
        """
        table  dataset   split  who       metric       ours          paper  diff    remark
           15  cifar-10  A      Ours      image_auroc  96.50 ± 6.35   96.6   -0.10
           23  cifar-10  A      Ours      image_auroc  96.50 ± 6.35   96.6   -0.10
           15  cifar-10  B      Ours      image_auroc         97.10   97.6   -0.50
           23  cifar-10  B      Ours      image_auroc         97.10   97.6   -0.50
            3  cifar-10  mean   Ours (E)  image_auroc         50.00  85.84  -35.84  reduced: 300 of 82,500 iterations, teacher tiny.onnx 02 in place of DINOv2-B-reg4/14, 64 px in place of 392, a mean whose rows are not there
            -  cifar-10  mean   odd                                                 no counterpart: the paper has no such students, class tokens, objective and fusion

        Table 15, cifar-10 A, image_auroc: Transformaly 92.3 (published only), MSC 84.5 (published only), UniAD 84.4 (published only), MINT-AD 86.7 (published only), GeneralAD 92.7 (published only), Dinomaly 63.7
        Table 23, cifar-10 A, image_auroc: DSKD 56.7 (published only)
        Table 15, cifar-10 B, image_auroc: Transformaly 90.0 (published only), MSC 88.4 (published only), UniAD 80.9 (published only), MINT-AD 83.3 (published only), GeneralAD 88.2 (published only), Dinomaly 64.8
        Table 23, cifar-10 B, image_auroc: DSKD 46.8 (published only)
        full: teacher dinov2_vitb14_reg4.onnx 01, 82500 iterations, 392 px, assumptions default, 2 seeds
        e: teacher tiny.onnx 02, 300 iterations, 64 px, assumptions anomaly.temperature=2, 1 seed
        odd: teacher tiny.onnx 02, 300 iterations, 64 px, assumptions default, 1 seed

        Cells compared in full: 4; with a reduced run: 1. Rows without a counterpart: 1.
        """,
        cli.out());
    assertEquals(0, cli.exitCode());
  }

  @Test
  void comparison_files_are_written_beside_the_results_and_say_what_is_reduced()
      throws IOException {
    compare(RESULTS);
    String csv = Files.readString(folder.resolve("comparison.csv"));
    assertTrue(
        csv.startsWith(
            "table,row,column,dataset,setting,split,who,metric,ours,interval_95,seeds,paper,"
                + "difference,recomputed,compared,remark,trial,teacher,train_iterations,crop,"
                + "assumptions\n"
                + "15,A {01234},Ours,cifar-10,multi-class,A,Ours,image_auroc,96.500000,6.353103,2,"
                + "96.6,-0.100000,,full,,full,dinov2_vitb14_reg4.onnx 01,82500,392,default\n"),
        csv);
    assertTrue(csv.contains(",reduced,\"reduced: 300 of 82,500 iterations, teacher tiny"), csv);
    assertTrue(csv.contains(",no counterpart,\"no counterpart: the paper has no such"), csv);
    String markdown = Files.readString(folder.resolve("comparison.md"));
    assertTrue(
        markdown.contains(
            "| 15 | cifar-10 | A | Ours | image_auroc | 96.50 ± 6.35 | 96.6 | -0.10 |  |\n"),
        markdown);
    assertFalse(markdown.contains("\u001b"));
    Path other = folder.resolve("a/b");
    compare(RESULTS, "--out", other.toString());
    assertEquals(csv, Files.readString(other.resolve("comparison.csv")));
  }

  @Test
  void the_papers_aupro_is_dinomalys_and_a_miniature_is_a_reduced_run() throws IOException {
    String header = HEADER.replace("crop\n", "crop,aupro,aupro_dinomaly\n");
    String line =
        "t,%s,multi-class,mean,both,last,noisy-or,noisy-or,0,0.987,50000,233082624,default,"
            + "dinov2_vitb14_reg4.onnx 01,392,0.9,0.94\n";
    String[] out =
        compare(header + line.formatted("visa") + line.formatted("builtin:miniature-visa"))
            .out()
            .split("\n");
    String real = out[1];
    assertTrue(real.matches("\\s+22\\s+visa\\s+mean\\s+Ours\\s+aupro\\s+94.00\\s+94.5.*"), real);
    for (String text : out) {
      if (text.contains("builtin:miniature-visa ") && text.contains("image_auroc  ")) {
        assertTrue(text.contains("reduced: drawn miniatures in place of visa"), text);
      }
    }
  }

  @Test
  void colours_tell_above_near_and_below_and_what_proves_neither() throws IOException {
    Path file = folder.resolve("results.csv");
    Files.writeString(file, RESULTS.replace("0,0.97,", "0,0.99,").replace("0,0.971,", "0,0.9,"));
    String text =
        String.join("\n", ComparisonText.terminal(Comparison.of(OwnResults.read(file)), true));
    assertTrue(text.contains("\u001b[32m   15  cifar-10  A"), text); // 97.5 of 96.6
    assertTrue(text.contains("\u001b[31m   15  cifar-10  B"), text); // 90 of 97.6
    assertTrue(text.contains("\u001b[2m    3  cifar-10  mean"), text); // reduced
    assertTrue(text.contains("\u001b[2m    -  cifar-10  mean"), text); // no counterpart
    Files.writeString(file, RESULTS);
    assertTrue(
        String.join("", ComparisonText.terminal(Comparison.of(OwnResults.read(file)), true))
            .contains("\u001b[33m   15  cifar-10  A")); // 96.5 of 96.6
  }

  @Test
  void results_that_cannot_be_used_are_named_by_line_and_column() {
    refused("", ":1: has no column \"trial\"; expected the results.csv of a run");
    refused(HEADER, ": has no row below its header");
    refused(RESULTS.replace("0,0.97,", "0,97,"), ":2: image_auroc is \"97\"; expected a number");
    refused(RESULTS.replace(",82500,", ",=1+1,"), ":2: train_iterations is \"=1+1\"; expected a");
    refused(HEADER + "a,b\n", ":2: has another number of cells than the header");
    Cli missing = Cli.run(new CompareCommand(), folder.resolve("none.csv").toString());
    assertEquals(2, missing.exitCode());
    assertTrue(missing.err().contains("none.csv: there is no such file of results"));
  }

  private void refused(String csv, String message) {
    try {
      Cli cli = compare(csv);
      assertEquals(2, cli.exitCode(), cli::toString);
      assertTrue(cli.err().contains("results.csv" + message), cli::err);
      assertEquals(1, cli.err().lines().count());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Cli compare(String csv, String... options) throws IOException {
    Path file = folder.resolve("results.csv");
    Files.writeString(file, csv);
    String[] arguments = Arrays.copyOf(options, options.length + 1);
    arguments[options.length] = file.toString();
    return Cli.run(new CompareCommand(), arguments);
  }
}
