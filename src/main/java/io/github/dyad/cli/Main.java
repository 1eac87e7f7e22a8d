package io.github.dyad.cli;

import io.github.dyad.InputException;
import io.github.dyad.experiment.BuildInfo;
import io.github.dyad.experiment.StoppedException;
import io.github.dyad.experiment.TrainingException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line. */
@Command(
    name = "dyad",
    description = "Generalist image anomaly detection by distillation to two students.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RunCommand.class,
      PlanCommand.class,
      SearchCommand.class,
      TrainCommand.class,
      ScoreCommand.class,
      MetricsCommand.class,
      TeacherCommand.class,
      VerifyCommand.class,
      TortureCommand.class,
      CommandLine.HelpCommand.class,
      DataCommand.class,
      PaperCommand.class,
      CompareCommand.class,
      ReportCommand.class,
    })
public final class Main implements Runnable {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int BAD_INPUT = 2;
  static final int INTERRUPTED = 130;

  private Main() {}

  public static void main(String[] args) {
    // What libraries print must not mix with results.
    PrintStream results = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    System.exit(run(results, System.err, args));
  }

  /** Runs one command line and returns its exit code. */
  static int run(PrintStream out, PrintStream err, String... args) {
    CommandLine commands = new CommandLine(new Main());
    ServiceLoader.load(ProfileCommand.class).forEach(commands::addSubcommand);
    commands.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    commands.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setParameterExceptionHandler(
        (e, arguments) -> {
          CommandLine command = e.getCommandLine();
          command
              .getErr()
              .println("dyad: " + oneLine(e.getMessage()) + "; see '" + name(command) + " --help'");
          return BAD_INPUT;
        });
    commands.setExecutionExceptionHandler((e, command, parsed) -> exitCode(e, command));
    int code;
    try {
      code = commands.execute(args);
    } catch (ExceptionInInitializerError e) {
      // The defaults of an experiment hold every extension on the class path.
      if (!(e.getCause() instanceof InputException refused)) {
        throw e;
      }
      code = exitCode(refused, commands);
    }
    commands.getOut().flush();
    commands.getErr().flush();
    return code;
  }

  private static int exitCode(Exception e, CommandLine command) {
    PrintWriter err = command.getErr();
    if (e instanceof InputException) {
      err.println("dyad: " + oneLine(e.getMessage()));
      trace(e, err);
      return BAD_INPUT;
    }
    if (e instanceof StoppedException) {
      err.println("dyad: stopped; the same command goes on where it was");
      return INTERRUPTED;
    }
    if (e instanceof TrainingException) {
      err.println("dyad: " + oneLine(e.getMessage()));
      trace(e, err);
      return FAILED;
    }
    e.printStackTrace(err);
    return FAILED;
  }

  private static void trace(Exception e, PrintWriter err) {
    if (CommonOptions.traces()) {
      e.printStackTrace(err);
    }
  }

  private static String oneLine(String message) {
    return String.valueOf(message).replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName(" ");
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(new CommandLine(this), "a command is missing");
  }

  /** Version and commit. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "dyad " + BuildInfo.version() + ", commit " + BuildInfo.commit(),
        "Java " + Runtime.version() + " on " + System.getProperty("os.arch")
      };
    }
  }
}
