package io.github.dyad.distillation;

/** The images of a training, as 8-bit pixels of the teacher's size. */
public interface TrainingImages {
  int count();

  /** Height and width in pixels. */
  int size();

  /** Image i from 0: (size, size, 3), 8 bits a band. */
  byte[] pixels(int image);

  /** What the teacher reads: (3, size, size), ImageNet-normalised. */
  float[] normalized(byte[] pixels);

  /** Whether image i is a known anomaly (supervised extension). */
  boolean anomalous(int image);
}
