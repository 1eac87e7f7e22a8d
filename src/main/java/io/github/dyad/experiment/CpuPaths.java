package io.github.dyad.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.store.WholeFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which kernels computed the rows of a results folder. On one path the bits are a function of the
 * experiment alone; between two, sums are rounded in another order.
 */
public final class CpuPaths {
  private CpuPaths() {}

  /**
   * Rows by path, such as {@code vector-256; OpenBLAS, core type Haswell}; several paths in one
   * name where a row was trained on another than it was scored on.
   *
   * @param results a {@code results.csv}; its manifest is beside it
   * @return empty where there is no manifest
   */
  public static Map<String, Integer> of(Path results) {
    Map<String, Integer> rows = new TreeMap<>();
    JsonNode manifest =
        WholeFile.read(results.resolveSibling("manifest.json")).flatMap(Json::parse).orElse(null);
    if (manifest == null) {
      return rows;
    }
    JsonNode environments = manifest.path("environments");
    for (JsonNode trial : manifest.path("trials")) {
      for (JsonNode row : trial.path("rows")) {
        JsonNode training = manifest.path("trainings").path(row.path("training").asText());
        TreeSet<String> paths = new TreeSet<>();
        paths.add(path(environments.path(row.path("scored_in").asInt(-1))));
        paths.add(path(environments.path(training.path("trained_in").asInt(-1))));
        rows.merge(String.join(" and ", paths), 1, Integer::sum);
      }
    }
    return rows;
  }

  private static String path(JsonNode environment) {
    return environment.path("cpu_path").asText("unknown")
        + "; "
        + environment.path("blas").asText("unknown");
  }
}
