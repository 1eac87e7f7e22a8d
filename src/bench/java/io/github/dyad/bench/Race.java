package io.github.dyad.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Dyad and peers on one case, a step each in turn. */
final class Race {
  /** JIT compilation and clocks settle in this time. */
  private static final double WARMUP_MS = 3000;

  /** Short steps are measured more often than asked, up to this factor, to fill this time. */
  private static final double MEASURED_MS = 2000;

  private static final int MOST = 20;

  /** Threads that spin while they wait have gone to sleep by then: they would take another's core. */
  private static final long REST_MS = 30;

  /** A side with its measured steps. */
  private static final class Runner {
    final String name;
    final Side side;
    final List<Double> milliseconds = new ArrayList<>();
    double loss;
    double cpuSeconds;

    Runner(String name, Side side) {
      this.name = name;
      this.side = side;
    }

    double step() {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(REST_MS));
      double before = side.cpuSeconds();
      Side.Timing timing = side.steps(1);
      cpuSeconds += side.cpuSeconds() - before;
      loss = timing.loss();
      milliseconds.add(timing.milliseconds());
      return timing.milliseconds();
    }

    double median() {
      double[] sorted = milliseconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      int n = sorted.length;
      return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    double cpuMilliseconds() {
      return 1e3 * cpuSeconds / milliseconds.size();
    }

    void forget() {
      milliseconds.clear();
      cpuSeconds = 0;
    }
  }

  private final Case given;
  private final Runner dyad;
  private final List<Runner> peers = new ArrayList<>();

  Race(Case given, Side dyad) {
    this.given = given;
    this.dyad = new Runner("dyad", dyad);
  }

  void add(String name, Side peer) {
    peers.add(new Runner(name, peer));
  }

  /** Warms up, measures, and compares Dyad with every peer. */
  List<Row> run(int warmup, int steps) {
    double spent = 0;
    for (int i = 0; i < warmup || (spent < WARMUP_MS && i < MOST * warmup); i++) {
      spent += round();
    }
    runners().forEach(Runner::forget);
    Load load = new Load(runners().stream().map(runner -> runner.side).toList());
    spent = 0;
    for (int i = 0; i < steps || (spent < MEASURED_MS && i < MOST * steps); i++) {
      spent += round();
    }
    double others = load.ofOthers();
    return peers.stream().map(peer -> row(peer, others)).toList();
  }

  private double round() {
    double milliseconds = dyad.step();
    peers.forEach(Runner::step);
    return milliseconds;
  }

  private List<Runner> runners() {
    List<Runner> all = new ArrayList<>(Arrays.asList(dyad));
    all.addAll(peers);
    return all;
  }

  private Row row(Runner peer, double load) {
    return new Row(
        given.work().id,
        given.shape().name(),
        peer.name,
        dyad.median(),
        peer.median(),
        dyad.cpuMilliseconds(),
        peer.cpuMilliseconds(),
        dyad.loss,
        peer.loss,
        load);
  }
}
