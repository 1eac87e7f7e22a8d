package io.github.dyad.method;

import io.github.dyad.Require;
import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.graph.TokenGrid;
import io.github.dyad.tensor.HostTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * PatchCore (Roth et al., CVPR 2022): a memory of normal patches, thinned out by a greedy coreset.
 *
 * <pre>
 * φ(p) = mean of the patch tokens in the neighbourhood of p, groups 1 and 2 side by side  (2D)
 * M_C  = greedy coreset of all φ of the training images, distances under a random projection
 * s*   = max_p min_{m ∈ M_C} ‖φ(p) − m‖, reached at p*, m*
 * s(x) = (1 − exp ‖φ(p*) − m*‖ / Σ_{m ∈ N_b(m*)} exp ‖φ(p*) − m‖) · s*
 * </pre>
 *
 * Departs from the source where a transformer has no pyramid and where data sets are larger than an
 * industrial category: the two layers are the teacher's two groups of middle blocks; the
 * neighbourhood's mean is over the patches inside the grid; of more than {@code sampledPatches}
 * patches as many are drawn before the coreset, which has at most {@code largestMemory} of them;
 * the coreset begins at the patch farthest from their mean.
 *
 * @param coresetShare of the patches that the memory keeps (the source: 0.01 to 0.25)
 * @param sampledPatches the most that enter the coreset
 * @param largestMemory the most that the memory keeps
 * @param projection dimensions of the random projection that the coreset is chosen in; 0: none
 * @param neighbourhood side of the square neighbourhood in patches, odd
 * @param neighbours b of the weight; 1: no weight
 */
public record PatchCore(
    double coresetShare,
    int sampledPatches,
    int largestMemory,
    int projection,
    int neighbourhood,
    int neighbours)
    implements Method {
  private static final String MEMORY = "patches";
  private static final long SAMPLE = 0x70617463L;

  public PatchCore() {
    this(0.1, 100_000, 10_000, 128, 3, 9);
  }

  public PatchCore {
    Require.closed("options.patchcore.coresetShare", coresetShare, 1e-6, 1);
    Require.atLeast("options.patchcore.sampledPatches", sampledPatches, 1);
    Require.atLeast("options.patchcore.largestMemory", largestMemory, 1);
    Require.atLeast("options.patchcore.projection", projection, 0);
    Require.atLeast("options.patchcore.neighbourhood", neighbourhood, 1);
    if (neighbourhood % 2 == 0) {
      throw new io.github.dyad.InputException(
          "options.patchcore.neighbourhood is " + neighbourhood + "; expected an odd number");
    }
    Require.atLeast("options.patchcore.neighbours", neighbours, 1);
  }

  @Override
  public String name() {
    return "patchcore";
  }

  @Override
  public Map<String, HostTensor> fit(TrainingFeatures images) {
    int width = 2 * images.shape().width();
    float[] patches = sample(images, width);
    int count = patches.length / width;
    int kept = (int) Math.min(largestMemory, Math.max(1, Math.round(coresetShare * count)));
    int[] chosen = new Coreset(patches, width, projection, images).greedy(kept);
    float[] memory = new float[Math.multiplyExact(kept, width)];
    for (int i = 0; i < kept; i++) {
      System.arraycopy(patches, chosen[i] * width, memory, i * width, width);
    }
    return Map.of(MEMORY, new HostTensor(memory, kept, width));
  }

  /** All patches in order, or so many of them, each equally likely (selection sampling). */
  private float[] sample(TrainingFeatures images, int width) {
    int perImage = images.shape().tokens().patches();
    long total = (long) images.count() * perImage;
    int wanted = (int) Math.min(sampledPatches, total);
    float[] sample = new float[Math.multiplyExact(wanted, width)];
    SplittableRandom random = new SplittableRandom(images.seed() ^ SAMPLE);
    int[] taken = {0};
    images.forEach(
        (i, features) -> {
          float[] patches = patches(features, images.shape());
          for (int p = 0; p < perImage; p++) {
            long left = total - ((long) i * perImage + p);
            if (random.nextLong(left) < wanted - taken[0]) {
              System.arraycopy(patches, p * width, sample, taken[0] * width, width);
              taken[0]++;
            }
          }
        });
    return sample;
  }

  @Override
  public FittedMethod open(Map<String, HostTensor> model, FeatureShape shape) {
    Memory memory = new Memory(model.get(MEMORY).values(), 2 * shape.width());
    return image -> judge(patches(image, shape), memory, 2 * shape.width());
  }

  private FittedMethod.Verdict judge(float[] patches, Memory memory, int width) {
    Memory.Neighbours[] nearest = memory.nearest(patches, 1);
    double[] distances = new double[nearest.length];
    int farthest = 0;
    for (int p = 0; p < distances.length; p++) {
      distances[p] = nearest[p].distances()[0];
      farthest = distances[p] > distances[farthest] ? p : farthest;
    }
    double weight = weight(patches, farthest * width, nearest[farthest].rows()[0], memory);
    return new FittedMethod.Verdict(weight * distances[farthest], distances);
  }

  /** 1 − softmax of the distances to the neighbours of m*, at m*. */
  private double weight(float[] patches, int at, int nearest, Memory memory) {
    int b = Math.min(neighbours, memory.count());
    if (b == 1) {
      return 1;
    }
    int[] around = memory.nearest(memory.row(nearest), b)[0].rows();
    double own = memory.distance(patches, at, nearest);
    double sum = 0; // of exp(distance − own), which cannot overflow into NaN
    for (int row : around) {
      sum += Math.exp(memory.distance(patches, at, row) - own);
    }
    return 1 - 1 / sum;
  }

  /** φ of every patch, (h·w, 2D). */
  float[] patches(ImageFeatures image, FeatureShape shape) {
    int D = shape.width();
    TokenGrid grid = shape.tokens();
    float[] patches = new float[grid.patches() * 2 * D];
    average(image.group1(), patches, 0, grid, D);
    average(image.group2(), patches, D, grid, D);
    return patches;
  }

  /** Mean over the neighbourhood, as far as it lies in the grid. */
  private void average(float[] group, float[] patches, int column, TokenGrid grid, int D) {
    int half = neighbourhood / 2;
    double[] sum = new double[D];
    for (int y = 0; y < grid.gridHeight(); y++) {
      for (int x = 0; x < grid.gridWidth(); x++) {
        Arrays.fill(sum, 0);
        int inside = 0;
        for (int v = Math.max(0, y - half); v <= Math.min(grid.gridHeight() - 1, y + half); v++) {
          for (int u = Math.max(0, x - half); u <= Math.min(grid.gridWidth() - 1, x + half); u++) {
            int at = (grid.prefix() + v * grid.gridWidth() + u) * D;
            for (int i = 0; i < D; i++) {
              sum[i] += group[at + i];
            }
            inside++;
          }
        }
        int to = (y * grid.gridWidth() + x) * 2 * D + column;
        for (int i = 0; i < D; i++) {
          patches[to + i] = (float) (sum[i] / inside);
        }
      }
    }
  }
}
