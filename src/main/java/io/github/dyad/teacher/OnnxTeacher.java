package io.github.dyad.teacher;

import io.github.dyad.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Reads a DINOv2-like ONNX file by its structure: no name of a node or tensor matters. */
public final class OnnxTeacher {
  /** A small teacher of our own, inside Dyad: see {@code teacher/README.md} among the resources. */
  public static final String DYAD_TINY = "builtin:dyad-tiny";

  private static final String BUILTIN = "builtin:";
  private static final String RESOURCE = "/teacher/dyad-tiny.onnx";

  private OnnxTeacher() {}

  /**
   * Reads a built-in teacher ({@value #DYAD_TINY}) or a file.
   *
   * @throws InputException if there is no such teacher, or as {@link #read}
   */
  public static TeacherWeights open(String nameOrPath) {
    if (nameOrPath.startsWith(BUILTIN)) {
      return builtin(nameOrPath);
    }
    try {
      return read(Path.of(nameOrPath));
    } catch (InvalidPathException e) {
      throw new InputException(nameOrPath + ": no path; give an .onnx file or " + DYAD_TINY, e);
    }
  }

  private static TeacherWeights builtin(String name) {
    if (!name.equals(DYAD_TINY)) {
      throw new InputException(name + ": no such built-in teacher; there is " + DYAD_TINY);
    }
    try (InputStream resource = OnnxTeacher.class.getResourceAsStream(RESOURCE)) {
      return VitRecognizer.recognise(OnnxFile.of(resource.readAllBytes()), name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads an ONNX file: opset 9 or newer, weights of any float type, in the file or beside it, with
   * an image (B, 3, H, W) as its only input.
   *
   * @throws InputException if the file is not a readable DINOv2-like transformer; one line that
   *     says the file, what is wrong and what to do
   */
  public static TeacherWeights read(Path file) {
    try {
      return VitRecognizer.recognise(OnnxFile.open(file), file.getFileName().toString());
    } catch (RefusedException e) {
      throw new InputException(file + ": " + e.getMessage(), e);
    }
  }
}
