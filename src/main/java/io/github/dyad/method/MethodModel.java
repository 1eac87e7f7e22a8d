package io.github.dyad.method;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyad.Extensions;
import io.github.dyad.InputException;
import io.github.dyad.graph.Lowering;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a method has learned, with all that is needed to use it again but for the teacher, which is
 * named and known by its checksum: {@code method.json} and {@code memory.safetensors}.
 */
public record MethodModel(Description description, Method method, Map<String, HostTensor> tensors) {
  private static final String DESCRIPTION = "method.json";
  private static final String TENSORS = "memory.safetensors";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  /**
   * @param format of these files; others are refused
   * @param method its name
   * @param options its own
   * @param teacher file or built-in name
   * @param resize side in pixels that images are resized to
   * @param crop side in pixels of the middle that the teacher sees
   * @param position how the teacher's position grid is resampled
   * @param tappedLayers blocks whose patch tokens make the two groups; empty: the middle ones
   * @param halfFeatures the teacher's features are rounded to half precision
   * @param lowering which kernels the teacher runs on
   * @param mapScale map value that heat maps show as their hottest colour
   */
  public record Description(
      int format,
      String method,
      JsonNode options,
      String teacher,
      String teacherSha256,
      int resize,
      int crop,
      PositionRule position,
      List<Integer> tappedLayers,
      boolean halfFeatures,
      Lowering lowering,
      double mapScale) {
    public static final int FORMAT = 1;
  }

  public MethodModel {
    tensors = new TreeMap<>(tensors); // files have their bytes in one order
  }

  /** Options of a method as {@code method.json} holds them. */
  public static JsonNode options(Method method) {
    return method instanceof Record ? JSON.valueToTree(method) : JSON.createObjectNode();
  }

  /** The same with another map scale. */
  public MethodModel withMapScale(double scale) {
    Description d = description;
    return new MethodModel(
        new Description(
            d.format,
            d.method,
            d.options,
            d.teacher,
            d.teacherSha256,
            d.resize,
            d.crop,
            d.position,
            d.tappedLayers,
            d.halfFeatures,
            d.lowering,
            scale),
        method,
        tensors);
  }

  /** Whether a folder holds a method's model, and not students. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(DESCRIPTION));
  }

  public void save(Path folder) throws IOException {
    Files.writeString(folder.resolve(DESCRIPTION), JSON.writeValueAsString(description) + "\n");
    new Safetensors(tensors, Map.of()).write(folder.resolve(TENSORS));
  }

  /**
   * @throws InputException if the model is damaged, or its method is not on the class path
   */
  public static MethodModel load(Path folder) {
    Path file = folder.resolve(DESCRIPTION);
    try {
      Description description = JSON.readValue(Files.readString(file), Description.class);
      if (description.format() != Description.FORMAT) {
        throw new InputException(
            file + ": format " + description.format() + "; this Dyad reads " + Description.FORMAT);
      }
      Method method =
          Extensions.all(Method.class).stream()
              .filter(candidate -> candidate.name().equals(description.method()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new InputException(
                          file
                              + ": there is no method "
                              + description.method()
                              + " on the class path; DYAD_CLASSPATH names the jar"));
      if (method instanceof Record) {
        method = JSON.treeToValue(description.options(), method.getClass());
      }
      return new MethodModel(
          description, method, Safetensors.read(folder.resolve(TENSORS)).tensors());
    } catch (JsonProcessingException e) {
      throw new InputException(file + ": damaged (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }
}
