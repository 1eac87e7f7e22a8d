package io.github.dyad.teacher;

import static io.github.dyad.teacher.Edits.attribute;
import static io.github.dyad.teacher.Edits.node;
import static io.github.dyad.teacher.Edits.nodeWhere;
import static io.github.dyad.teacher.Edits.scalar;
import static io.github.dyad.teacher.Edits.tensor;

import java.nio.file.Path;
import java.util.function.Consumer;
import onnx.Onnx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Good ONNX files that compute something else than a DINOv2-like transformer. */
class ForeignModelTest {
  @TempDir private Path folder;

  private void refused(String golden, Consumer<Onnx.GraphProto.Builder> edit, String words) {
    byte[] model = Edits.graph(golden, edit);
    Attempt.refused(Edits.write(folder, "model.onnx", model), words);
  }

  private void refused(Consumer<Onnx.GraphProto.Builder> edit, String words) {
    refused("hf_dynamic", edit, words);
  }

  /**
   * Puts a unary node behind a tensor: every other reader of the tensor reads the node's output.
   */
  private static void insertAfter(
      Onnx.GraphProto.Builder graph, String maker, String operator, String... moreInputs) {
    Onnx.NodeProto.Builder before = node(graph, maker);
    int at = Edits.position(graph, maker);
    String tensor = before.getOutput(0);
    for (Onnx.NodeProto.Builder each : graph.getNodeBuilderList()) {
      for (int k = 0; k < each.getInputCount(); k++) {
        if (each.getInput(k).equals(tensor)) {
          each.setInput(k, "inserted");
        }
      }
    }
    Onnx.NodeProto.Builder added = Onnx.NodeProto.newBuilder().setOpType(operator);
    added.setName("inserted").addInput(tensor).addOutput("inserted");
    for (String input : moreInputs) {
      added.addInput(input);
    }
    graph.addNode(at + 1, added);
  }

  @Test
  void quantised_and_optimised_models_are_named() {
    refused(
        graph -> node(graph, "fc1/MatMul").setOpType("MatMulInteger"),
        "a quantised model (operator MatMulInteger '/blocks.0/mlp/fc1/MatMul')");
    refused(
        graph -> node(graph, "/Erf").setDomain("com.microsoft"),
        "is not of the ONNX standard but of 'com.microsoft'");
    refused(graph -> node(graph, "/Erf").setOpType("If"), "the graph branches");
    refused(
        graph -> tensor(graph, "MatMul_424").setDataType(Onnx.TensorProto.DataType.INT8_VALUE),
        "has 8-bit numbers, as quantised models do");
  }

  @Test
  void networks_without_patches_or_attention_are_named() {
    refused(
        graph -> insertAfter(graph, "/patch_embed/Conv", "Conv", "norm.bias"), "2 convolutions");
    refused(graph -> node(graph, "/patch_embed/Conv").setOpType("Mul"), "0 convolutions");
    refused(
        graph -> {
          node(graph, "blocks.0/attention/Softmax").setOpType("Identity");
          node(graph, "blocks.1/attention/Softmax").setOpType("Identity");
        },
        "there is no attention");
    refused(
        graph -> node(graph, "blocks.1/attention/Softmax").setOpType("Identity"),
        "is no softmax of scores");
  }

  @Test
  void a_second_input_is_named() {
    refused(
        graph -> graph.addInput(Onnx.ValueInfoProto.newBuilder().setName("bool_masked_pos")),
        "the graph has 2 inputs ['pixel_values', 'bool_masked_pos'] where an image is expected");
  }

  @Test
  void another_attention_is_refused() {
    refused(graph -> node(graph, "blocks.1/attention/Div").setOpType("Mul"), "attention is scaled");
    refused(
        graph -> insertAfter(graph, "blocks.0/attention/query/Add", "Tanh"),
        "an operand of attention goes through Tanh 'inserted'");
    refused(
        graph -> insertAfter(graph, "blocks.0/attention/MatMul", "Relu"),
        "stands more than a scale");
    refused(
        graph -> insertAfter(graph, "blocks.0/attention/Softmax", "Sqrt"),
        "is no softmax of scores");
    refused(
        graph -> Edits.set(node(graph, "blocks.0/attention/Softmax"), attribute("axis", 1)),
        "is not over the last axis");
    refused(
        graph ->
            node(graph, "blocks.0/attention/value/MatMul")
                .setInput(0, node(graph, "blocks.0/norm1/Mul").getOutput(0)),
        "differ in their input");
  }

  @Test
  void another_activation_is_refused() {
    String words = "the MLP's activation is neither GELU nor SwiGLU";
    refused(graph -> node(graph, "blocks.1/mlp/Erf").setOpType("Tanh"), words);
    refused(graph -> node(graph, "blocks.1/mlp/Erf").setOpType("Relu"), words);
    refused(graph -> node(graph, "blocks.1/mlp/Erf").setOpType("Identity"), words);
    refused(
        "chunk_swiglu",
        graph -> node(graph, "blocks.0/mlp/Sigmoid").setOpType("Tanh"),
        "the MLP is gated, but not as SwiGLU");
    refused(graph -> node(graph, "blocks.1/mlp/Erf").setOpType("Hardmax"), "Hardmax");
  }

