package io.github.dyad.distillation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class FlatMemoryTest {
  private static final double MOST_GROWTH = 0.02;

  /** The heap is touched whole at the start, so that it does not count as growth. */
  @Test
  @Tag("slow")
  @EnabledOnOs(OS.LINUX)
  void two_thousand_steps_take_the_memory_of_fifty() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-Xms192m",
                "-Xmx192m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                SteadyTraining.class.getName()));
    command.addAll(List.of("50", "500", "2000"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), printed);
    List<Long> kib = printed.lines().map(Long::parseLong).toList();
    assertTrue(kib.get(2) < kib.get(0) * (1 + MOST_GROWTH), () -> "KiB resident: " + kib);
  }
}
