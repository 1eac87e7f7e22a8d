package io.github.dyad.graph;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.imports.converters.DifferentialFunctionClassHolder;

/**
 * Makes fused ops known to SameDiff, which copies a graph (for its gradient function) by writing
 * and reading every op, and finds an op's class by a hash.
 */
public final class FusedOps {
  /** No native op has these bits; the low ones are the name's. */
  private static final long HASH_PREFIX = 0x6479_6164_0000_0000L;

  private FusedOps() {}

  static long hash(String opName) {
    return HASH_PREFIX | (opName.hashCode() & 0xffff_ffffL);
  }

  /** Registers the classes of these ops, once per class that has fused ops. */
  @SuppressWarnings("unchecked") // the field's declared type
  public static void register(List<Supplier<? extends FusedOp>> ops) {
    try {
      Field field = DifferentialFunctionClassHolder.class.getDeclaredField("customOpHashToClass");
      field.setAccessible(true);
      Map<Long, Class<?>> classes =
          (Map<Long, Class<?>>) field.get(DifferentialFunctionClassHolder.getInstance());
      synchronized (classes) {
        for (Supplier<? extends FusedOp> op : ops) {
          FusedOp sample = op.get();
          Class<?> other = classes.put(sample.opHash(), sample.getClass());
          if (other != null && other != sample.getClass()) {
            throw new IllegalStateException(sample.opName() + " and " + other + " share a hash");
          }
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this ND4J keeps its op classes elsewhere", e);
    }
  }
}
