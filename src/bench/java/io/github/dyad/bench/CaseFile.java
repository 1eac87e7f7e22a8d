package io.github.dyad.bench;

import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.student.EncoderStudent;
import io.github.dyad.teacher.BlockWeights;
import io.github.dyad.teacher.Teacher;
import io.github.dyad.teacher.TeacherWeights;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a case in the file format that {@code src/bench/peer_pytorch.py} describes. */
final class CaseFile {
  private final Case given;
  private final Map<String, HostTensor> tensors = new LinkedHashMap<>();

  private CaseFile(Case given) {
    this.given = given;
  }

  static void write(Case given, Path file) {
    CaseFile contents = new CaseFile(given);
    contents.fill();
    try {
      new Safetensors(contents.tensors, contents.metadata()).write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fill() {
    Work work = given.work();
    if (work != Work.TEACHER_FORWARD) {
      tensors.putAll(studentWeights(given));
    }
    switch (work) {
      case TEACHER_FORWARD, SCORE, JOINT_STEP_WITH_TEACHER -> {
        addTeacher();
        long side = given.shape().side();
        tensors.put(
            "images", new HostTensor(given.images().batch(), given.images().count(), 3, side, side));
      }
      case JOINT_STEP, ENCODER_STEP, DECODER_STEP -> addFeatures();
      case OPTIMIZER -> gradients(given).forEach((name, g) -> tensors.put("gradient." + name, g));
    }
  }

  /** Starting weights of the students that the work has. */
  static Map<String, HostTensor> studentWeights(Case given) {
    return given.session().weights();
  }

  /** Gradients for the optimizer, by the parameters' names: the encoder student's. */
  static Map<String, HostTensor> gradients(Case given) {
    Map<String, HostTensor> gradients = new LinkedHashMap<>();
    studentWeights(given)
        .forEach(
            (name, weight) -> {
              if (name.startsWith(EncoderStudent.NAME)) {
                float[] values = RandomValues.of("gradient." + name, weight.shape());
                gradients.put(name, new HostTensor(values, weight.shape()));
              }
            });
    return gradients;
  }

  private void addFeatures() {
    ImageFeatures[] features = given.features();
    int D = given.teacher().weights().width();
    int N = given.shape().tokens();
    int m = given.teacher().transformer().classTokens();
    boolean encoder = given.work() != Work.DECODER_STEP;
    boolean decoder = given.work() != Work.ENCODER_STEP;
    if (encoder) {
      tensors.put("input.embedding", given.embedding());
      tensors.put("teacher.class_tokens", join(features, ImageFeatures::classTokens, m, D));
    }
    if (decoder) {
      tensors.put("teacher.group1", join(features, ImageFeatures::group1, N, D));
      tensors.put("teacher.group2", join(features, ImageFeatures::group2, N, D));
    }
  }

  private static HostTensor join(
      ImageFeatures[] features,
      java.util.function.Function<ImageFeatures, float[]> part,
      int rows,
      int columns) {
    float[] all = new float[features.length * rows * columns];
    for (int i = 0; i < features.length; i++) {
      System.arraycopy(part.apply(features[i]), 0, all, i * rows * columns, rows * columns);
    }
    return new HostTensor(all, features.length, rows, columns);
  }

  private void addTeacher() {
    TeacherWeights t = given.teacher().weights();
    int D = t.width();
    int grid = given.shape().grid();
    put("embed.patch.weight", t.patchWeight(), D, t.patchWeight().length / D);
    put("embed.patch.bias", t.patchBias(), D);
    // The class token's row has its position added already.
    float[] prefix = t.prefixTokens();
    float[] classToken = new float[D];
    float[] registers = new float[t.registers() * D];
    System.arraycopy(prefix, 0, classToken, 0, D);
    System.arraycopy(prefix, D, registers, 0, registers.length);
    put("embed.class", classToken, D);
    if (t.registers() > 0) {
      put("embed.registers", registers, t.registers(), D);
    }
    float[] patches = t.positions(grid, grid, given.options().position());
    float[] positions = new float[D + patches.length];
    System.arraycopy(patches, 0, positions, D, patches.length);
    put("embed.position", positions, 1 + (long) grid * grid, D);
    for (int i = 0; i < t.depth(); i++) {
      addBlock("blocks." + i + ".", t.blocks().get(i), D);
    }
    put("norm.weight", t.normWeight(), D);
    put("norm.bias", t.normBias(), D);
  }

  private void addBlock(String name, BlockWeights b, int D) {
    int hidden = b.hidden();
    put(name + "norm1.weight", b.norm1Weight(), D);
    put(name + "norm1.bias", b.norm1Bias(), D);
    put(name + "attn.qkv.weight", b.qkvWeight(), 3L * D, D);
    put(name + "attn.qkv.bias", b.qkvBias(), 3L * D);
    put(name + "attn.proj.weight", b.projWeight(), D, D);
    put(name + "attn.proj.bias", b.projBias(), D);
    put(name + "norm2.weight", b.norm2Weight(), D);
    put(name + "norm2.bias", b.norm2Bias(), D);
    put(name + "mlp.fc1.weight", b.fc1Weight(), hidden, D);
    put(name + "mlp.fc1.bias", b.fc1Bias(), hidden);
    put(name + "mlp.fc2.weight", b.fc2Weight(), D, hidden);
    put(name + "mlp.fc2.bias", b.fc2Bias(), D);
    if (b.layerScale1() != null) {
      put(name + "ls1.gamma", b.layerScale1(), D);
      put(name + "ls2.gamma", b.layerScale2(), D);
    }
  }

  private void put(String name, float[] values, long... shape) {
    tensors.put(Teacher.NAME + name, new HostTensor(values, shape));
  }

  private Map<String, String> metadata() {
    TeacherWeights t = given.teacher().weights();
    List<Integer> tapped = new ArrayList<>(given.tapped().first());
    tapped.addAll(given.tapped().second());
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("heads", "" + t.heads());
    metadata.put("registers", "" + t.registers());
    metadata.put("grid_height", "" + given.shape().grid());
    metadata.put("grid_width", "" + given.shape().grid());
    metadata.put("patch", "" + t.patchSize());
    metadata.put("tapped_layers", String.join(",", tapped.stream().map(String::valueOf).toList()));
    metadata.put("objective", "noisy-or");
    metadata.put("hard_mining_share", "" + Case.MINING_SHARE);
    metadata.put("learning_rate", "" + Case.LEARNING_RATE);
    return metadata;
  }
}
