/**
 * The losses between teacher and student tokens, the optimizer and the training loop. Start at
 * {@link DistillationGraph} for the equations and at {@link Trainer} for a training.
 *
 * <p>Every loss here is per image until the objective has joined the two students: the mean over
 * the batch comes last.
 */
package io.github.dyad.distillation;
