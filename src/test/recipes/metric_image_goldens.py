"""Goldens of image metrics: scikit-learn 1.2.1, NumPy 1.24.2, Python 3.11.

    /usr/bin/python3 src/test/recipes/metric_image_goldens.py src/test/resources/goldens/metric

Writes image_scores.csv (case,score,label) and image_metrics.csv (case,auroc,ap,f1_max).
Tolerance of the tests: 1e-9. Both sides sum a few thousand float64 terms of at most 1.
"""

import csv
import pathlib
import sys

import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score


def cases(rng):
    def labels(n, share):
        y = (rng.random(n) < share).astype(int)
        y[:2] = 0, 1
        return y

    y = labels(400, 0.3)
    yield "distinct", rng.normal(size=400) + y, y
    yield "ties_one_decimal", np.round(rng.normal(size=400) + y, 1), y
    yield "ties_integers", np.round(rng.normal(size=400) + y), y
    yield "two_values", (rng.normal(size=400) + y > 0.5).astype(float), y
    yield "all_equal", np.full(400, 0.25), y
    yield "perfect", rng.random(400) + y, y
    yield "inverted", rng.random(400) - y, y
    y = labels(500, 0.01)
    yield "rare_anomalies", np.round(rng.normal(size=500) + y, 2), y
    y = labels(500, 0.99)
    yield "rare_normals", np.round(rng.normal(size=500) + y, 2), y
    y = labels(300, 0.5)
    yield "tiny_and_huge", (rng.normal(size=300) + y) * 10.0 ** rng.integers(-300, 300, size=300), y
    yield "neighbouring_doubles", 1.0 + rng.integers(0, 40, size=300) * np.finfo(float).eps + y * 0, y
    yield "signed_zeros", rng.choice([-0.0, 0.0, 1.0], size=300), y
    yield "pair", np.array([0.5, 0.25]), np.array([0, 1])


def f1_max(y, s):
    precision, recall, _ = precision_recall_curve(y, s)
    total = precision + recall
    return np.max(np.where(total > 0, 2 * precision * recall / np.where(total > 0, total, 1), 0.0))


def main(folder):
    with open(folder / "image_scores.csv", "w", newline="") as f, open(
        folder / "image_metrics.csv", "w", newline=""
    ) as g:
        scores = csv.writer(f, lineterminator="\n")
        metrics = csv.writer(g, lineterminator="\n")
        scores.writerow(["case", "score", "label"])
        metrics.writerow(["case", "auroc", "ap", "f1_max"])
        for name, s, y in cases(np.random.default_rng(20240501)):
            scores.writerows([name, repr(float(a)), int(b)] for a, b in zip(s, y))
            metrics.writerow(
                [name]
                + [repr(float(v)) for v in (roc_auc_score(y, s), average_precision_score(y, s), f1_max(y, s))]
            )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
