package io.github.dyad.method;

import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.graph.TokenGrid;
import io.github.dyad.kernel.Workers;
import java.util.List;

/** Features that are given, in place of a teacher's. */
record MadeFeatures(List<ImageFeatures> images, FeatureShape shape, long seed, Workers workers)
    implements TrainingFeatures {

  static FeatureShape shape(int classTokens, int registers, int height, int width, int D) {
    return new FeatureShape(classTokens, new TokenGrid(registers, height, width), D);
  }

  @Override
  public int count() {
    return images.size();
  }

  @Override
  public void forEach(Visitor visitor) {
    for (int i = 0; i < images.size(); i++) {
      visitor.visit(i, images.get(i));
    }
  }

  @Override
  public void proceed() {}
}
