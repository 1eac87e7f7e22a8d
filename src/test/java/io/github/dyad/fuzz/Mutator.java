package io.github.dyad.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages a file; the same seed and number damage it in the same way. */
final class Mutator {
  /** Numbers and words at which readers trip. */
  private static final List<byte[]> WORDS =
      List.of(
          bytes("-1"),
          bytes("9223372036854775807"),
          bytes("1e999"),
          bytes("NaN"),
          bytes("null"),
          bytes("\"\""),
          bytes("[]"),
          bytes("{}"),
          bytes("=1+1"),
          bytes("=HYPERLINK(\"http://127.0.0.1\")"),
          bytes("../../etc/passwd"),
          bytes("!!java.net.URL [x]"),
          bytes("&a *a"),
          bytes("\n---\n"),
          bytes("\u0000"),
          new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0x7F},
          new byte[] {0, 0, 0, (byte) 0x80},
          new byte[8]);

  private Mutator() {}

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] mutate(byte[] seed, long number) {
    SplittableRandom random = new SplittableRandom(number);
    byte[] data = seed;
    for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
      data = edit(data, random);
    }
    return data;
  }

  private static byte[] edit(byte[] data, SplittableRandom random) {
    int at = random.nextInt(data.length + 1);
    int length = random.nextInt(data.length - at + 1);
    return switch (random.nextInt(7)) {
      case 0 -> Arrays.copyOf(data, at);
      case 1 -> replaced(data, at, at, WORDS.get(random.nextInt(WORDS.size())));
      case 2 -> replaced(data, at, at + length, WORDS.get(random.nextInt(WORDS.size())));
      case 3 -> replaced(data, at, at + Math.min(length, 16), new byte[0]);
      case 4 -> replaced(data, at, at, Arrays.copyOfRange(data, at, at + length));
      case 5 -> { // within the first bytes, where headers are
        byte[] copy = data.clone();
        if (copy.length > 0) {
          copy[random.nextInt(Math.min(copy.length, 64))] = (byte) random.nextInt();
        }
        yield copy;
      }
      default -> {
        byte[] copy = data.clone();
        for (int i = random.nextInt(1, 9); i > 0 && copy.length > 0; i--) {
          copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        }
        yield copy;
      }
    };
  }

  private static byte[] replaced(byte[] data, int from, int to, byte[] by) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(data.length + by.length);
    out.write(data, 0, from);
    out.write(by, 0, by.length);
    out.write(data, to, data.length - to);
    return out.toByteArray();
  }
}
