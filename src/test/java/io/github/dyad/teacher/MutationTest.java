package io.github.dyad.teacher;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import onnx.Onnx;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.protobuf.ByteString;

/** Whatever happens to a file, it is read or refused in one line: nothing else, and soon. */
class MutationTest {
  private static final List<String> SEEDS =
      List.of(
          "hf_dynamic",
          "hf_external",
          "hf_unfolded",
          "gemm_dynamic",
          "chunk_swiglu",
          "timm_half",
          "antialias",
          "hub_scale_factor",
          "interleaved");

  @TempDir private Path folder;

  @Test
  void two_thousand_mutated_files_are_read_or_refused() {
    mutate(0, 2000);
  }

  @Test
  void three_hundred_mutated_graphs_are_read_or_refused() {
    mutateGraphs(0, 300);
  }

  @Test
  @Tag("slow")
  void twenty_thousand_mutated_graphs_are_read_or_refused() {
    mutateGraphs(1_000_000, 20_000);
  }

  private void attempt(byte[] model, String what, int[] refused) {
    Path file = Edits.write(folder, "model.onnx", model);
    try {
      refused[0] += Attempt.read(file, what) == null ? 0 : 1;
    } catch (RuntimeException | Error e) {
      if (e instanceof AssertionError assertion) {
        throw assertion;
      }
      fail(what + " gave " + e, e);
    }
  }

  private void withData() {
    try {
      String data = "hf_external.onnx_data";
      Files.copy(Goldens.FOLDER.resolve(data), folder.resolve(data));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void mutate(long firstSeed, int count) {
    withData();
    int[] refused = {0};
    for (long seed = firstSeed; seed < firstSeed + count; seed++) {
      Random random = new Random(seed);
      String golden = SEEDS.get(random.nextInt(SEEDS.size()));
      byte[] bytes = Edits.bytes(golden);
      String what;
      if (random.nextInt(4) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        what = "seed " + seed + ": " + golden + " cut to " + bytes.length + " bytes";
      } else {
        int flips = 1 + random.nextInt(20);
        for (int k = 0; k < flips; k++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        what = "seed " + seed + ": " + golden + " with " + flips + " bytes changed";
      }
      attempt(bytes, what, refused);
    }
    assertTrue(refused[0] > count / 4, "only " + refused[0] + " of " + count + " were refused");
  }

  /** Mutations that survive the parser: the graph is well formed and wrong. */
  private void mutateGraphs(long firstSeed, int count) {
    withData();
    int[] refused = {0};
    for (long seed = firstSeed; seed < firstSeed + count; seed++) {
      Random random = new Random(seed);
      String golden = SEEDS.get(random.nextInt(SEEDS.size()));
      byte[] model =
          Edits.graph(
              golden,
              graph -> {
                for (int k = random.nextInt(3); k >= 0; k--) {
                  mutate(graph, random);
                }
              });
      attempt(model, "seed " + seed + ": " + golden + " with a changed graph", refused);
    }
    assertTrue(refused[0] > count / 4, "only " + refused[0] + " of " + count + " were refused");
  }

  private static void mutate(Onnx.GraphProto.Builder graph, Random random) {
    Onnx.NodeProto.Builder node = graph.getNodeBuilder(random.nextInt(graph.getNodeCount()));
    Onnx.NodeProto other = graph.getNode(random.nextInt(graph.getNodeCount()));
    Onnx.TensorProto.Builder tensor =
        graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount()));
    switch (random.nextInt(11)) {
      case 0 -> node.setOpType(other.getOpType());
      case 1 -> graph.removeNode(random.nextInt(graph.getNodeCount()));
      case 2 -> {
        if (node.getInputCount() > 0) {
          node.setInput(random.nextInt(node.getInputCount()), other.getOutput(0));
        }
      }
      case 3 -> node.clearInput();
      case 4 -> node.clearAttribute().addAllAttribute(other.getAttributeList());
      case 5 -> node.getAttributeBuilderList().forEach(each -> mutate(each, random));
      case 6 -> {
        if (tensor.getDimsCount() > 0) {
          tensor.setDims(random.nextInt(tensor.getDimsCount()), number(random));
        }
      }
      case 7 -> tensor.setDataType(random.nextInt(20));
      case 8 -> tensor.setRawData(ByteString.copyFrom(new byte[random.nextInt(64)]));
      case 9 -> tensor.addDims(number(random));
      default -> node.addOutput("more").addOutput("");
    }
  }

  private static void mutate(Onnx.AttributeProto.Builder attribute, Random random) {
    attribute.setI(number(random)).setF((float) random.nextGaussian());
    for (int k = 0; k < attribute.getIntsCount(); k++) {
      attribute.setInts(k, number(random));
    }
    if (attribute.hasT()) {
      byte[] raw = attribute.getT().getRawData().toByteArray();
      for (int k = 0; k < raw.length; k++) {
        raw[k] = random.nextBoolean() ? raw[k] : (byte) random.nextInt();
      }
      attribute.getTBuilder().setRawData(ByteString.copyFrom(raw));
    }
  }

  /** Small numbers, and those at which integers break. */
  private static long number(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(9) - 4;
      case 1 -> random.nextInt(3000);
      case 2 -> (1L << random.nextInt(63)) * (random.nextBoolean() ? 1 : -1);
      default -> random.nextLong();
    };
  }
}
