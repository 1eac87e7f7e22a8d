package io.github.dyad.experiment;

import io.github.dyad.Extension;
import io.github.dyad.Extensions;
import io.github.dyad.data.ImageSize;
import io.github.dyad.distillation.Objective;
import io.github.dyad.distillation.ObjectiveConfig;
import io.github.dyad.distillation.OptimizerConfig;
import io.github.dyad.distillation.OptimizerConfig.Clipping;
import io.github.dyad.distillation.TrainingConfig;
import io.github.dyad.experiment.store.Json;
import io.github.dyad.experiment.store.Sha256;
import io.github.dyad.experiment.yaml.RecordTree;
import io.github.dyad.graph.Lowering;
import io.github.dyad.student.DecoderStudentConfig;
import io.github.dyad.student.EncoderStudentConfig;
import io.github.dyad.student.Student;
import io.github.dyad.teacher.PositionRule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What decides a training's weights, and nothing else. Options that cannot reach the weights, such
 * as the decoder student's in an encoder-only training, stand at their defaults, so that equal
 * parts are trainings that can be shared.
 *
 * @param teacherSha256 of the teacher's file
 * @param position how its position grid is resampled
 * @param imagesSha256 {@link io.github.dyad.data.Splits#trainHash}
 * @param size how images come to the teacher's size
 * @param featureType rounding of the teacher's features
 * @param encoderStudent its free choices
 * @param decoderStudent its free choices
 * @param objective what is minimised
 * @param optimizer how
 * @param training how long, with the seed
 * @param lowering which kernels
 * @param method with its options; null for the distillation
 */
public record TrainingPart(
    String teacherSha256,
    PositionRule position,
    String imagesSha256,
    ImageSize size,
    FeaturesConfig.ElementType featureType,
    EncoderStudentConfig encoderStudent,
    DecoderStudentConfig decoderStudent,
    ObjectiveConfig objective,
    OptimizerConfig optimizer,
    TrainingConfig training,
    Lowering lowering,
    Extension method) {

  /** Raised when the same options begin to give other weights. */
  private static final int FORMAT = 1;

  public static TrainingPart of(TrialConfig config, String teacherSha256, String imagesSha256) {
    Optional<Extension> method = config.otherMethod();
    if (method.isPresent()) {
      return ofMethod(method.get(), config, teacherSha256, imagesSha256);
    }
    Objective students = config.objective().objective();
    return new TrainingPart(
        teacherSha256,
        config.teacher().position(),
        imagesSha256,
        config.data().size(),
        config.features().type(),
        students.trainsEncoder() ? config.encoderStudent() : EncoderStudentConfig.DEFAULTS,
        students.trainsDecoder() ? config.decoderStudent() : DecoderStudentConfig.DEFAULTS,
        reachingWeights(config.objective()),
        reachingWeights(config.optimizer()),
        ofFewShots(config.training(), config.data().fewShot()),
        config.graph().lowering(),
        null);
  }

  private static TrainingPart ofMethod(
      Extension method, TrialConfig config, String teacherSha256, String imagesSha256) {
    DecoderStudentConfig decoder = DecoderStudentConfig.DEFAULTS;
    TrainingConfig training = TrainingConfig.DEFAULTS;
    boolean trains = method instanceof Student;
    return new TrainingPart(
        teacherSha256,
        config.teacher().position(),
        imagesSha256,
        config.data().size(),
        config.features().type(),
        EncoderStudentConfig.DEFAULTS,
        new DecoderStudentConfig(
            decoder.depth(),
            decoder.dropout(),
            config.decoderStudent().tappedLayers(), // they decide the features
            decoder.initStd(),
            decoder.initBound()),
        ObjectiveConfig.DEFAULTS,
        trains ? reachingWeights(config.optimizer()) : OptimizerConfig.DEFAULTS,
        new TrainingConfig(
            trains ? config.training().iterations() : training.iterations(),
            trains ? config.training().batchSize() : training.batchSize(),
            config.training().seed(),
            config.training().holdBack(),
            training.checkpoint()),
        config.graph().lowering(),
        method);
  }

  /** Optimizer steps; 0 for a method that has none. */
  public int iterations() {
    return method == null || method instanceof Student ? training.iterations() : 0;
  }

  /** For keys and records. */
  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>(RecordTree.of(this));
    if (method == null) {
      tree.remove("method");
    } else {
      tree.put("method", Methods.tree(method));
    }
    if (Extensions.hasOptions(objective.objective())) {
      tree.put("objective_options", Methods.tree(objective.objective()).get("options"));
    }
    return tree;
  }

  /** With k shots the batch is min(k, 8), however many classes there are. */
  private static TrainingConfig ofFewShots(TrainingConfig config, int shots) {
    return shots == 0 || shots >= config.batchSize()
        ? config
        : new TrainingConfig(
            config.iterations(), shots, config.seed(), config.holdBack(), config.checkpoint());
  }

  /** SHA-256 of the canonical JSON: the order of keys in a file does not count. */
  public String key() {
    Map<String, Object> tree = tree();
    tree.put("format", FORMAT);
    return Sha256.of(Json.canonical(tree));
  }

  private static ObjectiveConfig reachingWeights(ObjectiveConfig config) {
    ObjectiveConfig defaults = ObjectiveConfig.DEFAULTS;
    boolean encoder = config.objective().trainsEncoder();
    boolean hardMining = config.objective().trainsDecoder() && config.hardMining();
    return new ObjectiveConfig(
        config.objective(),
        config.temperature(),
        encoder ? config.distilledTokens() : defaults.distilledTokens(),
        encoder ? config.classTokenReduction() : defaults.classTokenReduction(),
        encoder ? config.classTokenSet() : defaults.classTokenSet(),
        encoder ? config.classTokenNormalization() : defaults.classTokenNormalization(),
        config.objective().trainsDecoder() ? config.hardMining() : defaults.hardMining(),
        hardMining ? config.hardMiningShare() : defaults.hardMiningShare(),
        hardMining ? config.hardMiningRamp() : defaults.hardMiningRamp(),
        hardMining ? config.hardMiningFactor() : defaults.hardMiningFactor());
  }

  private static OptimizerConfig reachingWeights(OptimizerConfig config) {
    return config.clipping() != Clipping.OFF
        ? config
        : new OptimizerConfig(
            config.learningRate(),
            config.beta1(),
            config.beta2(),
            config.weightDecay(),
            config.epsilon(),
            config.warmupSteps(),
            config.floor(),
            Clipping.OFF,
            OptimizerConfig.DEFAULTS.clipNorm());
  }
}
