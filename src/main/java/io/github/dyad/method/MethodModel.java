package io.github.dyad.method;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyad.Extension;
import io.github.dyad.Extensions;
import io.github.dyad.InputException;
import io.github.dyad.anomaly.AnomalyConfig;
import io.github.dyad.anomaly.ImageScorer;
import io.github.dyad.graph.Lowering;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.InitialWeights;
import io.github.dyad.student.Student;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a method has learned, with all that is needed to use it again but for the teacher, which is
 * named and known by its checksum: {@code method.json} and {@code memory.safetensors}.
 *
 * @param method a {@link Method} or a {@link Student}, with its options
 * @param tensors what it has learned, by name
 */
public record MethodModel(
    Description description, Extension method, Map<String, HostTensor> tensors) {
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
  public static JsonNode options(Extension method) {
    return method instanceof Record ? JSON.valueToTree(method) : JSON.createObjectNode();
  }

  /**
   * Scorers of images, one for each that is asked for; what they share is opened once.
   *
   * @param config of these only the map's and the top share's options matter
   */
  public Function<Workers, ImageScorer> scorers(Teacher teacher, AnomalyConfig config) {
    if (method instanceof Student student) {
      return workers -> new StudentScorer(teacher, this, student, config, workers);
    }
    FittedMethod fitted = ((Method) method).open(tensors, MethodScorer.shape(description, teacher));
    return workers -> new MethodScorer(teacher, description, fitted, config, workers);
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

  /** A student as it was before its first step; a method that has no steps as it is. */
  public MethodModel untrained(long seed) {
    return method instanceof Student
        ? new MethodModel(description, method, InitialWeights.ofStudent(seed).like(tensors))
        : this;
  }

  /** Whether a folder holds a method's model, and not students. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(DESCRIPTION));
  }

  /** Whatever {@code method} may name in an experiment file, but for the distillation. */
  public static List<Extension> all() {
    List<Extension> all = new ArrayList<>(Extensions.all(Method.class));
    all.addAll(Extensions.all(Student.class));
    return all;
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
      Extension method =
          all().stream()
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
