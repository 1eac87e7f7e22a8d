package io.github.dyad.data.layout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.Domain;
import io.github.dyad.data.ImageRef;
import io.github.dyad.data.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Real-IAD (Wang et al., CVPR 2024) with its official split, one JSON file a category. An object is
 * photographed from five views, which {@link #group} puts together; each view has a label of its
 * own. Of several resolutions the first of {@code realiad_1024}, {@code realiad_raw}, {@code
 * realiad_512} and {@code realiad_256} is read; paths do not tell which.
 */
public final class RealIad extends ScannedLayout {
  private static final List<String> LISTS = List.of("realiad_jsons/realiad_jsons", "realiad_jsons");
  private static final List<String> RESOLUTIONS =
      List.of("realiad_1024", "realiad_raw", "realiad_512", "realiad_256", "");
  private static final String NORMAL = "OK";

  public RealIad() {
    super(
        "real-iad",
        new DatasetFacts(
            "Real-IAD",
            Domain.INDUSTRIAL,
            "https://realiad4ad.github.io/Real-IAD (on request)",
            "CC BY-NC-SA 4.0",
            "151,050 images in 30 categories, tens of GB",
            "realiad_jsons/realiad_jsons/<category>.json, realiad_1024/<category>/{OK,NG}/…"));
  }

  /** The folder of an object, {@code audiojack/NG/QS/S0001}, holds its five views. */
  @Override
  public String group(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? path : path.substring(0, slash);
  }

  @Override
  void scan(Path root, Scan scan) throws IOException {
    List<Path> lists = lists(root);
    if (lists.isEmpty()) {
      scan.problem(noLists(root));
      return;
    }
    ObjectMapper mapper = new ObjectMapper();
    for (Path list : lists) {
      String category = Folder.stem(list);
      if (!scan.category(category)) {
        continue;
      }
      Optional<Path> images =
          RESOLUTIONS.stream()
              .map(name -> root.resolve(name).resolve(category))
              .filter(Files::isDirectory)
              .findFirst();
      if (images.isEmpty()) {
        scan.problem(
            root.resolve(RESOLUTIONS.get(0)).resolve(category)
                + " is missing; extract "
                + category
                + ".zip there");
        continue;
      }
      try {
        category(category, images.get(), mapper.readTree(list.toFile()), list, scan);
      } catch (JsonProcessingException e) {
        scan.problem(list + " is not JSON (" + e.getOriginalMessage() + "); download it again");
      }
    }
  }

  private static void category(String category, Path images, JsonNode json, Path list, Scan scan) {
    if (!json.path("train").isArray() || !json.path("test").isArray()) {
      scan.problem(list + " has no lists \"train\" and \"test\"; download it again");
      return;
    }
    MissingFiles missing = new MissingFiles(images);
    for (JsonNode entry : json.path("train")) {
      sample(category, entry, missing, scan::train);
    }
    for (JsonNode entry : json.path("test")) {
      sample(category, entry, missing, scan::test);
    }
    missing.tell(scan);
  }

  private static void sample(
      String category, JsonNode entry, MissingFiles missing, Consumer<Sample> to) {
    String path = entry.path("image_path").asText();
    String kind = entry.path("anomaly_class").asText();
    boolean anomalous = !kind.equals(NORMAL);
    Optional<Path> image = missing.find(category, path);
    Optional<Path> mask =
        anomalous ? missing.find(category, entry.path("mask_path").asText()) : Optional.empty();
    if (image.isEmpty() || (anomalous && mask.isEmpty())) {
      return;
    }
    ImageRef pixels = ImageRef.file(image.get());
    String unique = category + "/" + path;
    to.accept(
        anomalous
            ? new Sample(unique, category, true, kind, pixels, List.of(ImageRef.file(mask.get())))
            : Sample.normal(unique, category, pixels));
  }

  private static List<Path> lists(Path root) throws IOException {
    for (String place : LISTS) {
      Path folder = root.resolve(place);
      if (Files.isDirectory(folder)) {
        List<Path> json = new ArrayList<>(Folder.list(folder).others());
        json.removeIf(file -> !Folder.name(file).endsWith(".json"));
        if (!json.isEmpty()) {
          return json;
        }
      }
    }
    return List.of();
  }

  private static String noLists(Path root) throws IOException {
    String missed = root.resolve(LISTS.get(0)) + " is missing: it holds one JSON file a category";
    for (Path child : Folder.list(root).folders()) {
      if (!lists(child).isEmpty()) {
        return missed + "; " + child + " has it: give that folder";
      }
    }
    return missed + "; download realiad_jsons and give the folder above it";
  }
}
