package io.github.dyad.experiment;

import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Rgb8;
import io.github.dyad.data.Sample;
import io.github.dyad.distillation.TrainingImages;
import java.util.List;

/** Samples of a split as the trainer reads them. */
record SampleImages(List<Sample> samples, ImageSize imageSize) implements TrainingImages {
  @Override
  public int count() {
    return samples.size();
  }

  @Override
  public int size() {
    return imageSize.crop();
  }

  @Override
  public byte[] pixels(int image) {
    return ImageReader.resized8(samples.get(image).image(), imageSize).pixels();
  }

  @Override
  public float[] normalized(byte[] pixels) {
    return ImageReader.normalise(new Rgb8(size(), size(), pixels));
  }

  @Override
  public boolean anomalous(int image) {
    return samples.get(image).anomalous();
  }
}
