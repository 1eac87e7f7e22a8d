package io.github.dyad.kernel;

/** Chooses the kernels once. */
final class ActiveKernels {
  static final Kernels INSTANCE = choose();

  private ActiveKernels() {}

  private static Kernels choose() {
    return ScalarKernels.INSTANCE;
  }
}
