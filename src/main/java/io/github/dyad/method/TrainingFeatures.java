package io.github.dyad.method;

import io.github.dyad.distillation.ImageFeatures;
import io.github.dyad.kernel.Workers;

/** The teacher's features of the normal training images. */
public interface TrainingFeatures {

  /** Takes in one image after the other. */
  interface Visitor {
    /**
     * @param image from 0, in order
     * @param features valid until the visitor returns
     */
    void visit(int image, ImageFeatures features);
  }

  /** Number of images. */
  int count();

  FeatureShape shape();

  /** Of the trial; all that is drawn comes from it. */
  long seed();

  /** Threads for what the method computes; their number must not reach the result. */
  Workers workers();

  /** Shows all images to the visitor, on the calling thread; each call runs the teacher again. */
  void forEach(Visitor visitor);

  /** To be called now and then in long work: comes back unless the user wants to stop. */
  void proceed();
}
