package io.github.dyad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.dyad.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server of our own on the loopback address. */
class FashionMnistFilesTest {
  private static final byte[] CONTENT = "sixty thousand shirts".getBytes();

  @TempDir Path folder;
  private HttpServer server;
  private URI home;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer("/good/a.gz", 200, packed(CONTENT));
    answer("/other/a.gz", 200, packed("something else".getBytes()));
    answer("/short/a.gz", 200, Arrays.copyOf(packed(CONTENT), 20));
    server.createContext(
        "/moved/",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/good/a.gz");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.start();
    home = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void a_file_is_downloaded_checked_and_then_left_alone() throws Exception {
    assertEquals(List.of("a.gz: downloaded from " + home + "good/"), provide("good/", "no"));
    assertArrayEquals(packed(CONTENT), Files.readAllBytes(folder.resolve("to/a.gz")));
    assertEquals(List.of("a.gz: already there"), provide("good/", "no"));
    assertOnlyTheFile();
  }

  @Test
  void a_redirection_is_followed() throws Exception {
    assertEquals(List.of("a.gz: downloaded from " + home + "moved/"), provide("moved/", "no"));
  }

  @Test
  void an_installed_package_is_taken_first() throws Exception {
    Path installed = Files.createDirectory(folder.resolve("installed"));
    Files.write(installed.resolve("a.gz"), packed(CONTENT));
    assertEquals(List.of("a.gz: copied from " + installed), provide("gone/", "installed"));
    assertOnlyTheFile();
  }

  @Test
  void a_damaged_file_is_replaced() throws Exception {
    Files.createDirectory(folder.resolve("to"));
    Files.write(folder.resolve("to/a.gz"), new byte[] {1, 2, 3});
    provide("good/", "no");
    assertArrayEquals(packed(CONTENT), Files.readAllBytes(folder.resolve("to/a.gz")));
  }

  @Test
  void other_content_is_refused_and_not_kept() throws IOException {
    for (String place : List.of("other/", "short/")) {
      InputException e = assertThrows(InputException.class, () -> provide(place, "no"));
      assertTrue(e.getMessage().contains("is not the published file"), e.getMessage());
      try (var left = Files.list(folder.resolve("to"))) {
        assertEquals(0, left.count());
      }
    }
  }

  @Test
  void no_answer_says_what_else_can_be_done() {
    InputException e = assertThrows(InputException.class, () -> provide("gone/", "no"));
    assertTrue(e.getMessage().contains("it answered 404"), e.getMessage());
    assertTrue(e.getMessage().contains("dataset-fashion-mnist"), e.getMessage());
    server.stop(0);
    e = assertThrows(InputException.class, () -> provide("good/", "no"));
    assertTrue(e.getMessage().contains("cannot be downloaded"), e.getMessage());
  }

  private void assertOnlyTheFile() throws IOException {
    try (var left = Files.list(folder.resolve("to"))) {
      assertEquals(List.of(folder.resolve("to/a.gz")), left.toList());
    }
  }

  private List<String> provide(String place, String installed) throws Exception {
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENT));
    List<String> lines = new ArrayList<>();
    new FashionMnistFiles(folder.resolve(installed), home.resolve(place), Map.of("a.gz", sha256))
        .provide(folder.resolve("to"), lines::add);
    return lines;
  }

  private void answer(String path, int status, byte[] body) {
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private static byte[] packed(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }
}
