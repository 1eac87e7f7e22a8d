package io.github.dyad.bench;

import io.github.dyad.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Who Dyad is measured against. */
enum PeerKind {
  PYTORCH("pytorch", "PyTorch of the distribution, with OpenBLAS") {
    @Override
    boolean does(Work work) {
      return true;
    }

    @Override
    List<String> command(int threads) {
      return List.of(
          "/usr/bin/python3",
          home().resolve("src/bench/peer_pytorch.py").toString(),
          "--threads",
          "" + threads);
    }
  },
  LIBTORCH("libtorch", "libtorch 2 through DJL, with oneDNN and MKL") {
    @Override
    boolean does(Work work) {
      return true;
    }

    @Override
    List<String> command(int threads) {
      return java(LibtorchPeer.class, threads);
    }
  },
  ONNX_RUNTIME("onnxruntime", "ONNX Runtime") {
    @Override
    boolean does(Work work) {
      return work == Work.TEACHER_FORWARD;
    }

    @Override
    List<String> command(int threads) {
      return java(OnnxRuntimePeer.class, threads);
    }
  };

  final String id;
  final String meaning;

  PeerKind(String id, String meaning) {
    this.id = id;
    this.meaning = meaning;
  }

  abstract boolean does(Work work);

  /** Starts the peer's server. */
  abstract List<String> command(int threads);

  private static List<String> java(Class<?> main, int threads) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xss512m", // TorchScript's optimizer walks a step's graph recursively
        "-cp",
        System.getProperty("java.class.path"),
        main.getName(),
        "" + threads,
        home().resolve("src/bench/export_case.py").toString());
  }

  static PeerKind named(String id) {
    return Arrays.stream(values())
        .filter(peer -> peer.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "--peers has \""
                        + id
                        + "\"; expected "
                        + String.join(", ", Arrays.stream(values()).map(p -> p.id).toList())
                        + " or none"));
  }

  /** The repository: the nearest folder above the classes, or this one, that has the peers. */
  private static Path home() {
    Path classes =
        Path.of(PeerKind.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    for (Path folder = classes; folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve("src/bench"))) {
        return folder;
      }
    }
    throw new InputException(
        "bench runs from the repository, where src/bench is; not found above " + classes);
  }
}
