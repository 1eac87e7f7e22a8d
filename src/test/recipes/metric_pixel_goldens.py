"""Goldens of pixel metrics: scikit-learn 1.2.1, scikit-image 0.19.3, NumPy 1.24.2, Python 3.11.

    /usr/bin/python3 src/test/recipes/metric_pixel_goldens.py src/test/resources/goldens/metric

Writes pixel_maps.f32 (all cases after one another, little-endian), pixel_masks.u8 (one byte a pixel),
pixel_metrics.csv (one line a case: shape, place of its first pixel, metrics), pixel_defects.u8 and
pixel_defects.csv (MVTec-LOCO: one mask and saturation a defect).

Curves are taken here the plain way: at every distinct score the false-positive rate and the overlap
of each region are counted by binary search in that region's own scores, so nothing is summed up
along the curve as the Java code does. Dinomaly's AUPRO thresholds whole maps 200 times.
Tolerance of the tests: 1e-6; seen: below 1e-12.
"""

import csv
import pathlib
import sys

import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.measure import label, regionprops
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

LIMITS = (0.3, 0.05, 1.0)


def blobs(rng, n, h, w, share):
    masks = np.zeros((n, h, w), bool)
    for i in range(n // 2, n):
        field = gaussian_filter(rng.normal(size=(h, w)), 1.5)
        masks[i] = field > np.quantile(field, 1 - share)
    return masks


def cases(rng):
    n, h, w = 6, 30, 41
    masks = blobs(rng, n, h, w, 0.08)
    noise = gaussian_filter(rng.normal(size=(n, h, w)), (0, 1, 1)) * 2
    maps = noise + 1.2 * gaussian_filter(masks.astype(float), (0, 1, 1))
    yield "distinct", maps, masks
    yield "one_decimal", np.round(maps, 1), masks
    yield "sixteen_bit", np.round((maps - maps.min()) / np.ptp(maps) * 65535), masks
    yield "overshadowed", maps - 2.0 * masks, masks
    yield "nearly_perfect", maps + 5.0 * masks, masks
    yield "tiny_scores", np.exp(8 * maps) * 1e-30, masks
    # chequered and diagonal regions that only corners join, at every border
    chequer = np.zeros((2, 24, 24), bool)
    chequer[1] = (np.add.outer(np.arange(24), np.arange(24)) % 2 == 0) & (
        np.add.outer(np.arange(24) // 5, np.arange(24) // 5) % 2 == 0
    )
    yield "chequered", rng.integers(0, 50, size=chequer.shape) + 9 * chequer, chequer
    whole = np.zeros((3, 9, 7), bool)
    whole[2] = True
    yield "whole_image", rng.random(whole.shape) + 0.3 * whole, whole


def area_up_to(x, y, limit):
    """Polyline through (0, 0), (x, y) in order of falling threshold, cut at the limit, over the limit."""
    x, y = np.concatenate([[0.0], x]), np.concatenate([[0.0], y])
    area = 0.0
    for x0, x1, y0, y1 in zip(x[:-1], x[1:], y[:-1], y[1:]):
        if x0 >= limit:
            break
        if x1 > limit:
            y1 = y0 + (y1 - y0) * (limit - x0) / (x1 - x0)
            x1 = limit
        area += (x1 - x0) * (y0 + y1) / 2
    return area / limit


def at_least(sorted_scores, thresholds):
    return len(sorted_scores) - np.searchsorted(sorted_scores, thresholds, side="left")


def overlap_curve(maps, anomalous, regions, saturations):
    thresholds = np.unique(maps)[::-1]
    normal = np.sort(maps[~anomalous])
    x = at_least(normal, thresholds) / len(normal)
    y = np.mean(
        [np.minimum(at_least(np.sort(r), thresholds) / s, 1.0) for r, s in zip(regions, saturations)],
        axis=0,
    )
    return x, y


def dinomaly(maps, masks, limit=0.3, count=200):
    low, high = float(maps.min()), float(maps.max())
    labels = [label(m, connectivity=2) for m in masks]
    x, y = [], []
    for i in range(count):
        above = maps > low + i * ((high - low) / count)
        shares = [a[l == r.label].sum() / r.area for a, l in zip(above, labels) for r in regionprops(l)]
        fpr = above[~masks].sum() / (~masks).sum()
        if fpr < limit:
            x.append(fpr)
            y.append(np.mean(shares))
    x, y = np.array(x[::-1]), np.array(y[::-1])
    return "" if len(x) == 0 or x.max() == 0 else repr(float(np.trapz(y, x / x.max())))


def loco_defects(rng, masks):
    """Two overlapping defects an image: the upper and the lower two thirds of its mask's rows."""
    for i in np.flatnonzero(masks.any(axis=(1, 2))):
        rows = np.flatnonzero(masks[i].any(axis=1))
        for first, last in ((0, 2), (1, 3)):
            part = np.zeros_like(masks[i])
            part[rows[first * len(rows) // 3] : rows[(last * len(rows) - 1) // 3] + 1] = True
            part &= masks[i]
            yield i, part, max(1, int(part.sum() * rng.choice([0.2, 0.5, 1.0])))


def main(folder):
    rng = np.random.default_rng(20240502)
    metric_rows, defect_rows, at, defect_at = [], [], 0, 0
    with open(folder / "pixel_maps.f32", "wb") as map_file, open(
        folder / "pixel_masks.u8", "wb"
    ) as mask_file, open(folder / "pixel_defects.u8", "wb") as defect_file:
        for name, maps, masks in cases(rng):
            maps = maps.astype("<f4")
            truth, scores = masks.ravel(), maps.ravel()
            precision, recall, _ = precision_recall_curve(truth, scores)
            total = np.where(precision + recall > 0, precision + recall, 1)
            f1 = np.max(2 * precision * recall / total)
            counts = [(masks & (maps >= t)).sum() / (masks | (maps >= t)).sum() for t in np.unique(maps)]
            labels = [label(m, connectivity=2) for m in masks]
            regions = [a[l == k] for a, l in zip(maps, labels) for k in range(1, l.max() + 1)]
            pro = overlap_curve(maps, masks, regions, [len(r) for r in regions])
            defects = list(loco_defects(rng, masks))
            spro = overlap_curve(maps, masks, [maps[i][d] for i, d, _ in defects], [s for _, _, s in defects])
            metric_rows.append(
                [name, *maps.shape, at]
                + [repr(float(v)) for v in (roc_auc_score(truth, scores), average_precision_score(truth, scores), f1, max(counts))]
                + [repr(float(area_up_to(*curve, limit))) for curve in (pro, spro) for limit in LIMITS]
                + [dinomaly(maps, masks)]
            )
            for i, part, saturation in defects:
                defect_rows.append([name, i, defect_at, saturation])
                defect_file.write(part.astype("u1").tobytes())
                defect_at += part.size
            map_file.write(maps.tobytes())
            mask_file.write(masks.astype("u1").tobytes())
            at += maps.size
    header = "case,maps,height,width,offset,auroc,ap,f1_max,iou_max".split(",")
    header += [f"{curve}_{limit}" for curve in ("aupro", "spro") for limit in LIMITS] + ["aupro_dinomaly"]
    for file, rows in (
        ("pixel_metrics.csv", [header] + metric_rows),
        ("pixel_defects.csv", [["case", "map", "offset", "saturation"]] + defect_rows),
    ):
        with open(folder / file, "w", newline="") as f:
            csv.writer(f, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
