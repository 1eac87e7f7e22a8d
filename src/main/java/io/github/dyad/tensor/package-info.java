/**
 * Host arrays that every room shares, and the file they are kept in. Start at {@link Safetensors}.
 *
 * <p>Everything here is plain float32 in row-major order; nothing knows ND4J.
 */
package io.github.dyad.tensor;
