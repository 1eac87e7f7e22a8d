/**
 * Defines the encoder student and the decoder student as SameDiff graphs. Start at {@link
 * EncoderStudent} and {@link DecoderStudent}.
 *
 * <p>Every student here is written once, in {@link io.github.dyad.graph.Layers}, and lowered twice;
 * weights carry PyTorch's names and layouts.
 */
package io.github.dyad.student;
