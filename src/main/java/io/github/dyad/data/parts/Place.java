package io.github.dyad.data.parts;

/** Where the middle of a scratch or stain comes to lie. */
record Place(double x, double y) {

  /**
   * @param reachX largest distance from the part's middle across
   * @param reachY likewise down
   * @param clear least distance from the part's middle
   */
  static Place random(double reachX, double reachY, double clear, Random64 random) {
    Place place;
    do {
      place = new Place(random.between(-reachX, reachX), random.between(-reachY, reachY));
    } while (place.x * place.x + place.y * place.y < clear * clear);
    return place;
  }
}
