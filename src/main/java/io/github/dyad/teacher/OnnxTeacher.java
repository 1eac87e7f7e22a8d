package io.github.dyad.teacher;

import io.github.dyad.InputException;
import java.nio.file.Path;

/** Reads a DINOv2-like ONNX file by its structure: no name of a node or tensor matters. */
public final class OnnxTeacher {
  private OnnxTeacher() {}

  /**
   * Reads a built-in teacher ({@code builtin:dyad-tiny}) or a file.
   *
   * @throws InputException if there is no such teacher, or as {@link #read}
   */
  public static TeacherWeights open(String nameOrPath) {
    return read(Path.of(nameOrPath));
  }

  /**
   * Reads an ONNX file.
   *
   * @throws InputException if the file is not a readable DINOv2-like transformer; one line that
   *     says the file, what is wrong and what to do
   */
  public static TeacherWeights read(Path file) {
    throw new UnsupportedOperationException();
  }
}
