package io.github.dyad.graph;

import io.github.dyad.kernel.Floats;
import io.github.dyad.kernel.Kernels;
import io.github.dyad.kernel.Workers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.memory.pointers.PagedPointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.impl.shape.Reshape;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A SameDiff graph compiled for fixed shapes: a flat list of operations over arrays that are
 * allocated once and share memory by lifetime. {@link #run} replays it and allocates nothing for
 * fused ops.
 *
 * <p>Arrays of variables and constants are the graph's own: who changes a variable in place changes
 * it for the next run. A plan belongs to one thread at a time.
 */
public final class Plan implements AutoCloseable {
  private record Step(String op, Runnable action) {}

  private final Map<String, INDArray> arrays = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private final Set<String> placeholders = new HashSet<>();
  private final Set<String> outputs;
  private final List<Buffer> buffers = new ArrayList<>();
  private final Scratch scratch = new Scratch();

  private Plan(Collection<String> outputs) {
    this.outputs = new HashSet<>(outputs);
  }

  /**
   * @param layers the graph and the shapes it declares
   * @param graph the graph itself, or its gradient function ({@link Gradients})
   * @param inputs shape of every placeholder that the outputs need
   * @param outputs names of the values to keep
   * @throws IllegalStateException if a value breaks the shape that its builder declared
   */
  public static Plan compile(
      Layers layers,
      SameDiff graph,
      Map<String, long[]> inputs,
      Collection<String> outputs,
      Workers workers) {
    Plan plan = new Plan(outputs);
    plan.build(layers, graph, inputs, workers);
    return plan;
  }

  /** The array of a placeholder; written by the caller before {@link #run}. */
  public INDArray input(String name) {
    if (!placeholders.contains(name)) {
      throw new IllegalArgumentException(name + " is no input of this plan: " + placeholders);
    }
    return arrays.get(name);
  }

  public boolean hasInput(String name) {
    return placeholders.contains(name);
  }

  public boolean hasVariable(String name) {
    return arrays.containsKey(name);
  }

  /** The array of a variable or constant; a change in place counts from the next run on. */
  public INDArray variable(String name) {
    INDArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException("this plan does not use " + name);
    }
    return array;
  }

  /** The array of an output, valid until the next run. */
  public INDArray output(String name) {
    if (!outputs.contains(name)) {
      throw new IllegalArgumentException(name + " is no output of this plan: " + outputs);
    }
    return arrays.get(name);
  }

  public boolean hasOutput(String name) {
    return outputs.contains(name);
  }

  /** Replays all operations on the inputs' present values. */
  public void run() {
    for (Step step : steps) {
      step.action.run();
    }
  }

  /** Milliseconds by kind of operation, one run. */
  public Map<String, Double> profile() {
    Map<String, Double> milliseconds = new TreeMap<>();
    for (Step step : steps) {
      long start = System.nanoTime();
      step.action.run();
      milliseconds.merge(step.op, (System.nanoTime() - start) / 1e6, Double::sum);
    }
    return milliseconds;
  }

  /** Frees the arrays of inputs and results; the plan cannot run any more. */
  @Override
  public void close() {
    steps.clear();
    buffers.forEach(buffer -> buffer.memory.close());
    buffers.clear();
    if (scratch.region != null) {
      scratch.region.close();
    }
  }

  /** Number of operations by kind. */
  public Map<String, Integer> operations() {
    Map<String, Integer> counts = new TreeMap<>();
    steps.forEach(step -> counts.merge(step.op, 1, Integer::sum));
    return counts;
  }

  /** Bytes of all intermediate values together, after sharing by lifetime. */
  public long activationBytes() {
    return buffers.stream().mapToLong(b -> (long) Float.BYTES * b.memory.size()).sum();
  }

  // ---- compilation ----

  /** Memory and how ND4J sees it. */
  private record Buffer(Floats memory, DataBuffer data) {}

  /** A float array of the graph that needs a place; several values may share it (views). */
  private static final class Value {
    final long floats;
    final int born;
    int dies;
    Buffer buffer;

    Value(long floats, int born) {
      this.floats = floats;
      this.born = born;
      this.dies = born;
    }
  }

  private void build(Layers layers, SameDiff graph, Map<String, long[]> inputs, Workers workers) {
    List<DifferentialFunction> order = topological(graph);
    Map<String, long[]> shapes = new HashMap<>();
    for (DifferentialFunction op : order) {
      for (String input : op.argNames()) {
        leaf(graph, input, inputs, shapes);
      }
    }
    // First pass: shapes, from a dry run of the stock ops on zeros, and lifetimes.
    DryRun dry = new DryRun(graph, arrays, shapes);
    Map<String, Value> values = new LinkedHashMap<>();
    Map<String, Integer> lastUse = lastUses(order);
    for (int i = 0; i < order.size(); i++) {
      DifferentialFunction op = order.get(i);
      List<String> names = Arrays.asList(op.outputVariablesNames());
      dry.run(op, lastUse, i);
      for (int k = 0; k < names.size(); k++) {
        String name = names.get(k);
        if (!lastUse.containsKey(name) && !outputs.contains(name)) {
          continue; // nobody reads it
        }
        int dies = outputs.contains(name) ? order.size() : lastUse.get(name);
        Value value = null; // a view of a leaf needs no place
        if (isView(op)) {
          value = values.get(op.argNames()[0]);
        } else if (op instanceof AddOp && dying(op, values, shapes, i) != null) {
          value = dying(op, values, shapes, i); // a sum of gradients goes where one of them was
        } else if (dry.isFloat(name)) {
          value = new Value(count(shapes.get(name)), i);
        }
        if (value != null) {
          value.dies = Math.max(value.dies, dies);
          values.put(name, value);
        }
      }
    }
    checkDeclared(layers, shapes);
    place(values.values());

    // Second pass: every value gets its array, every op its action.
    List<Runnable> bindings = new ArrayList<>();
    for (int i = 0; i < order.size(); i++) {
      DifferentialFunction op = order.get(i);
      for (String name : op.outputVariablesNames()) {
        long[] shape = shapes.get(name);
        if (isView(op)) {
          arrays.put(name, view(arrays.get(op.argNames()[0]).data(), shape));
        } else if (values.containsKey(name)) {
          arrays.put(name, view(values.get(name).buffer.data, shape));
        } else if (!(op instanceof FusedOp)) {
          arrays.put(name, dry.array(name)); // shapes, masks, unread outputs of stock ops
        }
      }
      if (!isView(op)) {
        bindings.add(() -> steps.add(new Step(op.opName(), action(op, workers, dry))));
      }
    }
    // Scratch is sized by a trial binding, then everything is bound to its final place.
    bindings.forEach(Runnable::run);
    steps.clear();
    scratch.allocate();
    bindings.forEach(Runnable::run);
  }

  private List<DifferentialFunction> topological(SameDiff graph) {
    List<DifferentialFunction> order = new ArrayList<>();
    Set<String> done = new HashSet<>();
    List<String> stack = new ArrayList<>(outputs); // of names, instead of recursion
    stack.sort(Comparator.reverseOrder()); // any fixed order
    Map<String, DifferentialFunction> producers = new HashMap<>();
    for (DifferentialFunction op : graph.ops()) {
      for (String name : op.outputVariablesNames()) {
        producers.put(name, op);
      }
    }
    Set<String> opened = new HashSet<>();
    while (!stack.isEmpty()) {
      String name = stack.get(stack.size() - 1);
      DifferentialFunction op = producers.get(name);
      if (op == null || done.contains(op.getOwnName())) {
        stack.remove(stack.size() - 1);
        continue;
      }
      if (opened.add(op.getOwnName())) {
        String[] args = op.argNames();
        for (int i = args.length - 1; i >= 0; i--) {
          stack.add(args[i]);
        }
      } else {
        stack.remove(stack.size() - 1);
        done.add(op.getOwnName());
        order.add(op);
      }
    }
    for (String output : outputs) {
      if (!producers.containsKey(output)) {
        throw new IllegalArgumentException("no operation gives " + output);
      }
    }
    return order;
  }

  private static Map<String, Integer> lastUses(List<DifferentialFunction> order) {
    Map<String, Integer> last = new HashMap<>();
    for (int i = 0; i < order.size(); i++) {
      for (String name : order.get(i).argNames()) {
        last.put(name, i);
      }
    }
    return last;
  }

  /** Placeholders get an array of their own; variables and constants keep the graph's. */
  private void leaf(
      SameDiff graph, String name, Map<String, long[]> inputs, Map<String, long[]> shapes) {
    SDVariable variable = graph.getVariable(name);
    if (arrays.containsKey(name) || graph.getVariableOutputOp(name) != null) {
      return;
    }
    INDArray array;
    if (variable.isPlaceHolder()) {
      long[] shape = inputs.get(name);
      if (shape == null) {
        throw new IllegalArgumentException("no shape given for placeholder " + name);
      }
      array = Nd4j.zeros(variable.dataType(), shape);
      placeholders.add(name);
    } else {
      array = variable.getArr();
      if (!contiguous(array)) {
        array = array.dup('c');
        graph.associateArrayWithVariable(array, variable);
      }
    }
    arrays.put(name, array);
    shapes.put(name, array.shape());
  }

  private static boolean contiguous(INDArray array) {
    return array.rank() == 0
        || array.isEmpty()
        || (array.ordering() == 'c' && !array.isView() && array.elementWiseStride() == 1)
        || array.length() == 1;
  }

  private void checkDeclared(Layers layers, Map<String, long[]> shapes) {
    layers
        .declaredShapes()
        .forEach(
            (value, declared) -> {
              String name = value.name(); // as it was renamed last
              long[] actual = shapes.get(name);
              if (actual == null) {
                return; // not needed by these outputs
              }
              boolean fits = actual.length == declared.length;
              for (int i = 0; fits && i < actual.length; i++) {
                fits = declared[i] < 0 || declared[i] == actual[i];
              }
              if (!fits) {
                throw new IllegalStateException(
                    name
                        + " has shape "
                        + Arrays.toString(actual)
                        + ", declared as "
                        + Arrays.toString(declared));
              }
            });
  }

  /** Values whose lifetimes do not meet share a buffer of exactly their size. */
  private void place(Collection<Value> all) {
    List<Value> byBirth = new ArrayList<>(new LinkedHashSet<>(all));
    byBirth.sort(Comparator.comparingInt(v -> v.born));
    Map<Long, Deque<Buffer>> free = new HashMap<>();
    PriorityQueue<Value> living = new PriorityQueue<>(Comparator.comparingInt(v -> v.dies));
    for (Value value : byBirth) {
      while (!living.isEmpty() && living.peek().dies < value.born) {
        Value dead = living.remove();
        free.computeIfAbsent(dead.floats, n -> new ArrayDeque<>()).push(dead.buffer);
      }
      Deque<Buffer> sameSize = free.get(value.floats);
      value.buffer =
          sameSize == null || sameSize.isEmpty() ? allocate(value.floats) : sameSize.pop();
      living.add(value);
    }
  }

  /** Stock ops may treat a whole ND4J buffer as theirs, so values are no views of a larger one. */
  private Buffer allocate(long floats) {
    Floats memory = Floats.allocate(floats);
    FloatPointer pointer =
        new PagedPointer(new PagedPointer(memory.address()), floats).asFloatPointer();
    DataBuffer data =
        Nd4j.getDataBufferFactory()
            .create(pointer, DataType.FLOAT, floats, FloatIndexer.create(pointer));
    Buffer buffer = new Buffer(memory, data);
    buffers.add(buffer);
    return buffer;
  }

  private static long count(long[] shape) {
    long n = 1;
    for (long d : shape) {
      n *= d;
    }
    return n;
  }

  private static INDArray view(DataBuffer data, long[] shape) {
    return Nd4j.create(data, shape, Nd4j.getStrides(shape, 'c'), 0, 'c');
  }

  /** Ops that give their input's values in another shape. */
  private static boolean isView(DifferentialFunction op) {
    return op instanceof Reshape || op instanceof Identity || op instanceof StopGradient;
  }

  // ---- actions ----

  private Runnable action(DifferentialFunction op, Workers workers, DryRun dry) {
    if (op instanceof FusedOp fused) {
      return fused.bind(new PlanMemory(op, workers));
    }
    INDArray out = arrays.get(op.outputVariablesNames()[0]);
    if (op instanceof AddOp && sameFloats(op, out)) { // sums of gradients
      return add(op, out, workers);
    }
    OpContext context = dry.context(op, arrays);
    return () -> DryRun.execute(op, context);
  }

  private boolean sameFloats(DifferentialFunction op, INDArray out) {
    INDArray a = arrays.get(op.argNames()[0]);
    INDArray b = arrays.get(op.argNames()[1]);
    return out.dataType() == DataType.FLOAT
        && Arrays.equals(a.shape(), out.shape())
        && Arrays.equals(b.shape(), out.shape());
  }

  /** y = a + b, where y may lie in the place of a or b. */
  private Runnable add(DifferentialFunction op, INDArray out, Workers workers) {
    Floats first = floats(arrays.get(op.argNames()[0]));
    Floats second = floats(arrays.get(op.argNames()[1]));
    Floats y = floats(out);
    boolean inSecond = y.address() == second.address();
    Floats a = inSecond ? second : first;
    Floats b = inSecond ? first : second;
    boolean copy = y.address() != a.address();
    return Split.overElements(
        workers,
        y.size(),
        (from, count) -> {
          if (copy) {
            Kernels.active().copy(a, from, y, from, count);
          }
          Kernels.active().add(b, from, y, from, count);
        });
  }

  /** The place of an input of a sum that nobody reads after operation i, or null. */
  private static Value dying(
      DifferentialFunction sum, Map<String, Value> values, Map<String, long[]> shapes, int i) {
    String a = sum.argNames()[0];
    String b = sum.argNames()[1];
    if (!Arrays.equals(shapes.get(a), shapes.get(b))
        || Objects.equals(values.get(a), values.get(b))) {
      return null;
    }
    for (String name : List.of(a, b)) {
      Value value = values.get(name);
      if (value != null && value.dies == i) {
        return value;
      }
    }
    return null;
  }

  /**
   * A contiguous float32 array as kernels see it. On a backend with memory of its own the values
   * come from there first, and go back before the next op reads them: take it again for each use.
   */
  public static Floats floats(INDArray array) {
    AffinityManager memory = Nd4j.getAffinityManager();
    memory.ensureLocation(array, AffinityManager.Location.HOST);
    memory.tagLocation(array, AffinityManager.Location.HOST);
    // Of a view, the pointer is that of its first element.
    return Floats.wrap(array.data().addressPointer().address(), array.length());
  }

  /** One region that all ops use in turn; sized by the largest request. */
  private static final class Scratch {
    private long most;
    private Floats region;

    Floats get(long count) {
      most = Math.max(most, count);
      return region;
    }

    void allocate() {
      region = Floats.allocate(Math.max(1, most));
    }
  }

  private final class PlanMemory implements FusedOp.Memory {
    private final String[] inputs;
    private final String[] results;
    private final Workers workers;

    PlanMemory(DifferentialFunction op, Workers workers) {
      this.inputs = op.argNames();
      this.results = op.outputVariablesNames();
      this.workers = workers;
    }

    @Override
    public Floats in(int i) {
      return floats(arrays.get(inputs[i]));
    }

    @Override
    public Floats out(int i) {
      INDArray array = arrays.get(results[i]);
      return array == null ? null : floats(array);
    }

    @Override
    public long[] shape(int input) {
      return arrays.get(inputs[input]).shape();
    }

    @Override
    public INDArray array(int i) {
      return arrays.get(inputs[i]);
    }

    @Override
    public Floats scratch(long count) {
      return scratch.get(count);
    }

    @Override
    public Workers workers() {
      return workers;
    }
  }
}
