"""Goldens of anomaly maps and scores: PyTorch 1.13.1, NumPy 1.24.2, Python 3.11.

    /usr/bin/python3 src/test/recipes/anomaly_map_goldens.py src/test/resources/goldens/anomaly

anomaly-map-4x6.safetensors: B 2, grid 4×6 of 14 px (56×84 px); anomaly-map-5x5.safetensors: B 1, grid 5×5 of 8 px.
  teacher_group1, teacher_group2, student_group1, student_group2   (B, N, D) patch features; D 10
  distance1, distance2         (B, h, w), 1 − cos per patch
  input_map                    (B, H, W), both enlarged with align_corners = true, then their mean
  map64, map64_unsmoothed      (B, 64, 64), the map at size 64 after and before the Gaussian
  map256_rows                  (B, 6, 256), rows 0, 1, 2, 100, 254, 255 of the map at 256
  decoder_score64, decoder_score256   (B), s_D: mean of the 40 (of 4,096) and of the 655 (of 65,536) largest pixels
  decoder_loss                 (B), L_D of Eq. (1) of the same features
  gaussian                     (5, 5), σ 4, sum 1
Image 0 has one patch that disagrees much, and one that agrees exactly. The map is square whatever the image's shape.
Computed by reference.py in float64 from float32 features, stored as float32. Tolerance of the tests: 1e-6 absolute
(distances lie in [0, 2]); PyTorch in float32 is `float32_error` away (metadata), at most 5e-7.
"""

import pathlib
import sys

import numpy as np
import torch

import reference as ref
import safetensors_file
from small_case import Draw

RECIPE = "src/test/recipes/anomaly_map_goldens.py"
ROWS = [0, 1, 2, 100, 254, 255]
WIDTH = 10


def compute(teacher, student, geometry):
    small = ref.anomaly_map(teacher, student, geometry, size=64)
    large = ref.anomaly_map(teacher, student, geometry, size=256)
    return {
        "distance1": small.distances[0],
        "distance2": small.distances[1],
        "input_map": small.input_map,
        "map64": small.smoothed,
        "map64_unsmoothed": small.resized,
        "map256_rows": large.smoothed[:, ROWS],
        "decoder_score64": ref.decoder_score(small.smoothed),
        "decoder_score256": ref.decoder_score(large.smoothed),
        "decoder_loss": ref.decoder_loss(teacher, student, ref.Assumptions(hard_mining=False)),
    }


def golden(path, batch, geometry, seed):
    draw = Draw(seed)
    patches = geometry.grid_height * geometry.grid_width
    teacher = [draw(batch, patches, WIDTH) for _ in range(2)]
    student = [(t + draw(batch, patches, WIDTH, std=0.4)).float().double() for t in teacher]
    for t, s in zip(teacher, student):
        s[0, 1] = -t[0, 1]
        s[0, patches - 1] = t[0, patches - 1]
    tensors = {}
    for name, groups in (("teacher", teacher), ("student", student)):
        tensors.update({f"{name}_group{i}": g for i, g in enumerate(groups, 1)})
    exact = compute(teacher, student, geometry)
    single = compute([t.float() for t in teacher], [s.float() for s in student], geometry)
    error = max((single[n].double() - exact[n]).abs().max().item() for n in exact)
    tensors.update(exact)
    tensors["gaussian"] = ref.gaussian_kernel()
    safetensors_file.write(
        path,
        {n: t.numpy().astype(np.float32) for n, t in tensors.items()},
        {
            "recipe": RECIPE,
            "assumptions": "s_D=top-1 % of map",
            "grid_height": geometry.grid_height,
            "grid_width": geometry.grid_width,
            "patch": geometry.patch,
            "float32_error": f"{error:.1e}",
        },
    )
    print(path.name, f"s_D {exact['decoder_score256'].tolist()}, float32 error {error:.1e}")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    wide = ref.Geometry(heads=1, registers=0, grid_height=4, grid_width=6, patch=14)
    golden(folder / "anomaly-map-4x6.safetensors", 2, wide, 80)
    square = ref.Geometry(heads=1, registers=0, grid_height=5, grid_width=5, patch=8)
    golden(folder / "anomaly-map-5x5.safetensors", 1, square, 81)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
