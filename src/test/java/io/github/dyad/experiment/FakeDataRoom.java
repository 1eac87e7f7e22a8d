package io.github.dyad.experiment;

import io.github.dyad.InputException;
import io.github.dyad.data.DatasetFacts;
import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.Domain;
import io.github.dyad.data.ImageRef;
import io.github.dyad.data.Inspection;
import io.github.dyad.data.Sample;
import io.github.dyad.data.SplitRequest;
import io.github.dyad.data.Splits;
import io.github.dyad.experiment.store.Sha256;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Ten classes called as Fashion-MNIST's, and industrial categories called as MVTec's. Anomalies of
 * "visa" are anomalous in all of their pixels, others have no mask; in "real-iad" all images of a
 * defect are views of one object.
 */
public final class FakeDataRoom implements DataRoom {
  private static final int IMAGES = 6;

  /** What the images hold, as far as hashes can tell. */
  public String contents = "first";

  public int reads;

  @Override
  public DatasetLayout layout(String id, Map<String, Record> options) {
    return switch (id) {
      case "fashion-mnist" -> new Layout(id, Domain.SEMANTIC, digits());
      case "mvtec-ad", "mvtec-loco", "visa", "real-iad" ->
          new Layout(id, Domain.INDUSTRIAL, List.of("bottle", "metal nut"));
      default -> throw new InputException("there is no data set \"" + id + "\"");
    };
  }

  @Override
  public Path root(DataConfig data, Experiment experiment) {
    return experiment.resolve(data.root());
  }

  private static List<String> digits() {
    return List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
  }

  private final class Layout implements DatasetLayout {
    private final String id;
    private final Domain domain;
    private final List<String> categories;

    Layout(String id, Domain domain, List<String> categories) {
      this.id = id;
      this.domain = domain;
      this.categories = categories;
    }

    @Override
    public String name() {
      return id;
    }

    @Override
    public DatasetFacts facts() {
      return new DatasetFacts(id, domain, "", "", "", "");
    }

    @Override
    public String group(String path) {
      return id.equals("real-iad") ? path.substring(0, path.lastIndexOf('/')) : path;
    }

    @Override
    public List<String> categories(Path root) {
      return categories;
    }

    @Override
    public Inspection inspect(Path root) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Splits read(Path root, SplitRequest request) {
      reads++;
      Set<String> wanted =
          domain == Domain.SEMANTIC ? request.normalClasses() : request.categories();
      List<Sample> train = new ArrayList<>();
      List<Sample> test = new ArrayList<>();
      for (String category : categories) {
        boolean chosen = wanted.isEmpty() || wanted.contains(category);
        for (int i = 0; i < IMAGES; i++) {
          if (chosen) {
            train.add(Sample.normal("train/" + category + "/" + i, category, image()));
          }
          if (domain == Domain.SEMANTIC) {
            test.add(test(category, i, !chosen, category));
          } else if (chosen) {
            test.add(test(category, i, false, Sample.GOOD));
            test.add(test(category, i, true, "logical_anomalies"));
            test.add(test(category, i, true, "structural_anomalies"));
          }
        }
      }
      SplitRequest anyTest =
          new SplitRequest(
              request.setting(),
              request.categories(),
              request.normalClasses(),
              request.fewShot(),
              request.knownAnomalies(),
              request.limitTrain(),
              0,
              request.seed());
      String all = Sha256.of(id + contents + request);
      return new Splits(id, train, test, all, Sha256.of(id + contents + anyTest));
    }

    private Sample test(String category, int i, boolean anomalous, String defect) {
      String path = "test/" + category + "/" + defect + "/" + i;
      List<ImageRef> masks = anomalous && id.equals("visa") ? List.of(new WhiteMask()) : List.of();
      return new Sample(path, category, anomalous, defect, image(), masks);
    }

    private ImageRef image() {
      return ImageRef.file(Path.of("none"));
    }
  }

  private record WhiteMask() implements ImageRef {
    @Override
    public String name() {
      return "white.pgm";
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream("P5 2 1 255 zz".getBytes(StandardCharsets.US_ASCII));
    }
  }
}
