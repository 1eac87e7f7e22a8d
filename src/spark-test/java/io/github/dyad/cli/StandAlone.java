package io.github.dyad.cli;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Spark's own master and two workers of one core, in processes of their own on loopback. */
final class StandAlone implements AutoCloseable {
  private final Path home;
  private final int port;
  private final List<Process> processes = new ArrayList<>();

  StandAlone(Path home) throws IOException, InterruptedException {
    this.home = home;
    Path jars = Files.createDirectories(home.resolve("jars"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path jar = Path.of(entry);
      if (entry.endsWith(".jar") && Files.exists(jar)) { // what a Spark distribution has there
        Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
      }
    }
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    start("org.apache.spark.deploy.master.Master", "--port", String.valueOf(port));
    await();
    for (int i = 0; i < 2; i++) {
      start(
          "org.apache.spark.deploy.worker.Worker",
          "--cores",
          "1",
          "--memory",
          "2g",
          "--work-dir",
          home.resolve("work" + i).toString(),
          master());
    }
  }

  String master() {
    return "spark://127.0.0.1:" + port;
  }

  private void start(String service, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option :
        java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (option.startsWith("--add-opens")) {
        command.add(option);
      }
    }
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path"), service));
    command.addAll(List.of("--host", "127.0.0.1", "--webui-port", "0"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Path log = home.resolve("log" + processes.size() + ".txt");
    processes.add(builder.redirectOutput(log.toFile()).start());
  }

  private void await() throws InterruptedException {
    for (int i = 0; i < 600; i++) {
      try (Socket open = new Socket("127.0.0.1", port)) {
        return;
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    throw new AssertionError("the master did not start; see " + home);
  }

  /** As a machine that is gone: the worker and the executors that it started. */
  void killWorkerWithExecutors() {
    kill(processes.get(1));
  }

  boolean workerIsDead() {
    return !processes.get(1).isAlive();
  }

  private static void kill(Process process) {
    List<ProcessHandle> executors = process.descendants().toList();
    process.destroyForcibly();
    executors.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    processes.forEach(StandAlone::kill);
  }
}
