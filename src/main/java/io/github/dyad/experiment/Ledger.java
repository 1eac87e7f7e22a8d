package io.github.dyad.experiment;

import io.github.dyad.experiment.Grid.PlannedRow;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.experiment.store.WholeFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Which rows are finished: one file each, so that no row can be there twice. */
final class Ledger {
  private final ResultsFolder folder;

  Ledger(ResultsFolder folder) {
    this.folder = folder;
  }

  /** The row's entry, if it is finished, belongs to this very plan, and its scores are there. */
  Optional<LedgerEntry> entry(Trial trial, PlannedRow row) {
    Path scores = folder.scores(trial.name(), row.split());
    return WholeFile.read(folder.ledger(trial.name(), row.split()))
        .flatMap(LedgerEntry::parse)
        .filter(entry -> entry.key().equals(row.key()))
        .filter(
            entry -> Files.isRegularFile(scores) && Sha256.of(scores).equals(entry.scoresSha256()));
  }

  /** The scores must be on the disk already: this is what makes the row count. */
  void record(Trial trial, PlannedRow row, LedgerEntry entry) {
    WholeFile.write(folder.ledger(trial.name(), row.split()), entry.toJson());
  }
}
