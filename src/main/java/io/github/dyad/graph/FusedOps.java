package io.github.dyad.graph;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.imports.converters.DifferentialFunctionClassHolder;

/**
 * Makes fused ops known to SameDiff, which copies a graph (for its gradient function) by writing
 * and reading every op, and finds an op's class by a hash, which is 0 for ops that the native
 * library does not have, and then by name.
 */
public final class FusedOps {
  private static final long NOT_NATIVE = 0;

  private FusedOps() {}

  /** Registers the classes of these ops; every class with fused ops does so for itself. */
  @SuppressWarnings("unchecked") // the field's declared type
  public static void register(List<Supplier<? extends FusedOp>> ops) {
    try {
      Field field = DifferentialFunctionClassHolder.class.getDeclaredField("customOpHashToClasses");
      field.setAccessible(true);
      Map<Long, Map<String, Class<?>>> byHash =
          (Map<Long, Map<String, Class<?>>>)
              field.get(DifferentialFunctionClassHolder.getInstance());
      synchronized (byHash) {
        Map<String, Class<?>> byName = byHash.computeIfAbsent(NOT_NATIVE, h -> new HashMap<>());
        for (Supplier<? extends FusedOp> op : ops) {
          FusedOp sample = op.get();
          Class<?> other = byName.put(sample.opName(), sample.getClass());
          if (other != null && other != sample.getClass()) {
            throw new IllegalStateException(sample.opName() + " is a name of two ops");
          }
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this ND4J keeps its op classes elsewhere", e);
    }
  }
}
