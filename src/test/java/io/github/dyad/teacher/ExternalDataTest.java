package io.github.dyad.teacher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model reads its own folder and nothing else. */
class ExternalDataTest {
  private static final String DATA = "hf_external.onnx_data";

  @TempDir private Path home;
  private Path folder;

  @BeforeEach
  void copy_the_data_inside_and_outside() throws IOException {
    folder = Files.createDirectory(home.resolve("model"));
    Files.copy(Goldens.FOLDER.resolve(DATA), folder.resolve(DATA));
    Files.copy(Goldens.FOLDER.resolve(DATA), home.resolve("outside"));
  }

  private Path model(String key, String value) {
    byte[] model = Edits.graph("hf_external", graph -> Edits.external(graph, key, value));
    return Edits.write(folder, "model.onnx", model);
  }

  @Test
  void a_location_in_the_folder_is_read() throws IOException {
    assertNull(Attempt.read(model("location", DATA), "plain"));
    assertNull(Attempt.read(model("location", "./" + DATA), "dot"));
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Files.copy(folder.resolve(DATA), inner.resolve(DATA));
    assertNull(Attempt.read(model("location", "inner/" + DATA), "inner folder"));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("inner", DATA));
    assertNull(Attempt.read(model("location", "link"), "a link that stays inside"));
    Path linked = Files.createSymbolicLink(home.resolve("linked"), folder);
    assertNull(Attempt.read(linked.resolve("model.onnx"), "a folder reached by a link"));
    assertEquals(
        OnnxTeacher.read(model("location", DATA)).sha256(),
        OnnxTeacher.read(linked.resolve("model.onnx")).sha256());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside",
        "../model/hf_external.onnx_data",
        "inner/../../outside",
        "..",
        "/etc/passwd",
        "//server/share",
        "..\\outside",
        "..\\..\\etc\\passwd",
        "C:\\Windows\\win.ini",
        "C:/Windows/win.ini",
        "C:hf_external.onnx_data",
        "file:///etc/passwd",
        "hf_external.onnx_data:stream",
        "nul\0.onnx_data"
      })
  void a_location_outside_the_folder_is_never_opened(String location) throws IOException {
    Files.createDirectory(folder.resolve("inner"));
    Attempt.refused(model("location", location), "leads out of the model's folder");
  }

  @Test
  void a_link_out_of_the_folder_is_not_followed() throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), home.resolve("outside"));
    Attempt.refused(model("location", "link"), "'link' is a symbolic link out of the model's");
    Files.createSymbolicLink(folder.resolve("up"), home);
    Attempt.refused(model("location", "up/outside"), "is a symbolic link out of the model's");
    Files.createSymbolicLink(folder.resolve("a"), folder.resolve("b"));
    Files.createSymbolicLink(folder.resolve("b"), folder.resolve("a"));
    Attempt.refused(model("location", "a"), "is missing");
  }

  @Test
  void a_data_file_that_is_none_is_named() throws IOException {
    Attempt.refused(model("location", "none"), "external data 'none' is missing");
    Attempt.refused(model("location", ""), "names no file that can be read");
    Files.createDirectory(folder.resolve("inner"));
    Attempt.refused(model("location", "inner"), "is no regular file");
  }

  @Test
  void bytes_outside_the_data_file_are_refused() throws IOException {
    Attempt.refused(model("offset", Long.toString(1L << 40)), "lie outside 'hf_external");
    Attempt.refused(model("offset", "-4"), "has external data at '-4', no number");
    Attempt.refused(model("offset", "9223372036854775807"), "no number");
    Attempt.refused(model("offset", "1e3"), "no number");
    Attempt.refused(model("length", "8"), "names 8 bytes of external data");
    Attempt.refused(model("length", Long.toString(1L << 50)), "its shape needs");
    Path model = model("location", DATA);
    byte[] data = Files.readAllBytes(folder.resolve(DATA));
    Files.write(folder.resolve(DATA), Arrays.copyOf(data, data.length / 2));
    Attempt.refused(model, "lie outside");
  }

  @Test
  void a_builtin_model_has_no_folder() {
    byte[] model = Edits.bytes("hf_external");
    RefusedException refused =
        Assertions.assertThrows(
            RefusedException.class, () -> VitRecognizer.recognise(OnnxFile.of(model), "in memory"));
    assertEquals(true, refused.getMessage().contains("names no file that can be read"));
  }
}
