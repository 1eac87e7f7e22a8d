package io.github.dyad.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dyad.InputException;
import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.experiment.store.WholeFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Holds the files of a results folder against the checksums in its manifest. Where the folder of
 * models is not there as a whole, as in results that are passed on, its files are left out. Metrics
 * of one's own are taken again from the saved scores.
 *
 * @param files names that the manifest lists, but for those left out
 * @param leftOut models that are not there
 * @param problems one line each, in the manifest's order; empty when all is as it was written
 */
public record Verification(List<String> files, List<String> leftOut, List<String> problems) {
  public Verification {
    files = List.copyOf(files);
    leftOut = List.copyOf(leftOut);
    problems = List.copyOf(problems);
  }

  /**
   * @throws InputException when there is no readable manifest
   */
  public static Verification of(ResultsFolder folder) {
    JsonNode manifest =
        WholeFile.read(folder.manifest())
            .flatMap(Json::parse)
            .filter(json -> json.path("files").isObject())
            .orElseThrow(
                () ->
                    new InputException(
                        folder.manifest()
                            + " is missing or damaged; expected a folder that dyad run wrote"));
    boolean models = Files.exists(folder.models());
    List<String> files = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : manifest.get("files").properties()) {
      Path file = folder.root().resolve(entry.getKey()).normalize();
      if (!models && file.startsWith(folder.models().normalize())) {
        leftOut.add(entry.getKey());
        continue;
      }
      files.add(entry.getKey());
      if (!file.startsWith(folder.root().normalize())) {
        problems.add(entry.getKey() + " lies outside the folder and was not opened");
      } else if (!Files.isRegularFile(file)) {
        problems.add(entry.getKey() + " is missing");
      } else if (!Sha256.of(file).equals(entry.getValue().asText())) {
        problems.add(entry.getKey() + " is not as it was written; its checksum differs");
      }
    }
    if (manifest.path(Manifest.TRIALS).findValues("extra").stream().anyMatch(e -> !e.isEmpty())) {
      problems.addAll(ExtraMetrics.problems(folder));
    }
    return new Verification(files, leftOut, problems);
  }
}
