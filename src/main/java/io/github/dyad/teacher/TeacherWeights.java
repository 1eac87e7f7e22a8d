package io.github.dyad.teacher;

import io.github.dyad.graph.Activation;
import java.util.List;
import java.util.Locale;

/**
 * A DINOv2-like vision transformer as plain host arrays: everything an ONNX file says about the
 * frozen teacher. Linear weights are (out, in) row-major; the arrays are shared, not copied.
 *
 * @param name the file or built-in it was read from
 * @param depth K, number of blocks
 * @param width D, embedding width
 * @param heads H; a head is D / H wide
 * @param patchSize p, kernel and stride of the patch embedding, in pixels
 * @param registers R, register tokens between class token and patch tokens
 * @param gridHeight rows of the file's own position grid
 * @param gridWidth columns of it
 * @param layerNormEpsilon of every layer norm
 * @param activation of every MLP
 * @param patchWeight (D, 3·p·p); a row is ordered (channel, row, column)
 * @param patchBias (D)
 * @param prefixTokens (1 + R, D): class token with its position row added, then the registers
 * @param positions the patch tokens' position grid
 * @param blocks the K blocks in order
 * @param normWeight of the final layer norm, (D)
 * @param normBias of the final layer norm, (D)
 * @param parameters how many numbers this record holds; class token and its position are one row,
 *     missing biases count as zeros, DINOv2's unused mask token is not there
 * @param dataFiles how many files of external data were read
 * @param sha256 hexadecimal; of the file, or, with external data, of the file followed by its data
 *     files in the order of their names
 */
public record TeacherWeights(
    String name,
    int depth,
    int width,
    int heads,
    int patchSize,
    int registers,
    int gridHeight,
    int gridWidth,
    double layerNormEpsilon,
    Activation activation,
    float[] patchWeight,
    float[] patchBias,
    float[] prefixTokens,
    PositionGrid positions,
    List<BlockWeights> blocks,
    float[] normWeight,
    float[] normBias,
    long parameters,
    int dataFiles,
    String sha256) {

  /** Position rows for a grid of {@code gridHeight × gridWidth} patches. -> (h·w, D) */
  public float[] positions(int gridHeight, int gridWidth, PositionRule rule) {
    return positions.resample(gridHeight, gridWidth, rule);
  }

  /** Whether the blocks scale their branches by γ1 and γ2. */
  public boolean hasLayerScale() {
    return blocks.get(0).layerScale1() != null;
  }

  /** What {@code dyad teacher FILE} prints, a line each. */
  public List<String> describe() {
    BlockWeights block = blocks.get(0);
    return List.of(
        "teacher       " + name,
        "depth         " + depth + " blocks",
        "width         " + width,
        "heads         " + heads + " of " + width / heads,
        "MLP           " + block.hidden() + " hidden, " + activation.label(),
        "patch         " + patchSize + "x" + patchSize + " pixels",
        "grid          "
            + gridHeight
            + "x"
            + gridWidth
            + " ("
            + gridHeight * patchSize
            + "x"
            + gridWidth * patchSize
            + " pixels); position embeddings: "
            + positions.describe(),
        "registers     " + registers,
        "layer scale   " + (hasLayerScale() ? "yes" : "no"),
        "norm epsilon  " + (float) layerNormEpsilon,
        "parameters    " + String.format(Locale.ROOT, "%,d", parameters),
        "SHA-256       " + sha256 + (dataFiles == 0 ? "" : " (of the file and its external data)"));
  }
}
