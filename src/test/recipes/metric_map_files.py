"""Small folders of map and mask files as Python writes them: Pillow 9.4, NumPy 1.24.2.

    /usr/bin/python3 src/test/recipes/metric_map_files.py src/test/resources/goldens/metric

Writes files/maps (crack/000.tiff float, crack/001.tif float deflated, good/000.tiff float,
good/001.tiff 16-bit of other sizes is avoided: 12×10 all) and files/masks in MVTec's naming, grey,
palette and 1-bit, and files/metrics.txt: the five lines that the command must print, by the functions
of metric_pixel_goldens.py.
"""

import pathlib
import sys

import numpy as np
from metric_pixel_goldens import LIMITS, area_up_to, dinomaly, overlap_curve
from PIL import Image
from skimage.measure import label
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score


def main(folder):
    rng = np.random.default_rng(3)
    folder = folder / "files"
    maps = np.round(rng.random((5, 10, 12)) * 900).astype("<f4")
    masks = np.zeros((5, 10, 12), bool)
    masks[0, 2:5, 3:9] = True
    masks[1, 6:9, 1:4] = masks[1, 0:2, 7:12] = True
    masks[2, 4:7, 4:7] = True
    maps += 300 * masks
    names = ["crack/000", "crack/001", "dent/000", "good/000", "good/001"]
    for i, name in enumerate(names):
        for kind in ("maps", "masks"):
            (folder / kind / name).parent.mkdir(parents=True, exist_ok=True)
        path = folder / "maps" / name
        if i == 1:
            Image.fromarray(maps[i]).save(f"{path}.tif", compression="tiff_adobe_deflate")
        elif i in (2, 3):
            Image.fromarray(maps[i].astype("<u2")).save(f"{path}.tiff")
        else:
            Image.fromarray(maps[i]).save(f"{path}.tiff")
        mask = Image.fromarray(masks[i].astype("u1") * 255)
        if i == 0:
            mask.save(folder / "masks" / f"{name}_mask.png")
        elif i == 1:
            mask.convert("1").save(folder / "masks" / f"{name}_mask.png")
        elif i == 2:
            mask.convert("RGB").save(folder / "masks" / f"{name}.PNG", "png")
    truth, scores = masks.ravel(), maps.ravel()
    precision, recall, _ = precision_recall_curve(truth, scores)
    f1 = np.max(2 * precision * recall / np.where(precision + recall > 0, precision + recall, 1))
    regions = [
        a[l == k] for a, l in zip(maps, [label(m, connectivity=2) for m in masks]) for k in range(1, l.max() + 1)
    ]
    curve = overlap_curve(maps, masks, regions, [len(r) for r in regions])
    (folder / "metrics.txt").write_text(
        f"pixel_auroc {roc_auc_score(truth, scores):.10f}\n"
        f"pixel_ap {average_precision_score(truth, scores):.10f}\n"
        f"pixel_f1_max {f1:.10f}\n"
        f"aupro {area_up_to(*curve, LIMITS[0]):.10f}\n"
        f"aupro_dinomaly {float(dinomaly(maps, masks)):.10f}\n"
    )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
