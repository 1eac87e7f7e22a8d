package io.github.dyad.teacher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import onnx.Onnx;

/**
 * Weights that lie in files beside the model. A location is a plain relative path; what it leads to
 * after all symbolic links must still be in the model's folder. Nothing else is ever opened.
 */
final class ExternalData {
  /** Of one data file, which is hashed as a whole; DINOv2-giant has 4.5 GB. */
  private static final long MAX_FILE_BYTES = 16L << 30;

  private final Path folder;
  private final SortedMap<String, Path> opened = new TreeMap<>();

  /**
   * @param folder the model's folder, or null when the model is no file of its own
   */
  ExternalData(Path folder) {
    this.folder = folder;
  }

  /** The files read so far, by location. */
  SortedMap<String, Path> opened() {
    return opened;
  }

  /**
   * The bytes of a tensor.
   *
   * @param what the tensor, for messages
   * @param length how many its shape and type need
   */
  ByteBuffer read(Onnx.TensorProto tensor, String what, long length) {
    Map<String, String> entries = new HashMap<>();
    tensor.getExternalDataList().forEach(e -> entries.put(e.getKey(), e.getValue()));
    String location = entries.getOrDefault("location", "");
    long offset = number(entries.getOrDefault("offset", "0"), what);
    long stated = number(entries.getOrDefault("length", Long.toString(length)), what);
    if (stated != length) {
      throw RefusedException.broken(
          what + " names " + stated + " bytes of external data, its shape needs " + length);
    }
    Path file = locate(location, what);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > MAX_FILE_BYTES) {
        throw RefusedException.broken(what + ": its data file has " + channel.size() + " bytes");
      }
      if (offset > channel.size() - length) {
        throw RefusedException.broken(
            what
                + ": bytes "
                + offset
                + " + "
                + length
                + " lie outside "
                + RefusedException.quoted(location)
                + ", which has "
                + channel.size());
      }
      opened.put(location, file);
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
    } catch (IOException e) {
      throw RefusedException.broken(
          what + ": its data file " + RefusedException.quoted(location) + " cannot be read");
    }
  }

  private static long number(String text, String what) {
    if (!text.matches("[0-9]{1,18}")) {
      throw RefusedException.broken(
          what + " has external data at " + RefusedException.quoted(text) + ", no number");
    }
    return Long.parseLong(text);
  }

  private Path locate(String location, String what) {
    String shown = what + ": external data " + RefusedException.quoted(location);
    if (folder == null || location.isEmpty()) {
      throw RefusedException.broken(shown + " names no file that can be read");
    }
    // Also on systems where these mean nothing: a file must not be safe here and unsafe there.
    if (location.indexOf('\\') >= 0
        || location.indexOf(':') >= 0
        || location.indexOf('\0') >= 0
        || location.startsWith("/")
        || List.of(location.split("/")).contains("..")) {
      throw outside(shown);
    }
    try {
      Path home = folder.toRealPath();
      Path file = home.resolve(location).normalize();
      if (!file.startsWith(home)) {
        throw outside(shown);
      }
      if (!Files.exists(file)) {
        throw new RefusedException(
            shown + " is missing", "put the data file into the model's folder");
      }
      Path real = file.toRealPath();
      if (!real.startsWith(home)) {
        throw new RefusedException(
            shown + " is a symbolic link out of the model's folder",
            "put the data file itself into the folder");
      }
      if (!Files.isRegularFile(real)) {
        throw RefusedException.broken(shown + " is no regular file");
      }
      return real;
    } catch (InvalidPathException e) {
      throw RefusedException.broken(shown + " is no path");
    } catch (IOException e) {
      throw RefusedException.broken(shown + " cannot be read");
    }
  }

  private static RefusedException outside(String shown) {
    return new RefusedException(
        shown + " leads out of the model's folder",
        "a model names only files beside it; do not trust this one");
  }
}