  @Test
  void another_norm_is_refused() {
    refused(
        graph ->
            node(graph, "blocks.0/norm1/Sub").setInput(1, node(graph, "/Concat_7").getOutput(0)),
        "block 2 from the end");
    refused(graph -> insertAfter(graph, "blocks.0/norm1/Pow", "Abs"), "block 2 from the end");
    refused(
        graph -> {
          graph.addInitializer(scalar("other", 1e-3f));
          node(graph, "blocks.0/norm2/Add").setInput(1, "other");
        },
        "layer norms differ in their epsilon");
    refused(
        "antialias",
        graph ->
            Edits.set(
                nodeWhere(graph, node -> node.getOpType().equals("LayerNormalization")),
                attribute("axis", 1)),
        "is not over the last axis");
  }

  /** x = LN(x + …), as BERT has it: the MLP is added to the norm it reads. */
  @Test
  void a_post_norm_transformer_is_refused() {
    refused(
        graph ->
            node(graph, "blocks.1/Add_1")
                .setInput(1, node(graph, "blocks.1/norm2/Add_1").getOutput(0)),
        "no pre-norm block");
    refused(
        graph -> node(graph, "blocks.1/Add_1").setOpType("Mul"),
        "is no sum of tokens and MLP, as in a pre-norm transformer");
    refused(
        graph -> insertAfter(graph, "blocks.0/Add_1", "Tanh"),
        "is no sum of tokens and MLP, as in a pre-norm transformer");
  }

  @Test
  void blocks_that_differ_are_refused() {
    refused(
        "deit_tanh",
        graph -> {
          // The second block keeps tanh's GELU; the first gets the exact one.
          Onnx.NodeProto.Builder tanh = node(graph, "blocks.0/mlp/Tanh");
          insertAfter(graph, "blocks.0/mlp/fc1/Add", "Gelu");
          String second = node(graph, "blocks.0/mlp/fc2/MatMul").getInput(0);
          tanh.setInput(0, "inserted");
          node(graph, "blocks.0/mlp/fc2/MatMul").setInput(0, "inserted");
          nodeWhere(graph, node -> node.getOutputList().contains(second)).setOutput(0, "unused");
        },
        "blocks differ in their activation");
  }

  @Test
  void a_branch_without_the_layer_scale_of_the_others_is_refused() {
    refused(
        graph ->
            node(graph, "blocks.0/Add")
                .setInput(1, node(graph, "blocks.0/attention/dense/Add").getOutput(0)),
        "some branches have a layer scale and others have none");
  }

  @Test
  void another_patch_embedding_is_refused() {
    String words = "the patches of Conv '/patch_embed/Conv' overlap or are padded";
    refused(
        graph -> Edits.set(node(graph, "/patch_embed/Conv"), attribute("strides", 3, 3)), words);
    refused(
        graph -> Edits.set(node(graph, "/patch_embed/Conv"), attribute("pads", 0, 0, 1, 1)), words);
    refused(graph -> Edits.set(node(graph, "/patch_embed/Conv"), attribute("group", 3)), words);
    refused(
        graph -> Edits.set(node(graph, "/patch_embed/Conv"), attribute("auto_pad", "SAME_UPPER")),
        words);
    refused(
        graph -> node(graph, "/patch_embed/Conv").addAttribute(attribute("group", 1)),
        "has the attribute group twice");
    refused(
        graph -> {
          graph.addInitializer(scalar("mean", 0.5f));
          Onnx.NodeProto.Builder conv = node(graph, "/patch_embed/Conv");
          int at = Edits.position(graph, "/patch_embed/Conv");
          conv.setInput(0, "normalised");
          graph.addNode(
              at,
              Onnx.NodeProto.newBuilder()
                  .setOpType("Sub")
                  .addInput("pixel_values")
                  .addInput("mean")
                  .addOutput("normalised"));
        },
        "the image is changed in the graph before Conv");
  }

  @Test
  void another_embedding_is_refused() {
    refused(
        graph -> {
          Onnx.NodeProto.Builder join = node(graph, "/Concat_7");
          String registers = join.getInput(1);
          join.setInput(1, join.getInput(2)).setInput(2, registers);
        },
        "the tokens are not class token, registers, patches");
    refused(
        graph -> insertAfter(graph, "/Concat_7", "Tanh"), "the token embedding uses operator Tanh");
    refused(
        graph -> {
          Onnx.NodeProto.Builder mask = node(graph, "/Add").setOpType("Where");
          mask.addInput(mask.getInput(0));
        },
        "export without the mask input");
    refused(
        graph ->
            Edits.set(
                node(graph, "/Resize"),
                attribute("coordinate_transformation_mode", "align_corners")),
        "position embeddings are resized with coordinates 'align_corners'");
    refused(
        "hub_scale_factor",
        graph -> {
          Onnx.TensorProto.Builder scales =
              nodeWhere(
                      graph,
                      node ->
                          node.getOutputCount() == 1
                              && node.getOutput(0).equals(node(graph, "/Resize").getInput(2)))
                  .getAttributeBuilder(0)
                  .getTBuilder();
          Edits.setFloat(scales, 3, 0.9f);
        },
        "position embeddings are resized by");
  }

  @Test
  void a_model_without_final_norm_is_refused() {
    refused(graph -> node(graph, "/norm/Sqrt").setOpType("Abs"), "block 1 from the end");
  }
}
