package io.github.dyad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class OpenBlasTest {
  private static final List<String> AVX2 = List.of("sse2", "avx", "avx2", "fma");
  private static final List<String> AVX_512 =
      List.of("avx2", "fma", "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl");

  @Test
  void choosesByFlagsForIntel() {
    assertEquals("SkylakeX", OpenBlas.coreType("GenuineIntel", AVX_512));
    assertEquals("Haswell", OpenBlas.coreType("GenuineIntel", AVX2));
  }

  @Test
  void leavesOtherProcessorsToOpenBlas() {
    assertEquals("", OpenBlas.coreType("GenuineIntel", List.of("sse2", "avx")));
    assertEquals("", OpenBlas.coreType("AuthenticAMD", AVX_512));
    assertEquals("", OpenBlas.coreType("", List.of()));
  }

  @Test
  void theChoiceIsWhatComputes() {
    String wanted = OpenBlas.coreType(Processor.vendor(), Processor.flags());
    assumeTrue(System.getenv("OPENBLAS_CORETYPE") == null && !wanted.isEmpty());
    assertEquals(wanted, OpenBlas.core());
  }
}
