package io.github.dyad.experiment;

import io.github.dyad.CsvText;
import io.github.dyad.InputException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * One line of a {@code scores/TRIAL/ROW.csv}; a score is NaN where the file has none.
 *
 * @param encoderLast s_E of the last token
 * @param encoderAll s_E of all tokens
 * @param decoder s_D
 */
public record ScoredImage(
    String path,
    boolean anomalous,
    String category,
    double encoderLast,
    double encoderAll,
    double decoder,
    double score) {

  /**
   * @throws InputException when the file is missing or damaged
   */
  public static List<ScoredImage> read(Path csv) {
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (Reader reader = Files.newBufferedReader(csv, StandardCharsets.UTF_8);
        CSVParser parser = CSVParser.parse(reader, format)) {
      List<ScoredImage> images = new ArrayList<>();
      for (CSVRecord record : parser) {
        images.add(
            new ScoredImage(
                CsvText.text(record.get("path")),
                record.get("label").equals("1"),
                CsvText.text(record.get("category")),
                number(record, "score_encoder_last"),
                number(record, "score_encoder_all"),
                number(record, "score_decoder"),
                number(record, "score")));
      }
      return images;
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new InputException(csv + ": cannot be read as a file of scores: " + e.getMessage(), e);
    }
  }

  private static double number(CSVRecord record, String column) {
    String text = record.isSet(column) ? record.get(column) : "";
    return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
  }
}
