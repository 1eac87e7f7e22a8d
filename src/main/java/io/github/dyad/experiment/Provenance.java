package io.github.dyad.experiment;

import io.github.dyad.kernel.Processor;
import java.util.LinkedHashMap;
import java.util.Map;

/** What bits may depend on besides the experiment file: program, JVM, system, kernels. */
final class Provenance {
  private Provenance() {}

  /** Collected once for a run; it stands beside every result that the run computes. */
  static Map<String, String> collect(Engine engine) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("dyad", BuildInfo.version());
    facts.put("commit", BuildInfo.commit());
    facts.put("java", System.getProperty("java.runtime.version"));
    facts.put("jvm", System.getProperty("java.vm.name"));
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("arch", System.getProperty("os.arch"));
    facts.put("cpu", Processor.model());
    facts.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
    facts.putAll(engine.environment());
    return facts;
  }
}
