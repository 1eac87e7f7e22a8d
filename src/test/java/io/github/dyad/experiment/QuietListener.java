package io.github.dyad.experiment;

import java.util.ArrayList;
import java.util.List;

/** Remembers what tests ask for. */
public class QuietListener implements RunListener {
  public int missingRows;
  public int missingTrainings;
  public long plannedWork;
  public long work;
  public final List<String> waitedFor = new ArrayList<>();

  @Override
  public void planned(int trials, int rows, int missingRows, int missingTrainings, long work) {
    this.missingRows = missingRows;
    this.missingTrainings = missingTrainings;
    this.plannedWork = work;
  }

  @Override
  public void worked(long units) {
    work += units;
  }

  @Override
  public void heldElsewhere(String label, boolean waiting) {
    if (waiting) {
      waitedFor.add(label);
    }
  }
}
