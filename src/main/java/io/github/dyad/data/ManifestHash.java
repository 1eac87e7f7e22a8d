package io.github.dyad.data;

import io.github.dyad.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The hash of a split, as {@link Splits#manifestHash} states it. Contents are read whole, in
 * parallel; a file is read again within a process only when its size or time has changed, so the
 * trials of a grid share the reading.
 */
final class ManifestHash {
  private record Seen(long size, FileTime modified, String sha256) {
    boolean isStill(BasicFileAttributes attributes) {
      return size == attributes.size() && modified.equals(attributes.lastModifiedTime());
    }
  }

  private static final Map<Path, Seen> SEEN = new ConcurrentHashMap<>();

  private ManifestHash() {}

  static String of(String dataset, List<Sample> train, List<Sample> test) {
    MessageDigest all = sha256();
    add(all, "dyad split 1", dataset);
    add(all, "train", train);
    add(all, "test", test);
    return HexFormat.of().formatHex(all.digest());
  }

  /**
   * @throws InputException when the image is not the file whose checksum this process took
   */
  static void requireUnchanged(ImageRef image) throws IOException {
    if (!SEEN.isEmpty() && image instanceof FileImage fileImage) {
      Path file = fileImage.file().toAbsolutePath().normalize();
      Seen seen = SEEN.get(file);
      if (seen != null && !seen.isStill(Files.readAttributes(file, BasicFileAttributes.class))) {
        throw new InputException(
            image.name()
                + ": the file has changed since the run began; start the run again, which makes"
                + " what depends on it anew");
      }
    }
  }

  private static void add(MessageDigest all, String part, List<Sample> samples) {
    add(all, part, String.valueOf(samples.size()));
    List<String[]> lines = samples.parallelStream().map(ManifestHash::line).toList();
    lines.forEach(line -> add(all, line));
  }

  private static String[] line(Sample sample) {
    Stream<String> label =
        Stream.of(
            sample.path(),
            sample.category(),
            sample.anomalous() ? "anomalous" : "normal",
            sample.defect(),
            contents(sample.image()));
    return Stream.concat(label, sample.masks().stream().map(ManifestHash::contents))
        .toArray(String[]::new);
  }

  /** Fields end in 0 and lines in newline, which no field contains: nothing can run together. */
  private static void add(MessageDigest all, String... fields) {
    for (String field : fields) {
      all.update(field.getBytes(StandardCharsets.UTF_8));
      all.update((byte) 0);
    }
    all.update((byte) '\n');
  }

  private static String contents(ImageRef image) {
    try {
      if (!(image instanceof FileImage fileImage)) {
        return sha256(image);
      }
      Path file = fileImage.file().toAbsolutePath().normalize();
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      Seen seen = SEEN.get(file);
      if (seen == null || !seen.isStill(attributes)) {
        seen = new Seen(attributes.size(), attributes.lastModifiedTime(), sha256(image));
        SEEN.put(file, seen);
      }
      return seen.sha256;
    } catch (IOException e) {
      throw new InputException(image.name() + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String sha256(ImageRef image) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(image.open(), digest)) {
      byte[] buffer = new byte[1 << 14];
      while (in.read(buffer) >= 0) {
        // the stream feeds the digest
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
