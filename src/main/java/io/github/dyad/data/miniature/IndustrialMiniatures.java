package io.github.dyad.data.miniature;

import io.github.dyad.data.parts.MadeParts;
import io.github.dyad.data.parts.MadeParts.Amount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Made parts under the names and in the places of the industrial benchmarks. Each has two
 * categories: the texture and the object.
 */
final class IndustrialMiniatures {
  /** 60 training and test images a category; five of a kind, as Real-IAD has views. */
  private static final Amount AMOUNT = new Amount(20, 20, 5);

  private static final long SEED = 1;
  private static final int VIEWS = 5;

  private IndustrialMiniatures() {}

  /** One image of the made parts; {@code mask} is null where normal. */
  private record Part(Path image, String defect, Path mask) {
    boolean normal() {
      return mask == null;
    }
  }

  /** The made parts of one category. */
  private record Category(String name, List<Part> train, List<Part> test) {}

  private interface Arranging {
    void arrange(Category category) throws IOException;
  }

  static void mvtecAd(Path root) throws IOException {
    each(
        root,
        List.of("carpet", "metal_nut"),
        category -> {
          Path folder = root.resolve(category.name);
          number(category.train, folder.resolve("train/good"));
          for (List<Part> kind : byDefect(category.test)) {
            String defect = kind.get(0).defect;
            number(kind, folder.resolve("test").resolve(defect));
            for (int i = 0; i < kind.size() && !kind.get(i).normal(); i++) {
              copy(
                  kind.get(i).mask,
                  folder.resolve("ground_truth").resolve(defect).resolve(name(i, "_mask.png")));
            }
          }
        });
  }

  /** What is missing or misplaced is a logical anomaly. */
  static void mvtecLoco(Path root) throws IOException {
    each(
        root,
        List.of("juice_bottle", "pushpins"),
        category -> {
          Path folder = root.resolve(category.name);
          number(category.train, folder.resolve("train/good"));
          number(category.train.subList(0, 2), folder.resolve("validation/good"));
          number(category.test.stream().filter(Part::normal).toList(), folder.resolve("test/good"));
          for (boolean logical : new boolean[] {true, false}) {
            String kind = logical ? "logical_anomalies" : "structural_anomalies";
            List<Part> parts =
                category.test.stream()
                    .filter(part -> !part.normal() && logical == part.defect.startsWith("mis"))
                    .toList();
            number(parts, folder.resolve("test").resolve(kind));
            for (int i = 0; i < parts.size(); i++) {
              Path masks = folder.resolve("ground_truth").resolve(kind).resolve(name(i, ""));
              copy(parts.get(i).mask, masks.resolve("000.png"));
            }
          }
          Files.writeString(
              folder.resolve("defects_config.json"),
              """
              [{"defect_name": "defect", "pixel_value": 255, "saturation_threshold": 0.5,
                "relative_saturation": true}]
              """);
        });
  }

  static void visa(Path root) throws IOException {
    StringBuilder csv = new StringBuilder("object,split,label,image,mask\n");
    each(
        root,
        List.of("candle", "pcb1"),
        category -> {
          String data = category.name + "/Data/";
          int normal = 0;
          for (Part part : category.train) {
            String image = data + "Images/Normal/" + name(normal++, ".JPG");
            jpeg(part.image, root.resolve(image));
            csv.append(category.name + ",train,normal," + image + ",\n");
          }
          int anomaly = 0;
          for (Part part : category.test) {
            if (part.normal()) {
              String image = data + "Images/Normal/" + name(normal++, ".JPG");
              jpeg(part.image, root.resolve(image));
              csv.append(category.name + ",test,normal," + image + ",\n");
            } else {
              String image = data + "Images/Anomaly/" + name(anomaly, ".JPG");
              String mask = data + "Masks/Anomaly/" + name(anomaly++, ".png");
              jpeg(part.image, root.resolve(image));
              copy(part.mask, root.resolve(mask));
              csv.append(category.name + ",test,anomaly," + image + "," + mask + "\n");
            }
          }
        });
    Files.createDirectories(root.resolve("split_csv"));
    Files.writeString(root.resolve("split_csv/1cls.csv"), csv);
  }

