package io.github.dyad.cli;

import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.experiment.Verification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dyad verify}: whether results are still as they were written. */
@Command(
    name = "verify",
    description = {
      "Holds every file of a results folder against the checksums in its manifest.",
      "Models may be left out as a whole. Exit code 1 when a file is missing or differs."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "DIR",
      description = "A folder that dyad run wrote, or a folder of such folders.")
  private Path root;

  @Override
  public Integer call() {
    int listed = 0;
    List<String> problems = new ArrayList<>();
    for (ResultsFolder folder : folders()) {
      String name = folder.root().equals(root) ? "" : root.relativize(folder.root()) + ": ";
      Verification verification = Verification.of(folder);
      listed += verification.files().size();
      verification.problems().forEach(problem -> problems.add(name + problem));
      if (verification.problems().isEmpty()) {
        int leftOut = verification.leftOut().size();
        spec.commandLine()
            .getOut()
            .println(
                name
                    + verification.files().size()
                    + " files are as they were written"
                    + (leftOut == 0 ? "" : "; " + leftOut + " files of models are left out"));
      }
    }
    if (problems.isEmpty()) {
      return Main.DONE;
    }
    problems.forEach(spec.commandLine().getOut()::println);
    spec.commandLine()
        .getErr()
        .println(
            "dyad: "
                + problems.size()
                + " of "
                + listed
                + " files of "
                + root
                + " are not as they were written; run the experiment again to make them anew");
    return Main.FAILED;
  }

  /** The folder itself, or those inside it where it has no manifest. */
  private List<ResultsFolder> folders() {
    ResultsFolder itself = new ResultsFolder(root);
    if (Files.exists(itself.manifest()) || !Files.isDirectory(root)) {
      return List.of(itself);
    }
    try (Stream<Path> inside = Files.list(root)) {
      List<ResultsFolder> folders =
          inside
              .sorted()
              .map(ResultsFolder::new)
              .filter(folder -> Files.exists(folder.manifest()))
              .toList();
      return folders.isEmpty() ? List.of(itself) : folders;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
