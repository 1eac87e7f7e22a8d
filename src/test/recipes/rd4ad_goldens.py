"""Golden of reverse distillation on the built-in teacher: PyTorch 1.13.1, NumPy 1.24.2, onnx 1.12.0, Python 3.11.

    /usr/bin/python3 src/test/recipes/rd4ad_goldens.py src/test/resources/goldens/method

rd4ad.safetensors, of goldens/teacher/dyad_tiny.1x64x64.in.f32, three stages (blocks 9, 6 and 3 of 12), one block each,
embedding of D/2, weights by the rule of `made`:
  distances   (3, 64), 1 − cos of every patch, by stage
  map_pixels  (32, 32), every eighth row and column of the map at 256
  score       (1), mean of the 655 largest pixels of the map
  loss        (1), sum over the stages of the mean over patches
The teacher's hidden states are those of teacher/dyad_tiny.py; the blocks, the map and its top share are reference.py's.
All in float64, stored as float32. Tolerance of the tests: 2e-5 absolute on distances in [0, 2], float32 through twelve
blocks of the teacher and three of the student.
"""

import pathlib
import sys
import zlib

import numpy as np
import torch
import torch.nn.functional as F

import reference as ref
import safetensors_file

sys.path.append(str(pathlib.Path(__file__).parent / "teacher"))
import dyad_tiny  # noqa: E402

ROOT = pathlib.Path(__file__).parents[3]
TARGETS, D, HEADS, REGISTERS, GRID, PATCH = (9, 6, 3), 128, 2, 4, 8, 8


def made(name, *shape):
    """Weights that need no file: the finaliser of MurmurHash3 on the tensor's name and the element's index."""
    z = np.arange(np.prod(shape), dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(zlib.crc32(name.encode()))
    z ^= z >> 16
    z *= np.uint32(0x85EBCA6B)
    z ^= z >> 13
    z *= np.uint32(0xC2B2AE35)
    z ^= z >> 16
    u = z.astype(np.float64) / 2**31 - 1  # in [-1, 1)
    if name.endswith(".bias"):
        values = 0.1 * u
    elif "norm" in name:
        values = 1 + 0.2 * u
    else:
        values = u * np.sqrt(3 / shape[1])
    return torch.from_numpy(values.astype(np.float32).astype(np.float64).reshape(shape))


class Weights(dict):
    """Made where they are asked for; no LayerScale."""

    SHAPES = {
        "norm1.weight": (D,), "norm1.bias": (D,), "norm2.weight": (D,), "norm2.bias": (D,),
        "attn.qkv.weight": (3 * D, D), "attn.qkv.bias": (3 * D,), "attn.proj.weight": (D, D), "attn.proj.bias": (D,),
        "mlp.fc1.weight": (4 * D, D), "mlp.fc1.bias": (4 * D,), "mlp.fc2.weight": (D, 4 * D), "mlp.fc2.bias": (D,),
    }

    def __missing__(self, name):
        return made(name, *self.SHAPES[name.split(".", 3)[3]])


def main(folder):
    image = np.fromfile(ROOT / "src/test/resources/goldens/teacher/dyad_tiny.1x64x64.in.f32", "<f4")
    image = torch.from_numpy(image.astype(np.float64)).reshape(1, 3, 64, 64)
    states = dyad_tiny.hidden_states(*dyad_tiny.read(ROOT / "src/main/resources/teacher/dyad-tiny.onnx"), image)
    blocks = states[1:-1]  # without embedding and final norm
    x = F.layer_norm(blocks[-1], (D,), made("rd4ad.norm.weight", D), made("rd4ad.norm.bias", D), 1e-6)
    x = F.gelu(F.linear(x, made("rd4ad.compact.fc1.weight", D // 2, D), made("rd4ad.compact.fc1.bias", D // 2)))
    x = F.linear(x, made("rd4ad.compact.fc2.weight", D, D // 2), made("rd4ad.compact.fc2.bias", D))
    teacher, student = [], []
    for number, target in enumerate(TARGETS):
        x = ref.block(x, Weights(), f"rd4ad.blocks.{number}", HEADS, 1e-6, ref.softmax_attention)
        teacher.append(blocks[target - 1][:, 1 + REGISTERS :])
        student.append(x[:, 1 + REGISTERS :])
    geometry = ref.Geometry(HEADS, REGISTERS, GRID, GRID, PATCH)
    anomaly = ref.anomaly_map(teacher, student, geometry)
    distances = torch.stack(anomaly.distances).reshape(len(TARGETS), -1)
    tensors = {
        "distances": distances,
        "map_pixels": anomaly.smoothed[0, ::8, ::8],
        "score": ref.decoder_score(anomaly.smoothed),
        "loss": distances.mean(1).sum().reshape(1),
    }
    print({name: (tuple(t.shape), float(t.min()), float(t.max())) for name, t in tensors.items()})
    safetensors_file.write(
        folder / "rd4ad.safetensors",
        {name: t.numpy().astype(np.float32) for name, t in tensors.items()},
        {"recipe": "src/test/recipes/rd4ad_goldens.py"},
    )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
