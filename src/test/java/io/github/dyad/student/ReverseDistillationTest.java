package io.github.dyad.student;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dyad.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReverseDistillationTest {
  @Test
  void stages_are_evenly_spaced_and_the_deepest_comes_first() {
    assertEquals(List.of(8, 5, 2), new ReverseDistillation().targets(12));
    assertEquals(List.of(17, 11, 5), new ReverseDistillation().targets(24));
    assertEquals(List.of(5), new ReverseDistillation(1, 1, 0.5).targets(12));
  }

  @Test
  void more_stages_than_the_teacher_has_are_refused() {
    assertThrows(InputException.class, () -> new ReverseDistillation(12, 1, 0.5).targets(12));
  }
}
