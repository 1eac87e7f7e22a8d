package io.github.dyad.data.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dyad.InputException;
import io.github.dyad.data.DatasetCheck;
import io.github.dyad.data.DatasetLayout;
import io.github.dyad.data.Datasets;
import io.github.dyad.data.SplitRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged copies: each is told by what, where and what to do. */
class DamageTest {
  @TempDir Path root;
  private Miniature mini;

  @BeforeEach
  void whole() {
    mini = new Miniature(root);
    mini.mvtecCategory("set/bottle").mvtecCategory("set/wood");
  }

  @Test
  void the_undamaged_copy_is_ready() {
    assertEquals(
        "ready: mvtec-ad with 6 training and 8 test images in 2 categories; see the notes above",
        check("mvtec-ad", "set").verdict());
  }

  @Test
  void a_root_that_is_not_there() {
    told("mvtec-ad", "gone", "there is no folder", "mvtec.com");
  }

  @Test
  void a_root_one_level_too_high() {
    told("mvtec-ad", "", "has no category", root.resolve("set") + " has: give that folder");
  }

  @Test
  void a_root_one_level_too_low() {
    told("mvtec-ad", "set/bottle/train", "you are inside one: give", "bottle");
  }

  @Test
  void an_archive_that_was_not_extracted() {
    mini.text("packed/mvtec_anomaly_detection.tar.xz", "x");
    told("mvtec-ad", "packed", "extract", "mvtec_anomaly_detection.tar.xz");
  }

  @Test
  void an_archive_given_as_root() {
    mini.text("bottle.tar.xz", "x");
    told("mvtec-ad", "bottle.tar.xz", "is a file", "extract it");
  }

  @Test
  void training_images_that_are_missing() throws IOException {
    delete("set/wood/train");
    told("mvtec-ad", "set", "set/wood/train is missing", "no training images of wood");
  }

  @Test
  void training_images_one_level_too_high() throws IOException {
    delete("set/wood/train");
    mini.images("set/wood/train", "000.png");
    told("mvtec-ad", "set", "train/good is missing", "holds 1 images, move them there");
  }

  @Test
  void ground_truth_that_is_missing() throws IOException {
    delete("set/bottle/ground_truth");
    told("mvtec-ad", "set", "set/bottle/ground_truth is missing", "copy it from the archive");
  }

  @Test
  void one_mask_that_is_missing() throws IOException {
    delete("set/bottle/ground_truth/crack/001_mask.png");
    told("mvtec-ad", "set", "ground_truth/crack", "no mask for 1 of 2 images (001.png)");
  }

  @Test
  void normal_test_images_that_are_missing() throws IOException {
    delete("set/bottle/test/good");
    told("mvtec-ad", "set", "set/bottle/test/good is missing");
  }

  @Test
  void test_images_outside_of_any_defect() {
    mini.images("set/bottle/test", "loose.png");
    told("mvtec-ad", "set", "1 images lie directly in it", "named by the defect");
  }

  @Test
  void an_empty_defect_folder() throws IOException {
    Files.createDirectories(root.resolve("set/bottle/test/empty"));
    told("mvtec-ad", "set", "test/empty holds no images");
  }

  @Test
  void a_link_to_nothing() throws IOException {
    Files.createSymbolicLink(
        root.resolve("set/bottle/train/good/003.png"), root.resolve("nowhere.png"));
    told("mvtec-ad", "set", "1 symbolic links lead to nothing (003.png)");
  }

  @Test
  void an_image_that_cannot_be_read() throws IOException {
    Path image = root.resolve("set/wood/test/good/001.png");
    byte[] whole = Files.readAllBytes(image);
    Files.write(image, Arrays.copyOf(whole, whole.length / 2));
    DatasetCheck check = check("mvtec-ad", "set");
    assertTrue(check.verdict().startsWith("not ready: " + image + ": "), check.verdict());
    assertTrue(check.verdict().contains("copy it again"), check.verdict());
  }

  @Test
  void stray_files_are_noted_and_do_no_harm() {
    mini.text("set/wood/test/good/notes.docx", "x");
    DatasetCheck check = check("mvtec-ad", "set");
    assertTrue(check.isReady());
    assertTrue(
        check.notes().stream().anyMatch(note -> note.contains("1 files that are no images")),
        check.notes().toString());
  }

  @Test
  void a_category_that_was_not_asked_for_may_be_damaged() throws IOException {
    delete("set/wood/train");
    SplitRequest all = SplitRequest.all();
    var bottle =
        new SplitRequest(
            all.setting(), java.util.Set.of("bottle"), all.normalClasses(), 0, 0, 0, 0, 0);
    assertEquals(3, Datasets.layout("mvtec-ad").read(root.resolve("set"), bottle).train().size());
  }

