"""Position grids resampled by PyTorch, for PositionGridTest.

    /usr/bin/python3 src/test/recipes/teacher/positions.py src/test/resources/goldens/teacher/positions

Made with PyTorch 1.13.1 (CPU). Two grids of rows (h·w, 4), half rough (noise) and half smooth: 9x7, and
37x37 as DINOv2 has it. RULE.GRIDhxGRIDw.HxW.f32 is the grid at H x W patches. Tolerance 1e-5 on values
up to about 4 (4e-6 seen): a coordinate of up to 37 has an error of 2e-6 in float32, times the slope.
"""
import os
import sys

import torch
import torch.nn.functional as F

RULES = {
    "size": lambda x, h, w: F.interpolate(x, size=(h, w), mode="bicubic", align_corners=False),
    "antialias": lambda x, h, w: F.interpolate(
        x, size=(h, w), mode="bicubic", align_corners=False, antialias=True),
    "linear": lambda x, h, w: F.interpolate(x, size=(h, w), mode="bilinear", align_corners=False),
    "offset": lambda x, h, w: F.interpolate(
        x, scale_factor=((h + 0.1) / x.shape[2], (w + 0.1) / x.shape[3]), mode="bicubic",
        align_corners=False),
}


def save(folder, name, x):
    x[0].permute(1, 2, 0).contiguous().numpy().astype("<f4").tofile(f"{folder}/{name}.f32")


def main(folder):
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(3)
    for grid, sizes in (((9, 7), [(5, 4), (9, 7), (14, 10), (1, 1), (3, 20)]), ((37, 37), [(28, 28)])):
        x = torch.randn(1, 4, *grid)
        x[:, 2:] = F.interpolate(torch.randn(1, 2, 4, 4), size=grid, mode="bicubic")
        stem = "%dx%d" % grid
        save(folder, f"grid.{stem}", x)
        for h, w in sizes:
            for rule, resample in RULES.items():
                y = resample(x, h, w)
                assert y.shape[2:] == (h, w)
                save(folder, f"{rule}.{stem}.{h}x{w}", y)


if __name__ == "__main__":
    main(sys.argv[1])
