/**
 * Float32 kernels on off-heap memory: what a transformer's training step does outside and inside of
 * its matrix products. Start at {@link io.github.dyad.kernel.Kernels}.
 *
 * <p>Every class here keeps: no graph, no ND4J type; a call allocates nothing once it is compiled;
 * the same call on the same numbers gives the same bits, whatever thread runs it and however often
 * it ran; NaN in gives NaN out. A new kernel is a method of {@code Kernels}, plain in {@link
 * io.github.dyad.kernel.ScalarKernels}, fast in the vector classes, with its bound in the Javadoc
 * and that bound asserted in {@code KernelAccuracyTest}.
 */
package io.github.dyad.kernel;
