package io.github.dyad.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The processor, as far as the operating system tells. */
public final class Processor {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Processor() {}

  /** Its name. */
  public static String model() {
    String windows = System.getenv("PROCESSOR_IDENTIFIER");
    return field("model name", windows == null ? "unknown" : windows);
  }

  /** Who made it, such as {@code GenuineIntel}; empty where it is not told. */
  static String vendor() {
    return field("vendor_id", "");
  }

  /** What it can do, such as {@code avx2}; empty where it is not told. */
  static List<String> flags() {
    return List.of(field("flags", "").split(" "));
  }

  private static String field(String name, String otherwise) {
    if (Files.isReadable(CPU_INFO)) {
      try {
        return Files.readAllLines(CPU_INFO).stream()
            .filter(line -> line.startsWith(name))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse(otherwise);
      } catch (IOException e) {
        return otherwise;
      }
    }
    return otherwise;
  }
}
