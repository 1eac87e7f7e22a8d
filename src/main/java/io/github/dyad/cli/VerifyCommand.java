package io.github.dyad.cli;

import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.experiment.Verification;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
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
      "Exit code 1 when a file is missing or differs."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(paramLabel = "DIR", description = "A folder that dyad run wrote.")
  private Path folder;

  @Override
  public Integer call() {
    Verification verification = Verification.of(new ResultsFolder(folder));
    PrintWriter out = spec.commandLine().getOut();
    verification.problems().forEach(out::println);
    if (verification.problems().isEmpty()) {
      out.println(verification.files().size() + " files are as they were written");
      return Main.DONE;
    }
    spec.commandLine()
        .getErr()
        .println(
            "dyad: "
                + verification.problems().size()
                + " of "
                + verification.files().size()
                + " files of "
                + folder
                + " are not as they were written; run the experiment again to make them anew");
    return Main.FAILED;
  }
}
