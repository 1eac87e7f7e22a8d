package io.github.dyad.cli;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.github.dyad.InputException;
import io.github.dyad.graph.Lowering;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Whether ND4J's binaries run here; asked before any of them is loaded. */
final class Machine {
  private static final int AVX2 = 2;

  /** Linux, WSL, Windows. */
  private static final List<Path> DRIVERS =
      List.of(
          Path.of("/dev/nvidiactl"),
          Path.of("/dev/dxg"),
          Path.of("C:\\Windows\\System32\\nvcuda.dll"));

  private Machine() {}

  /**
   * @throws InputException if they do not
   */
  static void check() {
    check(System.getProperty("os.arch", ""), avx());
    if (Lowering.cudaBuild() && DRIVERS.stream().noneMatch(Files::exists)) {
      throw new InputException(
          "this is the CUDA build, and there is no NVIDIA GPU with a driver here (none of "
              + DRIVERS
              + "); use a machine that has one, or the CPU build (leave out -Dcuda)");
    }
  }

  static void check(String architecture, int avx) {
    String arch = architecture.toLowerCase(Locale.ROOT);
    if (!arch.equals("amd64") && !arch.equals("x86_64")) {
      throw new InputException(
          "this is a Java for "
              + architecture
              + "; ND4J 1.0.0-M2.1 has binaries for x86-64 only. Use a machine with an x86-64"
              + " processor and its Java");
    }
    if (avx < AVX2) {
      throw new InputException(
          "this processor has no AVX2 (or the JVM was told -XX:UseAVX="
              + avx
              + "), which ND4J's binaries need; use an x86-64 processor of 2013 or later");
    }
  }

  /** HotSpot knows the widest vector unit on every operating system. */
  private static int avx() {
    HotSpotDiagnosticMXBean hotspot =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return Integer.parseInt(hotspot.getVMOption("UseAVX").getValue());
    } catch (IllegalArgumentException e) {
      return AVX2; // another JVM: ND4J will tell
    }
  }
}
