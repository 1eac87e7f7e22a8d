package io.github.dyad.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.dyad.tensor.HostTensor;
import io.github.dyad.tensor.Safetensors;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** ONNX Runtime with all its graph optimizations, for the teacher's forward pass. */
final class OnnxRuntimePeer extends PeerServer {
  private final int threads;

  private OnnxRuntimePeer(int threads, Path export) {
    super("onnx", export);
    this.threads = threads;
  }

  /**
   * @param args number of threads, path of {@code export_case.py}
   */
  public static void main(String[] args) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    new OnnxRuntimePeer(Integer.parseInt(args[0]), Path.of(args[1]))
        .serve("onnxruntime=" + environment.getVersion() + " threads=" + args[0]);
  }

  @Override
  Loaded load(String work, Path caseFile, Path program) throws Exception {
    HostTensor images = Safetensors.read(caseFile).tensors().get("images");
    return new Session(program, images, threads);
  }

  private static final class Session implements Loaded {
    private final OrtSession session;
    private final OnnxTensor images;
    private OrtSession.Result result;

    Session(Path program, HostTensor images, int threads) throws OrtException {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      OrtSession.SessionOptions options = new OrtSession.SessionOptions();
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setIntraOpNumThreads(threads);
      session = environment.createSession(program.toString(), options);
      this.images =
          OnnxTensor.createTensor(environment, FloatBuffer.wrap(images.values()), images.shape());
    }

    @Override
    public void step() throws OrtException {
      if (result != null) {
        result.close();
      }
      result = session.run(Map.of("images", images));
    }

    /** Mean square of the class tokens. */
    @Override
    public double loss() {
      OnnxValue tokens = result.get("class_tokens").orElseThrow();
      FloatBuffer values = ((OnnxTensor) tokens).getFloatBuffer();
      double sum = 0;
      int count = values.remaining();
      while (values.hasRemaining()) {
        float x = values.get();
        sum += (double) x * x;
      }
      return sum / count;
    }

    @Override
    public void close() {
      try {
        if (result != null) {
          result.close();
        }
        images.close();
        session.close();
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
