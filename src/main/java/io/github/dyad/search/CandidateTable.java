package io.github.dyad.search;

import io.github.dyad.CsvText;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.experiment.store.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * {@code candidates.csv} in the results folder: every finished candidate with its values and
 * scores, in order.
 */
final class CandidateTable {
  static final String NAME = "candidates.csv";

  private CandidateTable() {}

  static void write(ResultsFolder results, TrialSpace space, List<CandidateResult> candidates) {
    List<String> header = new ArrayList<>(List.of("candidate", "state", "probe_score", "score"));
    space.parameters().forEach(parameter -> header.add(parameter.key()));
    header.add("reason");
    CSVFormat format =
        CSVFormat.RFC4180
            .builder()
            .setRecordSeparator("\n")
            .setHeader(header.toArray(String[]::new))
            .get();
    StringBuilder text = new StringBuilder();
    try (CSVPrinter csv = new CSVPrinter(text, format)) {
      for (CandidateResult candidate : candidates) {
        List<String> row = new ArrayList<>();
        row.add(candidate.trial());
        row.add(candidate.state().name().toLowerCase(Locale.ROOT));
        row.add(CandidateResult.text(candidate.probeScore()));
        row.add(CandidateResult.text(candidate.score()));
        space
            .parameters()
            .forEach(parameter -> row.add(candidate.values().getOrDefault(parameter.key(), "")));
        row.add(candidate.reason());
        csv.printRecord(CsvText.cells(row));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    WholeFile.write(results.root().resolve(NAME), text.toString());
  }
}
