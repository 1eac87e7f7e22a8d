package io.github.dyad.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The processor, as far as the operating system tells: OpenBLAS chooses its kernels by it. */
final class Processor {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final String UNKNOWN = "unknown";

  private Processor() {}

  /** Its name. */
  static String model() {
    String windows = System.getenv("PROCESSOR_IDENTIFIER");
    return field("model name", windows == null ? UNKNOWN : windows);
  }

  /** The widest vector unit: {@code AVX-512}, {@code AVX2} or {@code unknown}. */
  static String vectorUnit() {
    List<String> flags = List.of(field("flags", "").split(" "));
    if (flags.contains("avx512f")) {
      return "AVX-512";
    }
    return flags.contains("avx2") ? "AVX2" : UNKNOWN;
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