  @Test
  void a_word_that_visa_does_not_know_in_its_split_file() {
    String header = "object,split,label,image,mask\n";
    mini.images("visa/candle", "0.JPG");
    mini.text("visa/split_csv/1cls.csv", header + "candle,trian,normal,candle/0.JPG,\n");
    told("visa", "visa", "1cls.csv:2: split is trian; expected train or test");
    mini.text("visa/split_csv/1cls.csv", header + "candle,train,nromal,candle/0.JPG,\n");
    told("visa", "visa", "1cls.csv:2: label is nromal; expected normal or anomaly");
  }

  @Test
  void a_config_of_mvtec_loco_that_is_cut_short() {
    mini.text("set/bottle/defects_config.json", "{");
    told("mvtec-loco", "set", "defects_config.json: cannot be read");
  }

  @Test
  void visa_without_its_split_file() {
    mini.images("visa/candle/Data/Images/Normal", "0000.JPG");
    told("visa", "visa", "split_csv/1cls.csv is missing");
  }

  @Test
  void a_split_file_that_names_files_outside() {
    mini.text(
        "visa/split_csv/1cls.csv",
        "object,split,label,image,mask\ncandle,train,normal,../../etc/passwd,\n");
    told("visa", "visa", "../../etc/passwd", "no file under it");
  }

  @Test
  void a_split_file_that_names_missing_files() {
    mini.text(
        "visa/split_csv/1cls.csv",
        "object,split,label,image,mask\ncandle,train,normal,candle/0.JPG,\n");
    told("visa", "visa", "candle: 1 of 1 files are missing", "candle/0.JPG");
  }

  @Test
  void real_iad_without_its_lists_or_with_broken_ones() {
    mini.images("iad/realiad_1024/usb", "OK/S0001/a.jpg");
    told("real-iad", "iad", "realiad_jsons is missing");
    mini.text("iad/realiad_jsons/usb.json", "{\"train\": [");
    told("real-iad", "iad", "usb.json is not JSON");
    mini.text("iad/realiad_jsons/usb.json", "{}");
    told("real-iad", "iad", "no lists \"train\" and \"test\"");
  }

  @Test
  void the_python_version_of_cifar() throws IOException {
    Files.createDirectories(root.resolve("c/cifar-10-batches-py"));
    told("cifar-10", "c", "Python version", "download the binary version");
  }

  @Test
  void a_cifar_file_cut_short() {
    for (int batch = 1; batch <= 5; batch++) {
      mini.cifar("c/data_batch_" + batch + ".bin", 1, 10, 2);
    }
    mini.bytes("c/test_batch.bin", new byte[5000]);
    told("cifar-10", "c", "test_batch.bin", "no whole number of records");
  }

  @Test
  void idx_files_that_are_missing_short_or_of_another_set() {
    mini.idx("f/t10k", 10);
    told("fashion-mnist", "f", "train-images-idx3-ubyte.gz is missing", "dyad data fashion-mnist");
    mini.idx("f/train", 10);
    mini.bytes("f/train-labels-idx1-ubyte.gz", Miniature.idxFile(new byte[9], 9));
    told("fashion-mnist", "f", "10 images and 9 labels");
    mini.bytes("f/train-labels-idx1-ubyte.gz", Miniature.idxFile(new byte[9], 10));
    told("fashion-mnist", "f", "less than the 10 values");
    mini.bytes("f/train-labels-idx1-ubyte.gz", new byte[] {0x1F, (byte) 0x8B, 8, 0});
    told("fashion-mnist", "f", "cut short or damaged");
    mini.bytes("f/train-labels-idx1-ubyte.gz", Miniature.idxFile(new byte[10], 1 << 30, 1 << 30));
    told("fashion-mnist", "f", "not an IDX file of 1 axes");
  }

  @Test
  void a_semantic_root_one_level_too_high() {
    mini.images("v/archive/seg_train/seg_train/sea", "1.jpg")
        .images("v/archive/seg_test/seg_test/sea", "1.jpg");
    told("view", "v", "seg_train is missing", "archive has it: give that folder");
  }

  /** Read and check tell the same in one line. */
  private void told(String id, String folder, String... parts) {
    DatasetCheck check = check(id, folder);
    DatasetLayout layout = Datasets.layout(id);
    InputException e =
        assertThrows(
            InputException.class, () -> layout.read(root.resolve(folder), SplitRequest.all()));
    for (String part : parts) {
      assertTrue(check.verdict().contains(part), check.verdict());
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
    assertTrue(check.verdict().startsWith("not ready: "), check.verdict());
    assertTrue(e.getMessage().startsWith(id + ": "), e.getMessage());
  }

  private DatasetCheck check(String id, String folder) {
    return DatasetCheck.run(Datasets.layout(id), root.resolve(folder), false, (done, all) -> {});
  }

  private void delete(String file) throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve(file))) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
