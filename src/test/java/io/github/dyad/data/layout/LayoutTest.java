package io.github.dyad.data.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.Datasets;
import io.github.dyad.data.ImageReader;
import io.github.dyad.data.ImageSize;
import io.github.dyad.data.Inspection;
import io.github.dyad.data.Inspection.Count;
import io.github.dyad.data.LocoDefect;
import io.github.dyad.data.Mask;
import io.github.dyad.data.MaskReader;
import io.github.dyad.data.MaskRule;
import io.github.dyad.data.Rgb8;
import io.github.dyad.data.Sample;
import io.github.dyad.data.SemanticSplits;
import io.github.dyad.data.SplitRequest;
import io.github.dyad.data.Splits;
import io.github.dyad.data.parts.MadeParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every layout in miniature, as it is downloaded. */
class LayoutTest {
  @TempDir Path root;
  private Miniature mini;

  @BeforeEach
  void miniature() {
    mini = new Miniature(root);
  }

  @Test
  void the_ids_are_those_of_the_documentation() {
    assertEquals(
        List.of(
            "builtin:fashion-mnist-small",
            "builtin:made-parts",
            "cifar-10",
            "cifar-100",
            "class-folders",
            "fashion-mnist",
            "folders",
            "mvtec-ad",
            "mvtec-loco",
            "real-iad",
            "view",
            "visa"),
        Datasets.all().stream().map(DatasetLayout::name).toList());
  }

  @Test
  void mvtec_ad_is_read_with_its_masks() {
    mini.mvtecCategory("bottle").mvtecCategory("wood");
    Splits splits = read("mvtec-ad", SplitRequest.all());
    assertEquals(6, splits.train().size());
    assertEquals(8, splits.test().size());
    assertEquals("bottle/train/good/000.png", splits.train().get(0).path());
    Sample crack = splits.test().get(0);
    assertEquals("bottle/test/crack/000.png", crack.path());
    assertEquals("crack", crack.defect());
    assertTrue(crack.anomalous());
    Mask mask = MaskReader.load(crack, ImageSize.whole(6), 256, MaskRule.ORIGINAL);
    assertEquals(5, mask.height());
    assertTrue(mask.anomalous()[3 * 6 + 2]);
    assertEquals(List.of(), notesOf("mvtec-ad").stream().filter(n -> n.contains("over")).toList());
  }

  @Test
  void one_category_reads_the_same_as_in_its_data_set() {
    mini.mvtecCategory("bottle");
    Splits whole = read("mvtec-ad", SplitRequest.all());
    Splits one = Datasets.layout("mvtec-ad").read(root.resolve("bottle"), SplitRequest.all());
    assertEquals(whole.manifestHash(), one.manifestHash());
  }

  @Test
  void leftovers_letter_case_and_links_are_handled() throws IOException {
    mini.images("outside", "000.PNG", "001.PNG", "002.PNG")
        .images("set/bottle/Test/good", "000.PNG")
        .images("set/bottle/Test/crack", "000.Png")
        .masks("set/bottle/ground_truth/crack", 255, "000_mask.PNG")
        .bytes("set/bottle/Test/good/._000.PNG", new byte[] {0, 5, 22, 7})
        .text("set/bottle/Test/good/Thumbs.db", "x")
        .text("set/.DS_Store", "x")
        .text("set/bottle/readme.txt", "x")
        .text("set/__MACOSX/bottle/train/good/000.png", "x");
    Files.createDirectories(root.resolve("set/bottle/train"));
    Files.createSymbolicLink(root.resolve("set/bottle/train/good"), root.resolve("outside"));
    Splits splits = Datasets.layout("mvtec-ad").read(root.resolve("set"), SplitRequest.all());
    assertEquals(3, splits.train().size());
    assertEquals(2, splits.test().size());
  }

  @Test
  void mvtec_loco_has_several_masks_and_their_saturation() {
    mini.images("pushpins/train/good", "000.png")
        .images("pushpins/validation/good", "000.png")
        .images("pushpins/test/good", "000.png")
        .images("pushpins/test/logical_anomalies", "000.png")
        .images("pushpins/test/structural_anomalies", "000.png")
        .masks("pushpins/ground_truth/logical_anomalies/000", 255, "000.png")
        .masks("pushpins/ground_truth/logical_anomalies/000", 254, "001.png")
        .masks("pushpins/ground_truth/structural_anomalies/000", 253, "000.png")
        .text(
            "pushpins/defects_config.json",
            "[{'defect_name':'a','pixel_value':255,'saturation_threshold':7,'relative_saturation':false},{'defect_name':'b','pixel_value':254,'saturation_threshold':1.0,'relative_saturation':true}]"
                .replace('\'', '"'));
    Splits splits = read("mvtec-loco", SplitRequest.all());
    assertEquals(1, splits.train().size());
    assertEquals(3, splits.test().size());
    Sample logical =
        splits.test().stream()
            .filter(s -> s.defect().equals("logical_anomalies"))
            .findFirst()
            .get();
    assertEquals(2, logical.masks().size());
    List<LocoDefect> defects = LocoDefect.of(logical);
    assertEquals("a", defects.get(0).name());
    assertEquals(7, defects.get(0).saturation());
    assertFalse(defects.get(0).relative());
    assertTrue(defects.get(1).relative());
  }

