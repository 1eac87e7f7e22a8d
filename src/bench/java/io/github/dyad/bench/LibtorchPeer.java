package io.github.dyad.bench;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** libtorch 2, with the oneDNN and MKL it ships, through DJL; a step is one call of a module. */
final class LibtorchPeer extends PeerServer {
  private LibtorchPeer(Path export) {
    super("torchscript", export);
  }

  /**
   * @param args number of threads, path of {@code export_case.py}
   */
  public static void main(String[] args) throws Exception {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", args[0]);
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    Engine engine = Engine.getEngine("PyTorch");
    new LibtorchPeer(Path.of(args[1]))
        .serve("libtorch=" + engine.getVersion() + " threads=" + args[0]);
  }

  @Override
  Loaded load(String work, Path caseFile, Path program) throws Exception {
    return new Module(program, Work.named(work));
  }

  private static final class Module implements Loaded {
    private final Model model = Model.newInstance("program", "PyTorch");
    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final ParameterStore parameters = new ParameterStore(manager, false);
    private final List<NDList> zeroToTwo;
    private final Work work;
    private final GradientCollector gradients; // while it is open, libtorch records
    private double result;

    Module(Path program, Work work) throws Exception {
      model.load(program.getParent(), "program", Map.of("trainParam", "true"));
      this.work = work;
      gradients = work.isStep() ? Engine.getEngine("PyTorch").newGradientCollector() : null;
      zeroToTwo =
          Stream.of(0f, 1f, 2f).map(x -> new NDList(manager.create(new float[] {x}))).toList();
    }

    private void call(int what) {
      SymbolBlock block = (SymbolBlock) model.getBlock();
      try (NDList list = block.forward(parameters, zeroToTwo.get(what), work.isStep())) {
        result = list.singletonOrThrow().toFloatArray()[0];
      }
    }

    @Override
    public void prepare() {
      if (work == Work.OPTIMIZER) {
        call(1);
      }
    }

    @Override
    public void step() {
      call(0);
    }

    @Override
    public double loss() {
      if (work == Work.OPTIMIZER) {
        call(2);
      }
      return result;
    }

    @Override
    public void close() {
      if (gradients != null) {
        gradients.close();
      }
      model.close();
      manager.close();
    }
  }
}
