package io.github.dyad.paper;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a printed cell measures, in the words of a result row.
 *
 * @param dataset id, such as {@code mvtec-ad}
 * @param setting {@code multi-class} or {@code single-class}
 * @param split category or split, or {@code mean}
 * @param metric a metric's column in {@code results.csv}
 * @param contender who was measured
 */
public record CellMeaning(
    String dataset, String setting, String split, String metric, Contender contender) {

  private static final String IMAGE_AUROC = "image_auroc";

  /** As the tables name the data sets. */
  private static final Map<String, String> DATASETS =
      Map.of(
          "MVTec-AD", "mvtec-ad",
          "MVTec-LOCO", "mvtec-loco",
          "VisA", "visa",
          "Real-IAD", "real-iad",
          "CIFAR-10", "cifar-10",
          "CIFAR-100", "cifar-100",
          "FMNIST", "fashion-mnist",
          "View", "view");

  /** The backbone that a method has wherever none is named. */
  private static final List<String> OWN_BACKBONES =
      List.of(
          "RD4AD WideResNet50",
          "Transformaly ViT-B/16",
          "GeneralAD DINOv2-B-reg4/14",
          "Dinomaly DINOv2-B-reg4/14",
          "Ours DINOv2-B-reg4/14");

  /** Empty for what is no metric of a method on a data set, such as the splits of Table 7. */
  static Optional<CellMeaning> of(PaperTable table, PaperTable.Row row, String column) {
    String first = row.keys().get(0);
    return switch (table.number()) {
      case 1, 2 -> mean(table, first, Contender.published(column));
      case 3 -> mean(table, column, Contender.ours(first));
      case 4, 5 -> mean(table, column, withBackbone(first, row.keys().get(1)));
      case 11 -> mean(table, column, Contender.ours(tokens(first)));
      case 12, 13 -> split(table, row, Contender.ours(Contender.AT_224));
      case 14, 15, 16, 17, 18, 19, 20, 21, 23 -> split(table, row, Contender.published(column));
      case 22 ->
          Optional.of(
              new CellMeaning(
                  DATASETS.get(first),
                  table.setting(),
                  PaperTable.MEAN,
                  column,
                  Contender.published(row.keys().get(1))));
      default -> Optional.empty();
    };
  }

  /** Another method on the same images. */
  boolean isBeside(CellMeaning other) {
    return dataset.equals(other.dataset)
        && setting.equals(other.setting)
        && split.equals(other.split)
        && metric.equals(other.metric)
        && !contender.method().equals(other.contender.method());
  }

  /** A mean over a data set, where the cell's row or column names one. */
  private static Optional<CellMeaning> mean(PaperTable table, String name, Contender contender) {
    boolean ofSingleClass = table.number() == 5 && contender.method().equals("GeneralAD");
    return Optional.ofNullable(DATASETS.get(name))
        .map(
            dataset ->
                new CellMeaning(
                    dataset,
                    ofSingleClass ? "single-class" : table.setting(),
                    PaperTable.MEAN,
                    IMAGE_AUROC,
                    contender));
  }

  private static Optional<CellMeaning> split(
      PaperTable table, PaperTable.Row row, Contender contender) {
    boolean isSplit = table.keys().get(0).equals("split");
    String split = row.keys().get(isSplit ? 0 : row.keys().size() - 1);
    return Optional.of(
        new CellMeaning(table.dataset(), table.setting(), split, IMAGE_AUROC, contender));
  }

  private static Contender withBackbone(String method, String backbone) {
    boolean own = OWN_BACKBONES.contains(method + " " + backbone);
    return new Contender(method, own ? "" : backbone);
  }

  private static String tokens(String row) {
    return row.startsWith("Patch") ? Contender.PATCH_TOKENS : "";
  }
}
