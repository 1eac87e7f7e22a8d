package io.github.dyad.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dyad.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One annotated defect of an MVTec-LOCO image, with the part of it that counts as found in full
 * (Bergmann et al., IJCV 2022, sPRO). The category's {@code defects_config.json} states it for each
 * pixel value that masks are drawn with.
 *
 * @param name such as "missing_top_label"
 * @param mask at the mask file's resolution
 * @param saturation pixels, or share of the defect's pixels when {@code relative}
 * @param relative which of both
 */
public record LocoDefect(String name, Mask mask, double saturation, boolean relative) {

  private static final String CONFIG = "defects_config.json";

  /** The config lies beside ground_truth, from which a mask is ground_truth/DEFECT/NNN/NNN.png. */
  private static final int LEVELS_UP = 4;

  /**
   * The defects of an anomalous sample, one for each mask.
   *
   * @throws InputException when a mask or the config cannot be read, or the config lacks a mask's
   *     value
   */
  public static List<LocoDefect> of(Sample sample) {
    List<LocoDefect> defects = new ArrayList<>();
    for (ImageRef image : sample.masks()) {
      if (!(image instanceof FileImage file) || file.file().getNameCount() <= LEVELS_UP) {
        throw new InputException(image.name() + ": not a mask in MVTec-LOCO's folders");
      }
      Path category = file.file();
      for (int level = 0; level < LEVELS_UP; level++) {
        category = category.getParent();
      }
      Raster8 raster = ImageReader.raster(image, ImageDecoder.MASK);
      defects.add(of(image, value(raster), category.resolve(CONFIG)));
    }
    return defects;
  }

  /**
   * @throws InputException when this {@code defects_config.json} cannot be read
   */
  public static void requireReadable(Path config) {
    entries(config);
  }

  private static LocoDefect of(ImageRef image, int value, Path config) {
    JsonNode entry = entries(config).get(value);
    if (entry == null) {
      throw new InputException(
          image.name() + ": drawn with pixel value " + value + ", which " + config + " lacks");
    }
    return new LocoDefect(
        entry.path("defect_name").asText(),
        MaskReader.original(image),
        entry.path("saturation_threshold").asDouble(),
        entry.path("relative_saturation").asBoolean());
  }

  private static Map<Integer, JsonNode> entries(Path config) {
    try {
      Map<Integer, JsonNode> entries = new HashMap<>();
      for (JsonNode entry : new ObjectMapper().readTree(config.toFile())) {
        entries.put(entry.path("pixel_value").asInt(), entry);
      }
      return entries;
    } catch (IOException e) {
      throw new InputException(config + ": cannot be read; copy it from MVTec-LOCO's archive", e);
    }
  }

  /** The value the mask is drawn with. */
  private static int value(Raster8 raster) {
    int largest = 0;
    for (byte sample : raster.samples()) {
      largest = Math.max(largest, sample & 0xFF);
    }
    return largest;
  }
}
