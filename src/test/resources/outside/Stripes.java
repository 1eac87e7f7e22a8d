package mine;

import io.github.dyad.Require;
import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.Domain;
import io.github.dyad.data.ImageRef;
import io.github.dyad.data.Inspection;
import io.github.dyad.data.Sample;
import io.github.dyad.data.SplitRequest;
import io.github.dyad.data.SplitSelection;
import io.github.dyad.data.Splits;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A data set that needs no file: stripes of a period, and anomalies of another one. */
public record Stripes(int period) implements DatasetLayout {
  public Stripes() {
    this(4);
  }

  public Stripes {
    Require.atLeast("options.stripes.period", period, 2);
  }

  @Override
  public String name() {
    return "stripes";
  }

  @Override
  public DatasetFacts facts() {
    return new DatasetFacts("Stripes", Domain.INDUSTRIAL, "", "", "", "");
  }

  @Override
  public Splits read(Path root, SplitRequest request) {
    List<Sample> train = new ArrayList<>();
    List<Sample> test = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      String name = String.format("%02d.ppm", i);
      train.add(Sample.normal("train/" + name, "cloth", new Stripe(name, i, period)));
      boolean anomalous = i % 2 == 1;
      String defect = anomalous ? "wide" : Sample.GOOD;
      ImageRef image = new Stripe(name, 20 + i, anomalous ? 2 * period : period);
      test.add(
          new Sample("test/" + defect + "/" + name, "cloth", anomalous, defect, image, List.of()));
    }
    return SplitSelection.industrial(name(), request, List.of("cloth"), train, test);
  }

  @Override
  public Inspection inspect(Path root) {
    return new Inspection(
        List.of(new Inspection.Count("cloth", 12, 12, 6)), List.of(), List.of(), List.of());
  }

  private record Stripe(String name, int shift, int period) implements ImageRef {
    @Override
    public InputStream open() {
      byte[] header = "P6 32 32 255\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      byte[] file = java.util.Arrays.copyOf(header, header.length + 3 * 32 * 32);
      for (int i = 0; i < 32 * 32; i++) {
        byte grey = (byte) ((i % 32 + shift) / period % 2 == 0 ? 40 : 200);
        for (int c = 0; c < 3; c++) {
          file[header.length + 3 * i + c] = grey;
        }
      }
      return new ByteArrayInputStream(file);
    }
  }
}
