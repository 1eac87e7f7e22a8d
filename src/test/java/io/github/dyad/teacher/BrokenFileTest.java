package io.github.dyad.teacher;

import static io.github.dyad.teacher.Edits.attribute;
import static io.github.dyad.teacher.Edits.integers;
import static io.github.dyad.teacher.Edits.node;
import static io.github.dyad.teacher.Edits.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import onnx.Onnx;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.protobuf.CodedOutputStream;

/** Files that are no ONNX model, or contradict themselves, or lie about their size. */
class BrokenFileTest {
  @TempDir private Path folder;

  private void refused(byte[] bytes, String words) {
    Attempt.refused(Edits.write(folder, "model.onnx", bytes), words);
  }

  private void refused(Consumer<Onnx.GraphProto.Builder> edit, String words) {
    refused(Edits.graph("hf_dynamic", edit), words);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void what_is_no_onnx_file_is_named() throws IOException {
    byte[] good = Edits.bytes("hf_dynamic");
    refused(new byte[0], "0 bytes are no ONNX model");
    refused(text("<html>404 not found</html>"), "a text file");
    refused(text("{\"error\": \"not found\"}"), "a text file");
    refused(
        text("version https://git-lfs.github.com/spec/v1\noid sha256:00\n"), "a Git LFS pointer");
    refused(Arrays.copyOf(good, good.length / 2), "no ONNX model, or cut off");
    byte[] noise = new byte[4096];
    new Random(0).nextBytes(noise);
    refused(noise, "no ONNX model");
    noise[0] = 8; // a protobuf file begins so
    refused(noise, "no ONNX model");
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      out.putNextEntry(new ZipEntry("model"));
      out.write(new byte[100_000]);
    }
    refused(zip.toByteArray(), "a ZIP archive");
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(good);
    }
    refused(gzip.toByteArray(), "gzip data");
  }

  @Test
  void a_missing_file_and_a_folder_are_named() {
    Attempt.refused(folder.resolve("none.onnx"), "no such file");
    Attempt.refused(folder, "not a regular file");
  }

  @Test
  void a_tensor_that_is_missing_or_stored_twice_is_named() {
    refused(
        graph -> Edits.remove(graph, "blocks.1.mlp.fc2.bias"),
        "tensor 'blocks.1.mlp.fc2.bias', read by Add '/blocks.1/mlp/fc2/Add', is missing");
    refused(graph -> Edits.remove(graph, "onnx::MatMul_427"), "is missing from the file");
    refused(graph -> graph.addInitializer(graph.getInitializer(0)), "'cls_token' is stored twice");
    refused(graph -> graph.addNode(graph.getNode(3)), "is made twice");
  }

  @Test
  void a_graph_that_runs_in_a_circle_is_refused() {
    refused(
        graph -> {
          Onnx.NodeProto.Builder first = node(graph, "/blocks.0/Add");
          first.setInput(1, node(graph, "/blocks.1/Add_1").getOutput(0));
        },
        "is made only later: the graph runs in a circle");
    refused(
        graph -> {
          Onnx.NodeProto.Builder self = node(graph, "/blocks.0/Add");
          self.setInput(1, self.getOutput(0));
        },
        "runs in a circle");
  }

  @Test
  void shapes_that_lie_are_refused_without_believing_them() {
    refused(graph -> tensor(graph, "MatMul_424").setDims(0, 1L << 40), "has an axis of");
    refused(graph -> tensor(graph, "MatMul_424").setDims(0, -3), "has an axis of -3");
    refused(graph -> tensor(graph, "MatMul_424").setDims(0, 23), "by [23, 24]");
    refused(
        graph -> tensor(graph, "MatMul_424").setDims(0, 1 << 30).setDims(1, 1 << 30), "is too big");
    refused(graph -> tensor(graph, "mlp.fc1.bias").setDims(0, 1 << 30), "do not fit");
    refused(
        graph -> tensor(graph, "cls_token").setDims(0, 1 << 20).setDims(1, 1 << 10),
        "Concat of unknown[1048576, 1024, 24]");
    refused(
        graph -> {
          for (int k = 0; k < 30; k++) {
            tensor(graph, "cls_token").addDims(1);
          }
        },
        "axes");
  }

  @Test
  void numbers_that_are_none_are_refused() {
    refused(
        graph -> Edits.setFloat(tensor(graph, "norm1.weight"), 3, Float.NaN),
        "tensor 'blocks.0.norm1.weight' holds NaN or infinity");
    refused(
        graph -> Edits.setFloat(tensor(graph, "MatMul_433"), 5, Float.POSITIVE_INFINITY),
        "holds NaN or infinity");
    refused(graph -> tensor(graph, "register_tokens").clearRawData(), "has data for 0 elements");
    refused(
        graph ->
            tensor(graph, "register_tokens").setDataType(Onnx.TensorProto.DataType.STRING_VALUE),
        "has numbers of type STRING");
    refused(graph -> tensor(graph, "register_tokens").setDataType(99), "has numbers of type");
  }

  /** Each doubles what the one before made: 2^60 numbers from eighty nodes. */
  @Test
  void constants_that_grow_are_refused() {
    refused(
        graph -> {
          Onnx.NodeProto.Builder expand = node(graph, "/Expand_1");
          String last = expand.getInput(0);
          int at = Edits.position(graph, "/Expand_1");
          for (int k = 0; k < 60; k++) {
            Onnx.NodeProto.Builder twice = Onnx.NodeProto.newBuilder().setOpType("Concat");
            twice.addInput(last).addInput(last).addAttribute(attribute("axis", 1));
            last = "grown" + k;
            graph.addNode(at + k, twice.addOutput(last));
          }
          expand.setInput(0, last);
        },
        "too big");
    refused(
        graph -> {
          graph.addInitializer(integers("vast", 1 << 28));
          Onnx.NodeProto.Builder zeros = Onnx.NodeProto.newBuilder().setOpType("ConstantOfShape");
          zeros.addInput("vast").addOutput("zeros");
          graph.addNode(0, zeros);
          node(graph, "/Expand_1").setInput(1, "zeros");
        },
        "more constants than any transformer needs");
  }

  @Test
  void deep_nesting_is_refused() throws IOException {
    Onnx.GraphProto nested = Onnx.GraphProto.newBuilder().setName("leaf").build();
    for (int k = 0; k < 50; k++) {
      nested =
          Onnx.GraphProto.newBuilder()
              .addNode(
                  Onnx.NodeProto.newBuilder()
                      .setOpType("If")
                      .addAttribute(
                          Onnx.AttributeProto.newBuilder().setName("then_branch").setG(nested)))
              .build();
    }
    Onnx.GraphProto deep = nested;
    refused(graph -> graph.addAllNode(deep.getNodeList()), "nested too deep");
    // Groups in an unknown field, which the parser would follow: 0x7B begins one, 0x7C ends it.
    byte[] groups = new byte[200_000];
    Arrays.fill(groups, 0, groups.length / 2, (byte) 0x7B);
    Arrays.fill(groups, groups.length / 2, groups.length, (byte) 0x7C);
    refused(groups, "no ONNX model");
  }

  /** Two bytes in the file are a hundred in memory: 20 MB of empty nodes, then of empty strings. */
  @Test
  void a_small_file_cannot_fill_the_memory() throws IOException {
    for (int field : new int[] {1, 5, 13}) {
      byte[] empties = new byte[20 << 20];
      for (int k = 0; k < empties.length; k += 2) {
        empties[k] = (byte) (field << 3 | 2);
      }
      refused(modelWithGraph(empties), "fields or is nested too deep");
    }
    byte[] packed = new byte[40 << 20]; // int32_data of one tensor, a zero a byte
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    write(tensor, 5, packed);
    ByteArrayOutputStream graph = new ByteArrayOutputStream();
    write(graph, 5, tensor.toByteArray());
    refused(modelWithGraph(graph.toByteArray()), "more packed integers than any transformer");
  }

  private static byte[] modelWithGraph(byte[] graph) throws IOException {
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    model.write(new byte[] {0x08, 0x08});
    write(model, 7, graph);
    return model.toByteArray();
  }

  private static void write(ByteArrayOutputStream to, int field, byte[] bytes) throws IOException {
    CodedOutputStream out = CodedOutputStream.newInstance(to);
    out.writeByteArray(field, bytes);
    out.flush();
  }

  @Test
  void names_from_the_file_are_printed_safely() {
    String name = "\u001b[31m" + "x".repeat(1000) + "\nsecond line";
    refused(graph -> graph.getNodeBuilder(40).setInput(0, name), "tensor '?[31mxxx");
  }

  @Test
  void an_unreadable_file_is_named() throws IOException {
    Path file = Edits.write(folder, "secret.onnx", Edits.bytes("hf_dynamic"));
    Assumptions.assumeTrue(
        file.toFile().setReadable(false) && !Files.isReadable(file), "root reads everything");
    Attempt.refused(file, "cannot be read; check its permissions");
  }
}
