package io.github.dyad.graph;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The gradient graph that SameDiff derives from a loss.
 *
 * @param graph forward and backward operations
 * @param names of the gradient of each trainable variable that the loss depends on
 */
public record Gradients(SameDiff graph, Map<String, String> names) {
  /** Differentiates the loss with respect to all trainable variables. */
  public static Gradients of(SameDiff graph, SDVariable loss) {
    graph.setLossVariables(loss.name());
    quietly(graph::createGradFunction);
    SameDiff derived = graph.getFunction("grad");
    Map<String, String> names = new LinkedHashMap<>();
    for (SDVariable variable : graph.variables()) {
      if (variable.getVariableType() == org.nd4j.autodiff.samediff.VariableType.VARIABLE) {
        SDVariable gradient = variable.getGradient();
        if (gradient != null) {
          names.put(variable.name(), gradient.name());
        }
      }
    }
    return new Gradients(derived, names);
  }

  /** SameDiff M2.1 prints a line for every op that it differentiates. */
  private static synchronized void quietly(Runnable action) {
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false));
    try {
      action.run();
    } finally {
      System.setOut(out);
    }
  }
}
