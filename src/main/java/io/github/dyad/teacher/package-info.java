/**
 * Reads a DINOv2 ONNX file and gives the frozen teacher. Start at {@link
 * io.github.dyad.teacher.OnnxTeacher}.
 *
 * <p>Every class here keeps: names in the file carry no meaning, only the graph's structure does;
 * what is not recognised is refused, never guessed; linear weights are (out, in). A file can name
 * no other file than those in its own folder, and no size it states is believed before the bytes
 * are there.
 */
package io.github.dyad.teacher;
