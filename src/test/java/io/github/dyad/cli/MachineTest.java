package io.github.dyad.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MachineTest {

  @Test
  void an_x86_64_with_avx2_is_enough() {
    assertDoesNotThrow(() -> Machine.check("amd64", 2));
    assertDoesNotThrow(() -> Machine.check("x86_64", 3)); // what macOS calls it
  }

  @ParameterizedTest
  @CsvSource({"amd64, 1, AVX2", "amd64, 0, AVX2", "aarch64, 2, aarch64", "x86, 2, x86"})
  void others_are_told_what_they_lack(String architecture, int avx, String named) {
    InputException refused =
        assertThrows(InputException.class, () -> Machine.check(architecture, avx));
    assertTrue(refused.getMessage().contains(named), refused.getMessage());
  }
}
