package io.github.dyad.bench;

import java.util.Locale;

/**
 * One line of the result.
 *
 * @param dyadMs median milliseconds of a step
 * @param peerMs the same of the peer
 * @param dyadCpu processor milliseconds of a step, all threads; tells on a busy machine what the
 *     clock does not
 * @param peerCpu the same of the peer
 * @param dyadLoss after all steps
 * @param peerLoss after the same number of steps
 * @param load see {@link Load}
 */
record Row(
    String work,
    String shape,
    String peer,
    double dyadMs,
    double peerMs,
    double dyadCpu,
    double peerCpu,
    double dyadLoss,
    double peerLoss,
    double load) {
  /** Losses further apart than this, relative, are not of the same work. */
  static final double TOLERANCE = 1e-4;

  static final String CSV_HEADER =
      "work,shape,peer,dyad_ms,peer_ms,ratio,dyad_loss,peer_loss,load";

  static final String TITLE =
      String.format(
          "%-24s %-9s %-12s %9s %9s %6s %9s %9s %6s %12s %12s %5s",
          "work", "shape", "peer", "dyad ms", "peer ms", "ratio", "dyad cpu", "peer cpu", "ratio",
          "dyad loss", "peer loss", "load");

  String csv() {
    return String.format(
        Locale.ROOT,
        "%s,%s,%s,%.3f,%.3f,%.3f,%s,%s,%.2f",
        work,
        shape,
        peer,
        dyadMs,
        peerMs,
        dyadMs / peerMs,
        dyadLoss,
        peerLoss,
        load);
  }

  String text() {
    return String.format(
            Locale.ROOT,
            "%-24s %-9s %-12s %9.2f %9.2f %6.3f %9.1f %9.1f %6.3f %12.7g %12.7g %5.2f",
            work,
            shape,
            peer,
            dyadMs,
            peerMs,
            dyadMs / peerMs,
            dyadCpu,
            peerCpu,
            dyadCpu / peerCpu,
            dyadLoss,
            peerLoss,
            load)
        + (sameWork() ? "" : "  LOSSES DIFFER");
  }

  boolean sameWork() {
    return Math.abs(dyadLoss - peerLoss) <= TOLERANCE * Math.max(1e-3, Math.abs(peerLoss));
  }
}
