/**
 * SameDiff building blocks (linear, layer norm, attention, transformer block), their fused ops, and
 * the compiled plan that runs a graph. Start at {@link Layers}; run with {@link Plan}.
 *
 * <p>Every building block has two lowerings that agree: composed from stock ops (what is saved and
 * what any ND4J backend runs) and fused (one op on Dyad's CPU kernels). A new block is a method of
 * {@link Layers}, a subclass of {@link FusedOp} listed in {@link FusedOps}, and a line in the
 * parity test of the two lowerings.
 */
package io.github.dyad.graph;
