package io.github.dyad.data.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Draws two categories in MVTec's layout: {@code weave}, a texture, and {@code bracket}, an object.
 * Every image differs in pose, light, material and noise; test images have one of four {@link
 * Defect}s, and some of each kind are hard to see: faint scratches and stains, small shifts, a
 * single missing dot. So no method can be expected to tell all apart.
 */
public final class MadeParts {

  /** Side of the square images. */
  public static final int SIDE = 96;

  /** Changes whenever the pictures do. */
  public static final int VERSION = 3;

  /**
   * Images of each category.
   *
   * @param train normal images for training
   * @param good normal images for testing
   * @param defective test images of each of the four defects
   */
  public record Amount(int train, int good, int defective) {
    /** 120 for training, 80 for testing. */
    public static final Amount STANDARD = new Amount(120, 40, 10);

    /** Images and masks of both categories. */
    public int files() {
      return 2 * (train + good + 2 * Defect.values().length * defective);
    }
  }

  /** Of each kind of defect, every so manieth image is hard. */
  private static final int HARD_EVERY = 5;

  private enum Category {
    WEAVE(0.04, 48),
    BRACKET(0.06, 2);

    final double turn;
    final double shift;

    Category(double turn, double shift) {
      this.turn = turn;
      this.shift = shift;
    }

    String folder() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private MadeParts() {}

  /**
   * Writes the images under {@code root}, as {@code <category>/{train/good, test/<defect>,
   * ground_truth/<defect>/NNN_mask.png}}.
   */
  public static void generate(Path root, long seed, Amount amount) throws IOException {
    for (Category category : Category.values()) {
      Path folder = root.resolve(category.folder());
      good(category, folder.resolve("train/good"), "train", seed, amount.train());
      good(category, folder.resolve("test/good"), "test", seed, amount.good());
      for (Defect defect : Defect.values()) {
        defective(category, defect, folder, seed, amount.defective());
      }
    }
  }

  private static void good(Category category, Path folder, String part, long seed, int count)
      throws IOException {
    Files.createDirectories(folder);
    each(
        count,
        i -> {
          Random64 random = Random64.of(seed, category + "/" + part + "/" + i);
          Surface surface =
              category == Category.WEAVE ? Weave.sound(random) : Bracket.sound(random);
          Camera camera = new Camera(SIDE, category.turn, category.shift, random);
          write(folder, i, "", 3, camera.image(surface));
        });
  }

  private static void defective(Category category, Defect defect, Path folder, long seed, int count)
      throws IOException {
    Path images = Files.createDirectories(folder.resolve("test").resolve(defect.folder()));
    Path masks = Files.createDirectories(folder.resolve("ground_truth").resolve(defect.folder()));
    each(
        count,
        i -> {
          Random64 random = Random64.of(seed, category + "/" + defect + "/" + i);
          boolean hard = i % HARD_EVERY == HARD_EVERY - 1;
          Surface surface =
              category == Category.WEAVE
                  ? weave(defect, hard, random)
                  : bracket(defect, hard, random);
          // A cloth with a defect is not shifted out of the picture.
          double shift = category == Category.WEAVE ? 4 : category.shift;
          Camera camera = new Camera(SIDE, category.turn, shift, random);
          write(images, i, "", 3, camera.image(surface));
          write(masks, i, "_mask", 1, camera.mask(surface));
        });
  }

  private interface Drawing {
    void draw(int number) throws IOException;
  }

  /** Every image has random numbers of its own, so their order does not matter. */
  private static void each(int count, Drawing drawing) throws IOException {
    try {
      IntStream.range(0, count)
          .parallel()
          .forEach(
              i -> {
                try {
                  drawing.draw(i);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Surface weave(Defect defect, boolean hard, Random64 random) {
    Place place = Place.random(26, 26, 0, random);
    return switch (defect) {
      case SCRATCH -> Scratch.random(Weave.sound(random), place, hard ? 0.12 : 0.95, random);
      case STAIN -> Stain.random(Weave.sound(random), place, hard ? 0.08 : 0.85, random);
      case MISSING -> Weave.missing(random, place, hard ? 6 : random.between(18, 30));
      case MISPLACED -> Weave.misplaced(random, place, hard ? 1.5 : random.between(8, 11));
    };
  }

  private static Surface bracket(Defect defect, boolean hard, Random64 random) {
    Place place = Place.random(27, 19, 15, random); // on the plate, beside the bore
    return switch (defect) {
      case SCRATCH -> Scratch.random(Bracket.sound(random), place, hard ? 0.30 : 0.95, random);
      case STAIN -> Stain.random(Bracket.sound(random), place, hard ? 0.20 : 0.85, random);
      case MISSING -> Bracket.missing(random, hard);
      case MISPLACED -> Bracket.misplaced(random, hard ? 3 : random.between(8, 11));
    };
  }

  private static void write(Path folder, int number, String suffix, int bands, byte[] pixels)
      throws IOException {
    String name = String.format(Locale.ROOT, "%03d%s.png", number, suffix);
    Files.write(folder.resolve(name), PlainPng.bytes(SIDE, SIDE, bands, pixels));
  }
}
