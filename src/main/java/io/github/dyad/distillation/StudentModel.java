package io.github.dyad.distillation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyad.InputException;
import io.github.dyad.student.InitialWeights;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Trained students with all that is needed to use them again, but for the teacher, which is named
 * and known by its checksum.
 *
 * @param description what stands in {@code model.json}
 * @param weights by name, {@code weights.safetensors}
 */
public record StudentModel(Description description, Map<String, HostTensor> weights) {
  private static final String DESCRIPTION = "model.json";
  private static final String WEIGHTS = "weights.safetensors";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .addModule(ObjectiveJson.module())
          .build();

  /**
   * @param format of these files; others are refused
   * @param teacher file or built-in name
   * @param resize side in pixels that images are resized to
   * @param crop side in pixels of the middle that the teacher sees
   * @param options what the students were trained with
   * @param mapScale map value that heat maps show as their hottest colour
   */
  public record Description(
      int format,
      String teacher,
      String teacherSha256,
      int resize,
      int crop,
      TrainingOptions options,
      double mapScale) {
    public static final int FORMAT = 1;
  }

  public void save(Path folder) throws IOException {
    Files.writeString(folder.resolve(DESCRIPTION), JSON.writeValueAsString(description) + "\n");
    new Safetensors(weights, Map.of()).write(folder.resolve(WEIGHTS));
  }

  /**
   * @throws InputException if the folder holds no model, or a damaged one
   */
  public static StudentModel load(Path folder) {
    Path file = folder.resolve(DESCRIPTION);
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          folder + ": no model here (model.json is missing); name a folder below results/…/models");
    }
    try {
      Description description = JSON.readValue(Files.readString(file), Description.class);
      if (description == null) {
        throw new InputException(file + ": damaged (it holds no description)");
      }
      if (description.format() != Description.FORMAT) {
        throw new InputException(
            file + ": format " + description.format() + "; this Dyad reads " + Description.FORMAT);
      }
      return new StudentModel(description, Safetensors.read(folder.resolve(WEIGHTS)).tensors());
    } catch (JsonProcessingException e) {
      throw new InputException(file + ": damaged (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** The students as they were before the first step; the seed gives them again. */
  public StudentModel untrained() {
    TrainingOptions options = description.options();
    InitialWeights initial =
        new InitialWeights(
            options.encoderStudent(), options.decoderStudent(), options.training().seed());
    return new StudentModel(description, initial.like(weights));
  }

  /** The same students with the weights that a graph such as {@code graph.fb} holds by now. */
  public StudentModel withWeightsOf(SameDiff graph) {
    Map<String, HostTensor> present = new TreeMap<>();
    weights.forEach(
        (name, tensor) ->
            present.put(
                name,
                new HostTensor(
                    graph.getArrForVarName(name).dup('c').data().asFloat(), tensor.shape())));
    return new StudentModel(description, present);
  }

  /** A weight by name and shape, for a graph. */
  public HostTensor weight(String name, long... shape) {
    HostTensor tensor = weights.get(name);
    if (tensor == null || !java.util.Arrays.equals(tensor.shape(), shape)) {
      throw new InputException(
          "the model's weight "
              + name
              + (tensor == null
                  ? " is missing"
                  : " has another shape, " + java.util.Arrays.toString(tensor.shape())));
    }
    return tensor;
  }
}
