package io.github.dyad.kernel;

import com.sun.jna.NativeLibrary;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The OpenBLAS that ND4J ships. When it is loaded, it chooses its kernels ("core type") by the
 * processor's model. Its release 0.3.19 does not know Intel's models from 2022 on and takes them
 * for a Prescott of 2004, which is three to five times slower (mended in OpenBLAS 0.3.25, pull
 * request 4268). For Intel on Linux the processor's flags choose here, as OpenBLAS does for the
 * models that it knows; a core type in the environment variable {@code OPENBLAS_CORETYPE} stands.
 */
public final class OpenBlas {
  private static final String CORE_TYPE = "OPENBLAS_CORETYPE";
  private static final List<String> AVX_512 =
      List.of("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl");
  private static final List<String> AVX2 = List.of("avx2", "fma");

  private static final String CORE = choose();

  private OpenBlas() {}

  /** Loads it, unless it is loaded. To be called before ND4J loads it with its own choice. */
  public static void load() {
    assert CORE != null : "the class's start loads";
  }

  /** The core type that computes, such as {@code SkylakeX}; {@code unknown} where it cannot say. */
  public static String core() {
    return CORE;
  }

  private static String choose() {
    boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");
    String wanted = coreType(Processor.vendor(), Processor.flags());
    if (linux && System.getenv(CORE_TYPE) == null && !wanted.isEmpty()) {
      setEnvironment(wanted);
    }
    File library = new File(Loader.load(openblas_nolapack.class));
    return coreIn(library.toPath().resolveSibling("libopenblas.so.0"));
  }

  /** The core type for a processor; empty leaves the choice to OpenBLAS. */
  static String coreType(String vendor, List<String> flags) {
    if (!vendor.equals("GenuineIntel") || !flags.containsAll(AVX2)) {
      return "";
    }
    return flags.containsAll(AVX_512) ? "SkylakeX" : "Haswell";
  }

  /** Java's own environment is a copy; OpenBLAS reads the process's. */
  private static void setEnvironment(String core) {
    try {
      NativeLibrary.getProcess().getFunction("setenv").invokeInt(new Object[] {CORE_TYPE, core, 1});
    } catch (LinkageError e) { // JNA puts its library into a file first
      log().warn("matrix products may be slow; {}={} helps ({})", CORE_TYPE, core, e.getMessage());
    }
  }

  private static String coreIn(Path library) {
    try {
      return NativeLibrary.getInstance(library.toString())
          .getFunction("openblas_get_corename")
          .invokeString(new Object[0], false);
    } catch (LinkageError e) { // another system's library, or no JNA as above
      log().debug("no core type", e);
      return "unknown";
    }
  }

  private static Logger log() {
    return LoggerFactory.getLogger(OpenBlas.class);
  }
}
