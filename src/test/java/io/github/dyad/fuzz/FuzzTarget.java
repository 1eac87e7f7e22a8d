package io.github.dyad.fuzz;

import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageRef;
import io.github.dyad.distillation.StudentModel;
import io.github.dyad.experiment.Experiment;
import io.github.dyad.experiment.ResultsFolder;
import io.github.dyad.experiment.Verification;
import io.github.dyad.metric.ScoreFile;
import io.github.dyad.paper.Comparison;
import io.github.dyad.paper.OwnResults;
import io.github.dyad.teacher.OnnxTeacher;
import io.github.dyad.tensor.Safetensors;
import java.nio.file.Path;

/** A reader of a user's file. */
enum FuzzTarget {
  EXPERIMENT("fuzz/experiment", "x.yaml") {
    @Override
    void feed(Path file) {
      Experiment experiment = Experiment.read(file);
      experiment.trials(false);
      experiment.trials(true);
    }
  },
  IMAGE("goldens/data/images/decode", "x.png") {
    @Override
    void feed(Path file) {
      ImageReader.decode(ImageRef.file(file));
    }
  },
  TEACHER("goldens/teacher", "x.onnx") {
    @Override
    void feed(Path file) {
      OnnxTeacher.read(file);
    }
  },
  WEIGHTS("fuzz/safetensors", "x.safetensors") {
    @Override
    void feed(Path file) {
      Safetensors.read(file);
    }
  },
  MODEL("fuzz/model", "model.json") {
    @Override
    void feed(Path file) {
      StudentModel.load(file.getParent());
    }
  },
  SCORES("fuzz/scores", "x.csv") {
    @Override
    void feed(Path file) {
      ScoreFile.read(file, ScoreFile.Columns.DEFAULT);
    }
  },
  RESULTS("fuzz/results", "x.csv") {
    @Override
    void feed(Path file) {
      Comparison.of(OwnResults.read(file));
    }
  },
  MANIFEST("fuzz/manifest", "manifest.json") {
    @Override
    void feed(Path file) {
      Verification.of(new ResultsFolder(file.getParent()));
    }
  };

  /** Below {@code src/test/resources}. */
  final Path seeds;

  /** What the mutated file is called. */
  final String fileName;

  FuzzTarget(String seeds, String fileName) {
    this.seeds = Path.of("src/test/resources").resolve(seeds);
    this.fileName = fileName;
  }

  /** Reads the file; the user's error is an {@link io.github.dyad.InputException}. */
  abstract void feed(Path file);
}
