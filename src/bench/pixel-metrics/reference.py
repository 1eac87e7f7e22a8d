"""Times scikit-learn plus a vectorised exact AUPRO in NumPy on maps and masks, which it also makes.

    /usr/bin/python3 src/bench/pixel-metrics/reference.py FOLDER

Writes FOLDER/maps.f32 (200 maps of 256×256) and FOLDER/masks.u8, then prints one line a metric,
"name value seconds", and the sum. Everything starts from arrays in memory; regions are labelled by
SciPy (8 neighbours). This is what a careful NumPy user does: one sort for AUPRO, not a loop over
thresholds. Seconds are the process's time on its core: other work on the machine does not count.
"""

import pathlib
import sys
import time

import numpy as np
from scipy.ndimage import gaussian_filter, label
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score


def make(folder, n=200, size=256):
    rng = np.random.default_rng(7)
    maps = np.empty((n, size, size), "<f4")
    masks = np.zeros((n, size, size), np.uint8)
    for i in range(n):
        field = gaussian_filter(rng.normal(size=(size, size)), 4)
        maps[i] = 0.15 + 0.4 * field + 0.02 * rng.random()
        if i % 2:
            blob = gaussian_filter(rng.normal(size=(size, size)), 12)
            masks[i] = blob > np.quantile(blob, 0.96)
            maps[i] += 0.06 * gaussian_filter(masks[i].astype(float), 3)
    maps = np.clip(maps, 1e-4, 2)
    maps.tofile(folder / "maps.f32")
    masks.tofile(folder / "masks.u8")
    return maps, masks.astype(bool)


def f1_max(truth, scores):
    precision, recall, _ = precision_recall_curve(truth, scores)
    return np.max(2 * precision * recall / np.maximum(precision + recall, 1e-300))


def aupro(maps, masks, limit=0.3):
    weights = np.zeros(maps.shape)
    regions = 0
    for i, mask in enumerate(masks):
        if mask.any():
            labels, count = label(mask, structure=np.ones((3, 3)))
            size = np.bincount(labels.ravel())
            size[0] = 0
            weights[i] = np.divide(1.0, size, out=np.zeros(len(size)), where=size > 0)[labels]
            regions += count
    order = np.argsort(maps.ravel())[::-1]
    scores = maps.ravel()[order]
    last = np.append(np.diff(scores) != 0, True)
    x = np.cumsum(~masks.ravel()[order])[last] / np.sum(~masks)
    y = np.cumsum(weights.ravel()[order])[last] / regions
    x, y = np.concatenate([[0], x]), np.concatenate([[0], y])
    cut = np.searchsorted(x, limit, side="right")
    at_limit = y[cut - 1] + (y[cut] - y[cut - 1]) * (limit - x[cut - 1]) / (x[cut] - x[cut - 1])
    return np.trapz(np.append(y[:cut], at_limit), np.append(x[:cut], limit)) / limit


def main(folder):
    maps, masks = make(folder)
    truth, scores = masks.ravel(), maps.ravel()
    total = 0.0
    for name, metric in (
        ("pixel_auroc", lambda: roc_auc_score(truth, scores)),
        ("pixel_ap", lambda: average_precision_score(truth, scores)),
        ("pixel_f1_max", lambda: f1_max(truth, scores)),
        ("aupro", lambda: aupro(maps, masks)),
    ):
        best, value = np.inf, None
        for _ in range(3):
            start = time.process_time()
            value = metric()
            best = min(best, time.process_time() - start)
        total += best
        print(f"{name} {value:.10f} {best:.3f}")
    print(f"all {total:.3f}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
