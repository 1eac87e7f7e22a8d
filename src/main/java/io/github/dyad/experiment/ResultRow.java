package io.github.dyad.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One line of {@code results.csv}.
 *
 * @param values text of every column, empty where the column says nothing of this row
 * @param extra text of the columns that are not Dyad's own, by name: metrics of one's own
 */
public record ResultRow(Map<ResultColumn, String> values, Map<String, String> extra) {
  /** {@link ResultColumn#SPLIT} of a trial's last row. */
  public static final String MEAN = "mean";

  public ResultRow {
    EnumMap<ResultColumn, String> copy = new EnumMap<>(ResultColumn.class);
    for (ResultColumn column : ResultColumn.values()) {
      copy.put(column, values.getOrDefault(column, ""));
    }
    values = Collections.unmodifiableMap(copy);
    extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
  }

  public String get(ResultColumn column) {
    return values.get(column);
  }

  /** Text of all columns, then of those of {@code extraColumns}. */
  public List<String> cells(List<String> extraColumns) {
    List<String> cells = new ArrayList<>(values.values());
    extraColumns.forEach(column -> cells.add(extra.getOrDefault(column, "")));
    return cells;
  }

  /** Of a metric. */
  public double metric(ResultColumn column) {
    return Double.parseDouble(get(column));
  }

  public boolean isMean() {
    return get(ResultColumn.SPLIT).equals(MEAN);
  }
}