  /** Five images in a row are the views of an object. */
  static void realIad(Path root) throws IOException {
    Path lists = Files.createDirectories(root.resolve("realiad_jsons/realiad_jsons"));
    each(
        root,
        List.of("audiojack", "usb"),
        category -> {
          Path images = root.resolve("realiad_1024").resolve(category.name);
          List<String> train = objects(category.train, 0, images);
          List<String> test = objects(category.test, train.size(), images);
          Files.writeString(
              lists.resolve(category.name + ".json"),
              "{\"meta\": {\"prefix\": \"%s/\", \"normal_class\": \"OK\"},\n\"train\": [\n%s],\n\"test\": [\n%s]}\n"
                  .formatted(category.name, String.join(",\n", train), String.join(",\n", test)));
        });
  }

  private static List<String> objects(List<Part> parts, int first, Path images) throws IOException {
    List<String> entries = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      String kind = part.normal() ? "OK" : "NG/" + part.defect.toUpperCase(Locale.ROOT);
      String stem =
          "%s/S%04d/view_C%d".formatted(kind, (first + i) / VIEWS, (first + i) % VIEWS + 1);
      jpeg(part.image, images.resolve(stem + ".jpg"));
      String mask = "null";
      if (!part.normal()) {
        copy(part.mask, images.resolve(stem + ".png"));
        mask = "\"" + stem + ".png\"";
      }
      entries.add(
          "{\"anomaly_class\": \"%s\", \"image_path\": \"%s.jpg\", \"mask_path\": %s}"
              .formatted(part.normal() ? "OK" : part.defect.toUpperCase(Locale.ROOT), stem, mask));
    }
    return entries;
  }

  /** Draws the parts beside {@code root} and hands them over, one category after the other. */
  private static void each(Path root, List<String> names, Arranging arranging) throws IOException {
    Path drawn = Files.createTempDirectory(root.getParent(), "parts");
    try {
      MadeParts.generate(drawn, SEED, AMOUNT);
      List<Path> categories = list(drawn);
      for (int i = 0; i < names.size(); i++) {
        arranging.arrange(category(names.get(i), categories.get(i)));
      }
    } finally {
      Miniatures.delete(drawn);
    }
  }

  private static Category category(String name, Path folder) throws IOException {
    List<Part> train = new ArrayList<>();
    for (Path image : list(folder.resolve("train/good"))) {
      train.add(new Part(image, "good", null));
    }
    List<Part> test = new ArrayList<>();
    for (Path defect : list(folder.resolve("test"))) {
      String kind = defect.getFileName().toString();
      Path masks = folder.resolve("ground_truth").resolve(kind);
      for (Path image : list(defect)) {
        String mask = image.getFileName().toString().replace(".png", "_mask.png");
        test.add(new Part(image, kind, kind.equals("good") ? null : masks.resolve(mask)));
      }
    }
    return new Category(name, train, test);
  }

  private static List<List<Part>> byDefect(List<Part> parts) {
    Map<String, List<Part>> kinds = new TreeMap<>();
    parts.forEach(part -> kinds.computeIfAbsent(part.defect, k -> new ArrayList<>()).add(part));
    return List.copyOf(kinds.values());
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void number(List<Part> parts, Path folder) throws IOException {
    for (int i = 0; i < parts.size(); i++) {
      copy(parts.get(i).image, folder.resolve(name(i, ".png")));
    }
  }

  private static String name(int number, String ending) {
    return String.format(Locale.ROOT, "%03d%s", number, ending);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to);
  }

  private static void jpeg(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    ImageIO.write(ImageIO.read(from.toFile()), "jpeg", to.toFile());
  }
}
