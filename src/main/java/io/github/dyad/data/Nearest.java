package io.github.dyad.data;

import java.util.Collection;
import java.util.Comparator;

/** Says which known name a mistyped one was meant to be. */
final class Nearest {
  private Nearest() {}

  /** " Did you mean "x"?", or nothing when no known name is near. */
  static String hint(String given, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt((String name) -> edits(given, name)))
        .filter(name -> edits(given, name) <= Math.max(2, name.length() / 3))
        .map(name -> " Did you mean \"" + name + "\"?")
        .orElse("");
  }

  /** Least number of inserted, removed and replaced characters, letter case aside. */
  private static int edits(String from, String to) {
    String a = from.toLowerCase(java.util.Locale.ROOT);
    String b = to.toLowerCase(java.util.Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
