package io.github.dyad.cli;

import io.github.dyad.InputException;
import io.github.dyad.distillation.BatchOrder;
import io.github.dyad.distillation.StepLosses;
import io.github.dyad.distillation.Trainer;
import io.github.dyad.experiment.DistillationEngine;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.Grid;
import io.github.dyad.experiment.SingleTraining;
import io.github.dyad.experiment.TrainingTask;
import io.github.dyad.tensor.Safetensors;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dyad train}: one training, for parity checks and profiling. */
@Command(
    name = "train",
    description = {
      "Runs the first training of an experiment, from given weights and over given images if"
          + " asked.",
      "Weights are safetensors with PyTorch's names and layouts; --export-init shows them all."
    },
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ExperimentOptions options;
  @Mixin private CommonOptions common;

  @Option(names = "--trial", paramLabel = "NAME", description = "This trial's training instead.")
  private String trial;

  @Option(names = "--iterations", paramLabel = "N", description = "Instead of the file's.")
  private Integer iterations;

  @Option(names = "--dropout", paramLabel = "P", description = "Instead of the file's drop rate.")
  private Double dropout;

  @Option(names = "--init", paramLabel = "W.safetensors", description = "Starting weights.")
  private Path init;

  @Option(
      names = "--order",
      paramLabel = "BATCHES.txt",
      description = "Image indices of every step, a line each; the training ends with the file.")
  private Path order;

  @Option(
      names = "--dump-losses",
      paramLabel = "L.csv",
      description =
          "step,loss,loss_encoder,loss_decoder,weight_encoder,weight_decoder at full precision.")
  private Path losses;

  @Option(
      names = "--export-init",
      paramLabel = "W.safetensors",
      description = "Writes the starting weights and ends.")
  private Path exportInit;

  @Option(
      names = "--export-weights",
      paramLabel = "W.safetensors",
      description = "Writes the trained weights.")
  private Path exportWeights;

  @Option(
      names = "--list-images",
      paramLabel = "I.csv",
      description = "Writes index,path of the training images and ends.")
  private Path listImages;

  @Override
  public Integer call() {
    Experiment experiment = options.experiment();
    Machine.check();
    Interrupt interrupt = Interrupt.listen();
    try (DistillationEngine engine = new DistillationEngine(common.workers())) {
      TrainingTask task = task(options.grid(experiment, engine));
      if (listImages != null) {
        list(task);
        return Main.DONE;
      }
      SingleTraining training =
          engine.single(
              task, iterations, dropout, init == null ? null : Safetensors.read(init), init);
      if (exportInit != null) {
        write(exportInit, new Safetensors(training.initialWeights(), Map.of()));
        return Main.DONE;
      }
      return train(training, task, interrupt);
    } finally {
      interrupt.finished();
    }
  }

  private TrainingTask task(Grid grid) {
    for (Grid.PlannedTrial planned : grid.trials()) {
      if (trial == null || planned.trial().name().equals(trial)) {
        return planned.models().get(0).task();
      }
    }
    throw new InputException(
        "--trial is "
            + trial
            + "; expected one of "
            + String.join(
                ", ", grid.trials().stream().map(planned -> planned.trial().name()).toList()));
  }

  private int train(SingleTraining training, TrainingTask task, Interrupt interrupt) {
    List<String> lines = new ArrayList<>();
    lines.add("step,loss,loss_encoder,loss_decoder,weight_encoder,weight_decoder");
    PrintWriter err = spec.commandLine().getErr();
    List<int[]> batches = order == null ? null : batches(task.splits().train().size());
    int most = iterations == null ? task.part().training().iterations() : iterations;
    if (batches != null && batches.size() > most) {
      throw new InputException(
          order + ": " + batches.size() + " batches for " + most + " steps; give --iterations too");
    }
    int[] steps = {0};
    Trainer.Listener listener =
        new Trainer.Listener() {
          @Override
          public void step(int step, StepLosses s, boolean replayed) {
            steps[0] = step + 1;
            lines.add(
                step
                    + ","
                    + number(s.loss())
                    + ","
                    + number(s.encoder())
                    + ","
                    + number(s.decoder())
                    + ","
                    + number(s.weightEncoder())
                    + ","
                    + number(s.weightDecoder()));
            if (!common.quiet && step % 50 == 0) {
              err.printf(Locale.ROOT, "step %d, loss %.5f%n", step, s.loss());
            }
          }

          @Override
          public boolean stopRequested() {
            return interrupt.getAsBoolean();
          }
        };
    var weights =
        training.run(
            batches == null ? null : BatchOrder.listed(batches),
            batches == null ? -1 : batches.size(),
            listener);
    if (losses != null) {
      write(losses, String.join("\n", lines) + "\n");
    }
    if (weights == null) {
      return Main.INTERRUPTED;
    }
    if (exportWeights != null) {
      write(exportWeights, new Safetensors(weights, Map.of()));
    }
    spec.commandLine().getOut().println(steps[0] + " steps; " + lines.get(lines.size() - 1));
    return Main.DONE;
  }

  /** A student that is not trained has no loss and no weight. */
  private static String number(double value) {
    return Double.isNaN(value) ? "" : Double.toString(value);
  }

  private List<int[]> batches(int images) {
    List<int[]> batches = new ArrayList<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(order);
    } catch (IOException e) {
      throw new InputException(order + ": cannot be read (" + e.getMessage() + ")", e);
    }
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      String[] parts = lines.get(i).strip().split("[,\\s]+");
      int[] batch = new int[parts.length];
      for (int k = 0; k < batch.length; k++) {
        batch[k] = index(parts[k], images, i + 1);
      }
      if (!batches.isEmpty() && batches.get(0).length != batch.length) {
        throw new InputException(
            order
                + ":"
                + (i + 1)
                + ": "
                + batch.length
                + " images; every line needs "
                + batches.get(0).length);
      }
      batches.add(batch);
    }
    if (batches.isEmpty()) {
      throw new InputException(order + ": no batches; expected image indices, a line a step");
    }
    return batches;
  }

  private int index(String text, int images, int line) {
    try {
      int index = Integer.parseInt(text);
      if (index >= 0 && index < images) {
        return index;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new InputException(
        order
            + ":"
            + line
            + ": "
            + text
            + " is no image; expected an index from 0 to "
            + (images - 1));
  }

  private void list(TrainingTask task) {
    StringBuilder text = new StringBuilder("index,path\n");
    for (int i = 0; i < task.splits().train().size(); i++) {
      text.append(i).append(',').append(task.splits().train().get(i).path()).append('\n');
    }
    write(listImages, text.toString());
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be written (" + e.getMessage() + ")", e);
    }
  }

  private static void write(Path file, Safetensors tensors) {
    try {
      tensors.write(file);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be written (" + e.getMessage() + ")", e);
    }
  }
}
