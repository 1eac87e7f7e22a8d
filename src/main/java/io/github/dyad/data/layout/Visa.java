package io.github.dyad.data.layout;

import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.Domain;
import io.github.dyad.data.ImageRef;
import io.github.dyad.data.Sample;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * VisA (Zou et al., ECCV 2022) with its official one-class split, {@code split_csv/1cls.csv}. A
 * copy that was rearranged into MVTec's folders by the authors' script is read as such.
 */
public final class Visa extends ScannedLayout {
  private static final String SPLIT = "split_csv/1cls.csv";
  private static final List<String> COLUMNS = List.of("object", "split", "label", "image", "mask");
  private static final String ANOMALY = "anomaly";
  private static final String NORMAL = "normal";
  private static final String TRAIN = "train";
  private static final String TEST = "test";

  public Visa() {
    super(
        "visa",
        new DatasetFacts(
            "VisA",
            Domain.INDUSTRIAL,
            "https://github.com/amazon-science/spot-diff",
            "CC BY 4.0",
            "10,821 images in 12 categories, 1.9 GB",
            "split_csv/1cls.csv, <category>/Data/{Images/{Normal,Anomaly}, Masks/Anomaly}"));
  }

  @Override
  void scan(Path root, Scan scan) throws IOException {
    if (Files.isRegularFile(root.resolve(SPLIT))) {
      split(root, scan);
      return;
    }
    for (Path child : Folder.list(root).folders()) {
      if (Files.isRegularFile(child.resolve(SPLIT))) {
        scan.problem(root.resolve(SPLIT) + " is missing; " + child + " has it: give that folder");
        return;
      }
      if (Files.isDirectory(child.resolve("train/good"))) {
        IndustrialFolders.MVTEC.scan(root, scan);
        return;
      }
    }
    Optional<Path> archive =
        Folder.list(root).others().stream().filter(Folder::isArchive).findFirst();
    scan.problem(
        root.resolve(SPLIT)
            + " is missing; "
            + (archive.isPresent()
                ? "extract " + archive.get() + " first"
                : "give the folder that holds split_csv and the categories"));
  }

  private static void split(Path root, Scan scan) throws IOException {
    Path csv = root.resolve(SPLIT);
    MissingFiles missing = new MissingFiles(root);
    var format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
    try (Reader reader = Files.newBufferedReader(csv, StandardCharsets.UTF_8);
        var rows = format.parse(reader)) {
      if (!rows.getHeaderNames().containsAll(COLUMNS)) {
        scan.problem(csv + ": columns are " + rows.getHeaderNames() + "; expected " + COLUMNS);
        return;
      }
      for (CSVRecord row : rows) {
        if (!row.isConsistent()) {
          scan.problem(csv + ":" + rows.getCurrentLineNumber() + ": not five columns");
          return;
        }
        if (!known(row, "split", TRAIN, TEST, scan, csv, rows.getCurrentLineNumber())
            || !known(row, "label", NORMAL, ANOMALY, scan, csv, rows.getCurrentLineNumber())) {
          return;
        }
        if (scan.category(row.get("object"))) {
          sample(root, row, scan, missing);
        }
      }
    }
    missing.tell(scan);
  }

  /** Whether a cell is one of two words; tells it where it is not. */
  private static boolean known(
      CSVRecord row, String column, String one, String other, Scan scan, Path csv, long line) {
    String value = row.get(column);
    if (!value.equals(one) && !value.equals(other)) {
      scan.problem(
          csv + ":" + line + ": " + column + " is " + value + "; expected " + one + " or " + other);
      return false;
    }
    return true;
  }

  private static void sample(Path root, CSVRecord row, Scan scan, MissingFiles missing) {
    String path = row.get("image");
    String category = row.get("object");
    boolean anomalous = row.get("label").equals(ANOMALY);
    Optional<Path> image = missing.find(category, path);
    Optional<Path> mask = anomalous ? missing.find(category, row.get("mask")) : Optional.empty();
    if (image.isEmpty() || (anomalous && mask.isEmpty())) {
      return;
    }
    ImageRef pixels = ImageRef.file(image.get());
    Sample sample =
        anomalous
            ? new Sample(path, category, true, ANOMALY, pixels, List.of(ImageRef.file(mask.get())))
            : Sample.normal(path, category, pixels);
    if (row.get("split").equals(TRAIN)) {
      scan.train(sample);
    } else {
      scan.test(sample);
    }
  }
}
