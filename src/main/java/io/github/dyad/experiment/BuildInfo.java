package io.github.dyad.experiment;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Which Dyad this is. */
public final class BuildInfo {
  private static final String UNKNOWN = "unknown";

  private BuildInfo() {}

  /** Of the jar; {@code development} where classes are run as compiled. */
  public static String version() {
    String version = BuildInfo.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * The commit of the working copy that these classes were built in, {@code -dirty} behind it when
   * tracked files differ; {@code unknown} outside a working copy or without git.
   */
  public static String commit() {
    Path project = project();
    if (project == null) {
      return UNKNOWN;
    }
    ProcessBuilder git =
        new ProcessBuilder(
                "git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude", "*")
            .directory(project.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectInput(ProcessBuilder.Redirect.from(new File(nullDevice())));
    git.environment().put("GIT_OPTIONAL_LOCKS", "0");
    try {
      Process process = git.start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor(5, TimeUnit.SECONDS)
              && process.exitValue() == 0
              && output.matches("[0-9a-f]{40,64}(-dirty)?")
          ? output
          : UNKNOWN;
    } catch (IOException e) {
      return UNKNOWN; // no git on this machine
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return UNKNOWN;
    }
  }

  /** The folder above {@code target/}, or null when the classes come from elsewhere. */
  private static Path project() {
    try {
      Path code =
          Path.of(BuildInfo.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path target = code.getParent();
      return target != null
              && target.endsWith("target")
              && Files.exists(target.resolveSibling("pom.xml"))
          ? target.getParent()
          : null;
    } catch (URISyntaxException | IllegalArgumentException e) {
      return null;
    }
  }

  private static String nullDevice() {
    return File.separatorChar == '\\' ? "NUL" : "/dev/null";
  }
}
