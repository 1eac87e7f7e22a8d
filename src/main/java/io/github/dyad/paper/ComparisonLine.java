package io.github.dyad.paper;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One result, or the mean of several seeds', beside one printed cell.
 *
 * @param own what was run; its seed and metrics are not in it
 * @param contender who that is in the paper's words; empty without a counterpart
 * @param metric column of the metric; empty where no metric has a counterpart
 * @param ours in percent, a metric of one's own as it is; over the seeds; empty where no metric has
 *     a counterpart
 * @param interval half of the 95 % interval of {@code ours}; empty for one seed
 * @param seeds how many results {@code ours} is the mean of
 * @param paper the printed cell; empty without a counterpart
 * @param reductions in what ours is a smaller run than the paper's; empty if in nothing
 * @param missing why there is no counterpart; empty if there is one
 */
public record ComparisonLine(
    OwnResult own,
    Optional<Contender> contender,
    String metric,
    OptionalDouble ours,
    OptionalDouble interval,
    int seeds,
    Optional<PaperCell> paper,
    List<String> reductions,
    String missing) {

  /** How far a line can be trusted as a comparison. */
  public enum Kind {
    FULL,
    REDUCED,
    NO_COUNTERPART,
    /** A metric of one's own, which the paper does not print. */
    OWN_METRIC;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  public ComparisonLine {
    reductions = List.copyOf(reductions);
  }

  public Kind kind() {
    if (paper.isEmpty()) {
      return metric.isEmpty() ? Kind.NO_COUNTERPART : Kind.OWN_METRIC;
    }
    return reductions.isEmpty() ? Kind.FULL : Kind.REDUCED;
  }

  /** Ours less the printed number, in percent points; empty without a counterpart. */
  public OptionalDouble difference() {
    return paper.isPresent()
        ? OptionalDouble.of(ours.orElseThrow() - paper.get().value().orElseThrow().doubleValue())
        : OptionalDouble.empty();
  }

  /** Reductions, what is known about the printed cell, or why there is none; in one text. */
  public String remark() {
    if (paper.isEmpty()) {
      return missing;
    }
    String note = PaperTables.note(paper.get());
    String reduced = reductions.isEmpty() ? "" : "reduced: " + String.join(", ", reductions);
    return reduced.isEmpty() || note.isEmpty() ? reduced + note : reduced + "; " + note;
  }
}
