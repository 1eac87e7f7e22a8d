package io.github.dyad.paper;

import java.util.List;
import java.util.Optional;

/**
 * Who is compared: a method of the tables, or a variant of one. This is the one place that says
 * which options of a trial are which row or column of the paper.
 *
 * @param method as the tables call it; {@code Ours} is the paper's own
 * @param variant what is not as the method is everywhere else, or empty
 */
public record Contender(String method, String variant) {
  static final String OURS = "Ours";
  static final String DINOMALY = "Dinomaly";
  static final String RD4AD = "RD4AD";

  static final String PATCH_TOKENS = "patch tokens";
  static final String AT_224 = "224 px";

  /** Table 3's last row: the method itself. */
  private static final String FULL = "E+D+last+Noisy-OR";

  /**
   * Table 3, in its order. The rows of both students take one fusion for training and for scoring:
   * without Noisy-OR it is the sum in both.
   */
  private static final List<AblationRow> ABLATION =
      List.of(
          new AblationRow("E", "encoder", "all", ""),
          new AblationRow("D", "decoder", "", ""),
          new AblationRow("E+last", "encoder", "last", ""),
          new AblationRow("E+D+Noisy-OR", "both", "all", "noisy-or"),
          new AblationRow("E+D+last", "both", "last", "sum"),
          new AblationRow(FULL, "both", "last", "noisy-or"));

  private record AblationRow(String name, String students, String classTokens, String fusion) {
    boolean is(OwnResult result) {
      boolean fusionIs =
          fusion.isEmpty() || (result.fusion().equals(fusion) && result.objective().equals(fusion));
      return result.students().equals(students)
          && (classTokens.isEmpty() || result.classTokens().equals(classTokens))
          && fusionIs;
    }
  }

  static Contender published(String method) {
    return new Contender(method, "");
  }

  /**
   * The paper's own method.
   *
   * @param variant a row of Table 3, {@link #PATCH_TOKENS}, {@link #AT_224} or a backbone
   */
  static Contender ours(String variant) {
    return new Contender(OURS, variant.equals(FULL) ? "" : variant);
  }

  /**
   * Who a result row is in the paper's words, the closest first: a variant that the paper measured
   * on few data sets (a crop of 224 px, the small backbone) is else the method with a smaller run.
   * Empty when the paper has no such combination of students, class tokens and fusion.
   */
  static List<Contender> of(OwnResult result) {
    if (!result.method().isEmpty() && !result.method().equalsIgnoreCase(OURS)) {
      Contender published = published(tableName(result.method()));
      return published.method().equals(RD4AD) // Table 4 has it on the paper's teacher, too
          ? List.of(new Contender(RD4AD, Backbone.BASE.printed()), published)
          : List.of(published);
    }
    if (isDinomalyPreset(result)) {
      return List.of(published(DINOMALY));
    }
    Optional<AblationRow> row = ABLATION.stream().filter(r -> r.is(result)).findFirst();
    if (row.isEmpty()) {
      return List.of();
    }
    boolean full = row.get().name().equals(FULL);
    if (result.assumes("objective.distilledTokens=patch")) {
      return full ? List.of(ours(PATCH_TOKENS)) : List.of();
    }
    Contender plain = ours(row.get().name());
    if (full && result.crop().isPresent() && result.crop().getAsLong() == 224) {
      return List.of(ours(AT_224), plain);
    }
    if (full && Backbone.SMALL.is(result)) {
      return List.of(ours(Backbone.SMALL.printed()), plain);
    }
    return List.of(plain);
  }

  /** The row of Table 3 that a result of one's own is, whatever assumptions it takes. */
  static Optional<String> ablation(OwnResult result) {
    return ABLATION.stream().filter(r -> r.is(result)).findFirst().map(AblationRow::name);
  }

  /** The decoder student alone, under its authors' position rule, is the preset of their method. */
  private static boolean isDinomalyPreset(OwnResult result) {
    return result.students().equals("decoder")
        && result.objective().equals("decoder-only")
        && result.assumes("teacher.position=dinomaly");
  }

  private static String tableName(String method) {
    return PublishedMethods.names().stream()
        .filter(name -> name.equalsIgnoreCase(method))
        .findFirst()
        .orElse(method);
  }

  @Override
  public String toString() {
    return variant.isEmpty() ? method : method + " (" + variant + ")";
  }
}
