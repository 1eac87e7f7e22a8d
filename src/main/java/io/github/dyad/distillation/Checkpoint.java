package io.github.dyad.distillation;

import io.github.dyad.InputException;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A training in the middle: weights, moments, and the losses of every step made. Order of images
 * and dropout are functions of seed and step, so nothing else is needed to go on with the same
 * bits.
 */
record Checkpoint(
    Map<String, HostTensor> weights, Map<String, HostTensor> optimizer, List<StepLosses> losses) {
  private static final String FILE = "checkpoint.safetensors";
  private static final String STEPS = "steps";

  void write(Path folder) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    weights.forEach((name, tensor) -> tensors.put("weight." + name, tensor));
    optimizer.forEach((name, tensor) -> tensors.put("optimizer." + name, tensor));
    store(new Safetensors(tensors, Map.of(STEPS, text(losses))), folder.resolve(FILE));
  }

  /** Written aside, synced, moved: a kill leaves the old file or the new one. */
  static void store(Safetensors tensors, Path file) {
    Path aside = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (FileChannel channel =
          FileChannel.open(
              aside,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        tensors.write(channel);
        channel.force(true);
      }
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be written (" + e.getMessage() + ")", e);
    }
  }

  /** The last checkpoint, or null where there is none that can be read. */
  static Checkpoint read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return null;
    }
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    Map<String, HostTensor> optimizer = new LinkedHashMap<>();
    Safetensors stored;
    try {
      stored = Safetensors.read(file);
    } catch (InputException e) {
      return null; // cut off by a power failure: the training starts anew
    }
    stored
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith("weight.")) {
                weights.put(name.substring("weight.".length()), tensor);
              } else if (name.startsWith("optimizer.")) {
                optimizer.put(name.substring("optimizer.".length()), tensor);
              }
            });
    return new Checkpoint(weights, optimizer, losses(stored.metadata().getOrDefault(STEPS, "")));
  }

  /** A line a step; a double's text is read back to the same bits. */
  private static String text(List<StepLosses> losses) {
    StringBuilder text = new StringBuilder();
    for (StepLosses s : losses) {
      text.append(s.loss()).append(' ').append(s.encoder()).append(' ').append(s.decoder());
      text.append(' ').append(s.weightEncoder()).append(' ').append(s.weightDecoder());
      text.append(' ').append(s.learningRate()).append('\n');
    }
    return text.toString();
  }

  private static List<StepLosses> losses(String text) {
    return text.lines()
        .map(line -> Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray())
        .map(v -> new StepLosses(v[0], v[1], v[2], v[3], v[4], v[5]))
        .collect(Collectors.toCollection(ArrayList::new));
  }
}