  @Test
  void visa_is_read_by_its_split_file() {
    mini.images("candle/Data/Images/Normal", "0000.JPG", "0001.JPG")
        .images("candle/Data/Images/Anomaly", "000.JPG")
        .masks("candle/Data/Masks/Anomaly", 3, "000.png")
        .text(
            "split_csv/1cls.csv",
            """
            object,split,label,image,mask
            candle,train,normal,candle/Data/Images/Normal/0000.JPG,
            candle,test,normal,candle/Data/Images/Normal/0001.JPG,
            candle,test,anomaly,candle/Data/Images/Anomaly/000.JPG,candle/Data/Masks/Anomaly/000.png
            """);
    Splits splits = read("visa", SplitRequest.all());
    assertEquals("candle/Data/Images/Normal/0000.JPG", splits.train().get(0).path());
    assertEquals(2, splits.test().size());
    assertTrue(splits.test().get(0).anomalous());
    Mask mask = MaskReader.load(splits.test().get(0), ImageSize.whole(6), 6, MaskRule.ORIGINAL);
    assertTrue(mask.anomalous()[3 * 6 + 2], "a defect number marks as 255 does");
  }

  @Test
  void visa_rearranged_into_folders_is_read_too() {
    mini.images("candle/train/good", "0.JPG")
        .images("candle/test/good", "1.JPG")
        .images("candle/test/bad", "2.JPG")
        .masks("candle/ground_truth/bad", 255, "2.png");
    assertEquals(2, read("visa", SplitRequest.all()).test().size());
  }

  @Test
  void real_iad_is_read_by_its_lists_and_groups_five_views() {
    StringBuilder test = new StringBuilder();
    for (int view = 1; view <= 5; view++) {
      String stem = "NG/QS/S0002/usb_0002_NG_QS_C" + view + "_2023";
      mini.images("realiad_1024/usb", stem + ".jpg");
      boolean seen = view > 2;
      if (seen) {
        mini.masks("realiad_1024/usb", 255, stem + ".png");
      }
      test.append(view > 1 ? "," : "")
          .append("{'anomaly_class':'" + (seen ? "QS" : "OK") + "','image_path':'" + stem)
          .append(".jpg','mask_path':" + (seen ? "'" + stem + ".png'" : "null") + "}");
    }
    mini.images("realiad_1024/usb", "OK/S0001/usb_0001_OK_C1_2023.jpg")
        .text(
            "realiad_jsons/realiad_jsons/usb.json",
            ("{'meta':{'prefix':'usb/','normal_class':'OK'},'train':[{'anomaly_class':'OK',"
                    + "'image_path':'OK/S0001/usb_0001_OK_C1_2023.jpg','mask_path':null}],'test':["
                    + test
                    + "]}")
                .replace('\'', '"'));
    Splits splits = read("real-iad", SplitRequest.all());
    assertEquals("usb/OK/S0001/usb_0001_OK_C1_2023.jpg", splits.train().get(0).path());
    assertEquals(5, splits.test().size());
    assertEquals(3, splits.test().stream().filter(Sample::anomalous).count());
    DatasetLayout layout = Datasets.layout("real-iad");
    assertEquals(
        Set.of("usb/NG/QS/S0002"),
        Set.copyOf(splits.test().stream().map(s -> layout.group(s.path())).toList()));
  }

  @Test
  void cifar_10_is_read_from_its_binary_files() {
    for (int batch = 1; batch <= 5; batch++) {
      mini.cifar("cifar-10-batches-bin/data_batch_" + batch + ".bin", 1, 10, 20);
    }
    mini.cifar("cifar-10-batches-bin/test_batch.bin", 1, 10, 10);
    Splits splits =
        read("cifar-10", SplitRequest.normalClasses(SemanticSplits.of("cifar-10", "A")));
    assertEquals(50, splits.train().size());
    assertEquals(10, splits.test().size());
    assertEquals("airplane", splits.train().get(0).category());
    assertEquals("data_batch_1/00000", splits.train().get(0).path());
    assertEquals(5, splits.test().stream().filter(Sample::anomalous).count());
    Rgb8 third = ImageReader.decode(splits.test().get(2).image());
    assertEquals(32, third.width());
    assertArrayEquals(
        new byte[] {12, 22, 32},
        new byte[] {third.pixels()[0], third.pixels()[1], third.pixels()[2]},
        "planes become pixels");
  }

  @Test
  void cifar_10_as_class_folders_reads_too() {
    mini.images("train/airplane", "1.jpg").images("train/cat", "1.jpg");
    mini.images("test/airplane", "1.jpg").images("test/cat", "1.jpg");
    Splits splits = read("cifar-10", SplitRequest.normalClasses(Set.of("cat")));
    assertEquals("train/cat/1.jpg", splits.train().get(0).path());
    assertEquals(2, splits.test().size());
  }

