package io.github.dyad.distillation;

import io.github.dyad.graph.HiddenStates;
import io.github.dyad.graph.Layers;
import io.github.dyad.graph.Lowering;
import io.github.dyad.graph.Plan;
import io.github.dyad.graph.TokenGrid;
import io.github.dyad.kernel.Workers;
import io.github.dyad.student.TappedLayers;
import io.github.dyad.teacher.PositionRule;
import io.github.dyad.teacher.Teacher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The frozen teacher's forward pass, one image at a time so that an image's features do not depend
 * on its company; as many images at once as there are workers.
 */
public final class FeatureExtractor implements AutoCloseable {
  private static final String IMAGE = "image";

  private record Pass(Plan plan, String classTokens, String group1, String group2) {}

  private final ImageFeatures.Shape shape;
  private final boolean half;
  private final List<Pass> passes = new ArrayList<>();
  private final Workers workers;

  /**
   * @param half features are rounded to half precision
   */
  public FeatureExtractor(
      Teacher teacher,
      PositionRule rule,
      TappedLayers tapped,
      int side,
      boolean half,
      Lowering lowering,
      Workers workers) {
    this(
        teacher,
        rule,
        tapped,
        side,
        half,
        lowering,
        workers,
        workers.count(),
        () -> new Workers(1));
  }

  /** For one image at a time, whose work the workers share. */
  public static FeatureExtractor ofOneImage(
      Teacher teacher,
      PositionRule rule,
      TappedLayers tapped,
      int side,
      boolean half,
      Lowering lowering,
      Workers workers) {
    return new FeatureExtractor(
        teacher, rule, tapped, side, half, lowering, new Workers(1), 1, () -> workers);
  }

  private FeatureExtractor(
      Teacher teacher,
      PositionRule rule,
      TappedLayers tapped,
      int side,
      boolean half,
      Lowering lowering,
      Workers workers,
      int images,
      Supplier<Workers> withinImage) {
    TokenGrid grid = teacher.grid(side, side);
    int D = teacher.weights().width();
    this.shape =
        new ImageFeatures.Shape(side, teacher.transformer().classTokens(), grid.count(), D);
    this.half = half;
    this.workers = workers;
    for (int i = 0; i < images; i++) {
      SameDiff graph = SameDiff.create();
      Layers layers = new Layers(graph, lowering, grid, D);
      SDVariable image = graph.placeHolder(IMAGE, DataType.FLOAT, -1, 3, side, side);
      SDVariable tokens = teacher.embed(layers, image, rule);
      HiddenStates states = teacher.hiddenStates(layers, tokens, tapped.wholeBlocks());
      TeacherSignals signals = TeacherSignals.of(layers, tokens, states, tapped);
      List<String> outputs =
          List.of(signals.classTokens().name(), signals.group1().name(), signals.group2().name());
      Plan plan =
          Plan.compile(
              layers,
              graph,
              Map.of(IMAGE, new long[] {1, 3, side, side}),
              outputs,
              withinImage.get());
      passes.add(new Pass(plan, outputs.get(0), outputs.get(1), outputs.get(2)));
    }
  }

  public ImageFeatures.Shape shape() {
    return shape;
  }

  /** Fills {@code targets[i]} with image {@code indices[i]}, for i below {@code count}. */
  public void extract(TrainingImages images, int[] indices, ImageFeatures[] targets, int count) {
    workers.run(
        count,
        (worker, i) -> {
          byte[] pixels = images.pixels(indices[i]);
          ImageFeatures target = targets[i];
          System.arraycopy(pixels, 0, target.pixels(), 0, pixels.length);
          extract(worker, images.normalized(pixels), target);
        });
  }

  /**
   * One image on the calling thread; no two threads at once with one {@code pass}.
   *
   * @param pass from 0, below the number of images at once
   * @param image (3, side, side), ImageNet-normalised
   * @param target all but its pixels
   */
  public void extract(int pass, float[] image, ImageFeatures target) {
    Pass used = passes.get(pass);
    write(image, used.plan.input(IMAGE));
    used.plan.run();
    read(used.plan.output(used.classTokens), target.classTokens());
    read(used.plan.output(used.group1), target.group1());
    read(used.plan.output(used.group2), target.group2());
  }

  @Override
  public void close() {
    passes.forEach(pass -> pass.plan.close());
  }

  private static void write(float[] values, INDArray array) {
    Plan.floats(array).copyFrom(values, 0, 0, values.length);
  }

  private void read(INDArray array, float[] target) {
    Plan.floats(array).copyTo(0, target, 0, target.length);
    if (half) {
      for (int i = 0; i < target.length; i++) {
        target[i] = Half.round(target[i]);
      }
    }
  }
}
