package io.github.dyad.distillation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.listeners.ListenerVariables;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.listeners.records.LossCurve;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * SameDiff's listeners in Dyad's training loop. A training is one epoch: they hear its start and
 * end, and start and end of every step that is made, with the batch. The step runs as a compiled
 * plan, so there is nothing to hear of single ops.
 */
final class GraphListeners {
  private static final List<String> LOSSES =
      List.of(
          DistillationGraph.LOSSES, DistillationGraph.LOSS_ENCODER, DistillationGraph.LOSS_DECODER);

  private final List<Listener> listeners = new ArrayList<>();
  private final List<Loss> losses = new ArrayList<>();

  /**
   * @throws IllegalArgumentException if one needs values of the graph, which the plan does not keep
   */
  void add(SameDiff graph, Listener listener) {
    ListenerVariables needed = listener.requiredVariables(graph);
    if (needed != null && !needed.trainingVariables().isEmpty()) {
      throw new IllegalArgumentException(
          listener.getClass().getName()
              + " needs the values of "
              + needed.trainingVariables()
              + ", which a compiled training does not keep");
    }
    if (listener.isActive(Operation.TRAINING)) {
      listeners.add(listener);
    }
  }

  boolean isEmpty() {
    return listeners.isEmpty();
  }

  private static At at(int step) {
    return At.builder()
        .epoch(0)
        .iteration(step)
        .trainingThreadNum(0)
        .javaThreadNum(Thread.currentThread().getId())
        .operation(Operation.TRAINING)
        .build();
  }

  void epochStart(SameDiff graph, int step) {
    listeners.forEach(listener -> listener.epochStart(graph, at(step)));
  }

  void iterationStart(SameDiff graph, int step, MultiDataSet data, long loadedMillis) {
    listeners.forEach(listener -> listener.iterationStart(graph, at(step), data, loadedMillis));
  }

  void iterationDone(SameDiff graph, int step, MultiDataSet data, StepLosses made) {
    double[] values = {made.loss(), made.encoder(), made.decoder()};
    List<String> names = new ArrayList<>();
    double[] known = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      if (!Double.isNaN(values[i])) {
        known[names.size()] = values[i];
        names.add(LOSSES.get(i));
      }
    }
    Loss loss = new Loss(names, Arrays.copyOf(known, names.size()));
    losses.add(loss);
    listeners.forEach(listener -> listener.iterationDone(graph, at(step), data, loss));
  }

  void epochEnd(SameDiff graph, int step, long millis) {
    if (losses.isEmpty()) {
      return;
    }
    LossCurve curve = new LossCurve(List.of(Loss.average(losses)));
    listeners.forEach(listener -> listener.epochEnd(graph, at(step), curve, millis));
  }
}
