package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaperCommandTest {
  @Test
  void a_table_is_printed_with_its_misprints_and_the_methods_that_are_published_only() {
    assertEquals(
        """
        Table 23. DSKD: CIFAR-10 by split, AUROC (%), multi-class

        split  normal classes   DSKD*  Ours
        A      {0, 1, 2, 3, 4}   56.7  96.6
        B      {5, 6, 7, 8, 9}   46.8  97.6
        C      {0, 2, 4, 6, 8}   59.7  98.5
        D      {1, 3, 5, 7, 9}   46.3  98.4
        mean                     52.1  97.8

        * published only, not run by Dyad: DSKD
        mean, DSKD 52.1: misprint: the rows average 52.38
        """,
        Cli.run(new PaperCommand(), "23").out());
  }

  @Test
  void csv_has_a_line_a_cell() {
    assertEquals(
        """
        table,row,column,printed,recomputed,note
        11,Patch Token,CIFAR-10,94.00,,
        11,Class Token (Ours),CIFAR-10,97.80,,
        """,
        Cli.run(new PaperCommand(), "11", "--csv").out());
    assertTrue(
        Cli.run(new PaperCommand(), "16", "--csv")
            .out()
            .endsWith("16,mean,Ours,88.3,89.325,misprint: the rows average 89.33\n"));
    String all = Cli.run(new PaperCommand(), "--csv").out();
    assertTrue(all.contains("\n6,,,,,The body of this table is lost"), all);
  }

  @Test
  void without_a_number_the_tables_are_listed() {
    Cli cli = Cli.run(new PaperCommand());
    assertEquals(23, cli.out().lines().count());
    assertTrue(cli.out().contains(" 3  Ablation: image AUROC (%), multi-class\n"), cli::out);
  }

  @Test
  void a_table_that_is_not_there_is_named() {
    Cli cli = Cli.run(new PaperCommand(), "40");
    assertEquals(2, cli.exitCode());
    assertEquals("dyad: the paper has no Table 40; expected 1 to 23", cli.err().strip());
  }
}