  @Test
  void cifar_100_has_its_twenty_coarse_classes() {
    mini.cifar("cifar-100-binary/train.bin", 2, 20, 40)
        .cifar("cifar-100-binary/test.bin", 2, 20, 20);
    Splits splits =
        read("cifar-100", SplitRequest.normalClasses(SemanticSplits.of("cifar-100", "D")));
    assertEquals(20, splits.train().size());
    assertEquals(10, splits.test().stream().filter(Sample::anomalous).count());
    assertEquals("fish", splits.train().get(0).category());
  }

  @Test
  void fashion_mnist_is_read_packed_and_unpacked() throws IOException {
    mini.idx("train", 20).idx("t10k", 10);
    Splits splits =
        read("fashion-mnist", SplitRequest.normalClasses(SemanticSplits.of("fashion-mnist", "B")));
    assertEquals(10, splits.train().size());
    assertEquals("train/00005", splits.train().get(0).path());
    assertEquals("5", splits.train().get(0).category());
    Rgb8 image = ImageReader.decode(splits.test().get(1).image());
    assertEquals(3, image.width());
    assertEquals(image.pixels()[0], image.pixels()[2], "grey fills all three bands");
  }

  @Test
  void view_is_read_with_its_repeated_folders() {
    mini.images("seg_train/seg_train/sea", "1.jpg", "2.jpg")
        .images("seg_train/seg_train/street", "1.jpg")
        .images("seg_test/seg_test/sea", "3.jpg")
        .images("seg_test/seg_test/street", "4.jpg")
        .images("seg_pred/seg_pred", "5.jpg");
    Splits splits = read("view", SplitRequest.normalClasses(Set.of("sea")));
    assertEquals("seg_train/sea/1.jpg", splits.train().get(0).path());
    assertEquals(2, splits.test().size());
    assertEquals("street", splits.test().get(1).defect());
  }

  @Test
  void plain_folders_tell_normal_from_defect_by_name() {
    mini.images("mine/normal/monday", "a.png")
        .images("mine/normal", "b.png")
        .images("mine/test/OK", "c.png")
        .images("mine/test/dent", "d.png");
    Splits splits = Datasets.layout("folders").read(root.resolve("mine"), SplitRequest.all());
    assertEquals(
        List.of("mine/normal/b.png", "mine/normal/monday/a.png"),
        splits.train().stream().map(Sample::path).toList());
    assertEquals(List.of("good", "dent"), splits.test().stream().map(Sample::defect).toList());
    assertTrue(splits.test().get(1).masks().isEmpty());
  }

  @Test
  void class_folders_may_have_classes_to_test_only() {
    mini.images("train/oak", "1.png")
        .images("test/oak", "1.png", "2.png")
        .images("test/elm", "1.png");
    Splits splits = read("class-folders", SplitRequest.normalClasses(Set.of("oak")));
    assertEquals(3, splits.test().size());
    assertEquals("elm", splits.test().get(0).defect());
  }

  @Test
  void the_built_in_fashion_mnist_is_balanced() {
    Inspection inspection = Datasets.layout("builtin:fashion-mnist-small").inspect(root);
    assertEquals(List.of(), inspection.problems());
    assertEquals(10, inspection.counts().size());
    for (int label = 0; label < 10; label++) {
      assertEquals(new Count(String.valueOf(label), 200, 200, 0), inspection.counts().get(label));
    }
  }

  /** The hash was computed apart from Dyad: src/test/recipes/data_manifest.py. */
  @Test
  void the_built_in_fashion_mnist_has_known_bytes() {
    Splits splits =
        read(
            "builtin:fashion-mnist-small",
            SplitRequest.normalClasses(SemanticSplits.of("builtin:fashion-mnist-small", "A")));
    assertEquals(1000, splits.train().size());
    assertEquals(2000, splits.test().size());
    assertEquals(
        "4ee011b12929e9ac51ffd836680b92e12f0070300b00cf154f319d481254cd53", splits.manifestHash());
  }

  @Test
  void made_parts_are_drawn_once_and_repaired() throws IOException {
    DatasetLayout layout = new BuiltinMadeParts(new MadeParts.Amount(8, 2, 1));
    Splits drawn = layout.read(root.resolve("cache"), SplitRequest.all());
    assertEquals(16, drawn.train().size());
    assertEquals(12, drawn.test().size());
    Path image =
        root.resolve("cache/made-parts-" + MadeParts.VERSION + "/weave/train/good/007.png");
    var time = Files.getLastModifiedTime(image);
    assertEquals(
        drawn.manifestHash(),
        layout.read(root.resolve("cache"), SplitRequest.all()).manifestHash());
    assertEquals(time, Files.getLastModifiedTime(image), "drawn files are used again");
    Files.delete(image);
    assertEquals(
        drawn.manifestHash(),
        layout.read(root.resolve("cache"), SplitRequest.all()).manifestHash());
    try (var left = Files.list(root.resolve("cache"))) {
      assertEquals(1, left.count(), "nothing is left beside");
    }
  }

  private Splits read(String id, SplitRequest request) {
    return Datasets.layout(id).read(root, request);
  }

  private List<String> notesOf(String id) {
    return Datasets.layout(id).inspect(root).notes();
  }
}
