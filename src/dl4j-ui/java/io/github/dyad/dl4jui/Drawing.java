package io.github.dyad.dl4jui;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;

/**
 * The students as the UI's model tab can draw them: a Deeplearning4j configuration that nothing ever
 * runs, one dense layer a block.
 *
 * @param json the configuration
 * @param parameters a name for each vertex, as the UI expects it: VERTEX_W
 */
record Drawing(String json, List<String> parameters) {
  /** What the drawing looks like to the UI. */
  static final String MODEL_CLASS = "org.deeplearning4j.nn.graph.ComputationGraph";

  /**
   * @param width D
   * @param encoderDepth blocks of the encoder student; 0: there is none
   * @param decoderDepth blocks of the decoder student; 0: there is none
   */
  static Drawing of(int width, int encoderDepth, int decoderDepth) {
    ComputationGraphConfiguration.GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .graphBuilder()
            .addInputs("teacher embedding", "teacher groups");
    List<String> layers = new ArrayList<>();
    List<String> losses = new ArrayList<>();
    if (encoderDepth > 0) {
      String end = chain(graph, layers, "encoder block ", encoderDepth, width, "teacher embedding");
      losses.add(layer(graph, layers, "encoder class tokens", width, width, end));
    }
    if (decoderDepth > 0) {
      String wide = layer(graph, layers, "bottleneck 1", width, 4 * width, "teacher groups");
      String narrow = layer(graph, layers, "bottleneck 2", 4 * width, width, wide);
      losses.add(chain(graph, layers, "decoder block ", decoderDepth, width, narrow));
    }
    if (losses.isEmpty()) { // another method's student, or none: one box, which the UI asks for
      losses.add(layer(graph, layers, "student", width, width, "teacher groups"));
    }
    if (losses.size() == 2) {
      graph.addVertex(
          "Noisy-OR",
          new ElementWiseVertex(ElementWiseVertex.Op.Add),
          losses.toArray(String[]::new));
      graph.setOutputs("Noisy-OR");
    } else {
      graph.setOutputs(losses.get(0));
    }
    return new Drawing(
        graph.allowNoOutput(true).allowDisconnected(true).build().toJson(),
        layers.stream().map(layer -> layer + "_W").toList());
  }

  private static String chain(
      ComputationGraphConfiguration.GraphBuilder graph,
      List<String> layers,
      String name,
      int depth,
      int width,
      String input) {
    String last = input;
    for (int i = 1; i <= depth; i++) {
      last = layer(graph, layers, name + i, width, width, last);
    }
    return last;
  }

  private static String layer(
      ComputationGraphConfiguration.GraphBuilder graph,
      List<String> layers,
      String name,
      int in,
      int out,
      String input) {
    graph.addLayer(name, new DenseLayer.Builder().nIn(in).nOut(out).build(), input);
    layers.add(name);
    return name;
  }
}
