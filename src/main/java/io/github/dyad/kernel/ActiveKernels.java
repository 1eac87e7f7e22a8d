package io.github.dyad.kernel;

/** Chooses the kernels once, by what the JVM was started with. */
final class ActiveKernels {
  private static final String MODULE = "jdk.incubator.vector";
  private static final int LEAST_BITS = 128; // below four lanes there is nothing to win

  static final Kernels INSTANCE = choose();

  private ActiveKernels() {}

  private static Kernels choose() {
    boolean present = ModuleLayer.boot().findModule(MODULE).isPresent();
    return present && VectorMemory.SPECIES.vectorBitSize() >= LEAST_BITS
        ? new VectorKernels()
        : ScalarKernels.INSTANCE;
  }
}
