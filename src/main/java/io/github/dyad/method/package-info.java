/**
 * What can take the place of the paper's two students: methods that learn from the frozen teacher's
 * features without training, and other students. Start at {@link io.github.dyad.method.Method} and
 * {@link io.github.dyad.student.Student}; Dyad's own methods are {@link
 * io.github.dyad.method.NearestNeighbours} and {@link io.github.dyad.method.PatchCore}.
 *
 * <p>Every class here keeps: higher is more anomalous; the same features give the same bits,
 * however many workers share the work and in whatever company an image is scored. A new method is a
 * class named in {@code META-INF/services/io.github.dyad.method.Method}, here or in a jar of its
 * own.
 */
package io.github.dyad.method;
