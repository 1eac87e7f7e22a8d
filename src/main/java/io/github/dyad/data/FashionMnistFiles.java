package io.github.dyad.data;

import io.github.dyad.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/**
 * Makes Fashion-MNIST available in a folder: from the installed Debian package {@code
 * dataset-fashion-mnist}, else from its public home. What is there and right already is left alone.
 * A file appears under its name only when its content has the right SHA-256.
 */
public final class FashionMnistFiles {

  /** The authors' repository; the data is under MIT. */
  public static final URI HOME =
      URI.create("https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/");

  /** Where Debian's package puts the files. */
  public static final Path INSTALLED = Path.of("/usr/share/datasets/fashion-mnist");

  /** SHA-256 of the unpacked contents: the packed files of Debian and GitHub differ. */
  private static final Map<String, String> CONTENTS =
      new TreeMap<>(
          Map.of(
              "train-images-idx3-ubyte.gz",
              "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
              "train-labels-idx1-ubyte.gz",
              "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
              "t10k-images-idx3-ubyte.gz",
              "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
              "t10k-labels-idx1-ubyte.gz",
              "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));

  private static final long MAX_BYTES = 64L << 20;
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofMinutes(2);

  private final Path installed;
  private final URI home;
  private final Map<String, String> contents;

  /** With the package's folder and the home above. */
  public FashionMnistFiles() {
    this(INSTALLED, HOME, CONTENTS);
  }

  FashionMnistFiles(Path installed, URI home, Map<String, String> contents) {
    this.installed = installed;
    this.home = home;
    this.contents = contents;
  }

  /**
   * Puts the four files into {@code folder}, which is made where it is missing.
   *
   * @param progress gets one line a file
   * @throws InputException when a file cannot be had, is not what it should be, or cannot be
   *     written
   */
  public void provide(Path folder, Consumer<String> progress) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InputException(folder + " cannot be made: " + e.getMessage(), e);
    }
    contents.forEach((name, sha256) -> progress.accept(provide(folder.resolve(name), sha256)));
  }

  private String provide(Path file, String sha256) {
    String name = file.getFileName().toString();
    if (Files.isRegularFile(file) && sha256.equals(contentHash(file))) {
      return name + ": already there";
    }
    Path part = file.resolveSibling(name + ".part");
    try {
      boolean copied = Files.isRegularFile(installed.resolve(name));
      if (copied) {
        Files.copy(installed.resolve(name), part, StandardCopyOption.REPLACE_EXISTING);
      } else {
        download(home.resolve(name), part);
      }
      if (!sha256.equals(contentHash(part))) {
        throw new InputException(
            (copied ? installed.resolve(name) : home.resolve(name))
                + " is not the published file (its SHA-256 differs); nothing was kept of it");
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      return name + ": " + (copied ? "copied from " + installed : "downloaded from " + home);
    } catch (IOException e) {
      throw new InputException(file + " cannot be written: " + e.getMessage(), e);
    } finally {
      part.toFile().delete(); // moved away, or of no use
    }
  }

  private void download(URI from, Path to) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(CONNECT)
            .build();
    HttpRequest request = HttpRequest.newBuilder(from).timeout(ANSWER).build();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = response.body();
          OutputStream out = Files.newOutputStream(to)) {
        if (response.statusCode() != 200) {
          throw new IOException("it answered " + response.statusCode());
        }
        copyBounded(in, out);
      }
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new InputException(
          String.format(
              "%s cannot be downloaded (%s); put the four files into %s by hand, or install"
                  + " Debian's package dataset-fashion-mnist",
              from, reason, to.toAbsolutePath().getParent()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InputException("the download of " + from + " was interrupted; run it again", e);
    }
  }

  private static void copyBounded(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long total = 0;
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      total += count;
      if (total > MAX_BYTES) {
        throw new IOException("more than " + (MAX_BYTES >> 20) + " MiB");
      }
      out.write(buffer, 0, count);
    }
  }

  /** SHA-256 of what the packed file holds; empty when it cannot be unpacked. */
  private static String contentHash(Path file) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in =
          new DigestInputStream(new GZIPInputStream(Files.newInputStream(file)), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      return "";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
