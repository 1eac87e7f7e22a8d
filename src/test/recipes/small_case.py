"""Small random cases that goldens and the reference's own tests share.

Weights come from numpy.random.RandomState, whose streams NumPy has frozen, and are float32 values also when computed
with in float64, so that both sides start from the same numbers.
"""

import numpy as np
import torch

import reference as ref


class Draw:
    """Gaussian float32 values as tensors of the wanted dtype."""

    def __init__(self, seed, dtype=torch.float64):
        self.random, self.dtype = np.random.RandomState(seed), dtype

    def __call__(self, *shape, mean=0.0, std=1.0):
        values = (mean + std * self.random.standard_normal(shape)).astype(np.float32)
        return torch.from_numpy(values).to(self.dtype)


def network_weights(draw, name, depth, width, layer_scale):
    """Linear weights of variance 1/fan-in, q and k a little more: attention far from uniform, yet well conditioned.

    (With q and k doubled, PyTorch's own float32 gradients are 2e-5 away from float64 after twelve blocks.)
    """
    w = {}

    def linear(prefix, fan_in, fan_out):
        w[f"{prefix}.weight"] = draw(fan_out, fan_in, std=1 / fan_in**0.5)
        w[f"{prefix}.bias"] = draw(fan_out, std=0.1)

    def norm(prefix):
        w[f"{prefix}.weight"] = draw(width, mean=1.0, std=0.2)
        w[f"{prefix}.bias"] = draw(width, std=0.1)

    for i in range(depth):
        block = f"{name}.blocks.{i}"
        norm(f"{block}.norm1")
        q_and_k, v = (draw(n * width, width, std=g / width**0.5) for n, g in ((2, 1.25), (1, 1.0)))
        w[f"{block}.attn.qkv.weight"] = torch.cat([q_and_k, v])
        w[f"{block}.attn.qkv.bias"] = draw(3 * width, std=0.1)
        linear(f"{block}.attn.proj", width, width)
        if layer_scale:
            w[f"{block}.ls1.gamma"] = draw(width, mean=0.5, std=0.2)
        norm(f"{block}.norm2")
        linear(f"{block}.mlp.fc1", width, 4 * width)
        linear(f"{block}.mlp.fc2", 4 * width, width)
        if layer_scale:
            w[f"{block}.ls2.gamma"] = draw(width, mean=0.5, std=0.2)
    if name != "decoder_student":
        norm(f"{name}.norm")
    return w


def teacher_weights(draw, depth, width, geometry, layer_scale=True):
    patches = geometry.grid_height * geometry.grid_width
    inputs = 3 * geometry.patch**2
    w = {
        "teacher.embed.patch.weight": draw(width, inputs, std=1 / inputs**0.5),
        "teacher.embed.patch.bias": draw(width, std=0.1),
        "teacher.embed.class": draw(width, std=0.5),
    }
    if geometry.registers:
        w["teacher.embed.registers"] = draw(geometry.registers, width, std=0.5)
    w["teacher.embed.position"] = draw(1 + patches, width, std=0.5)
    w.update(network_weights(draw, "teacher", depth, width, layer_scale))
    return w


def student_weights(draw, teacher, width, decoder_depth=8, layer_scale=True, distance=0.3):
    """An encoder student near its teacher (so that L_E is of order one), and a random decoder student."""
    w = {}
    for name, tensor in teacher.items():
        if name.startswith("teacher.embed") or (not layer_scale and ".ls" in name):
            continue
        spread = distance * float(tensor.std())
        near = (tensor + draw(*tensor.shape, std=spread)).float().to(draw.dtype)
        w["encoder_student" + name[len("teacher") :]] = near
    for layer, (fan_out, fan_in) in {"fc1": (4 * width, width), "fc2": (width, 4 * width)}.items():
        w[f"decoder_student.bottleneck.{layer}.weight"] = draw(fan_out, fan_in, std=1.5 / fan_in**0.5)
        w[f"decoder_student.bottleneck.{layer}.bias"] = draw(fan_out, std=0.1)
    w.update(network_weights(draw, "decoder_student", decoder_depth, width, layer_scale=False))
    return w


def rounded(features, dtype=torch.float64):
    """Teacher features as the float32 values that a golden stores."""
    return ref.TeacherFeatures(*(None if x is None else x.float().to(dtype) for x in features))


class Case:
    """Teacher, students, a batch of images and its features."""

    def __init__(
        self,
        seed,
        batch=3,
        depth=12,
        width=12,
        geometry=ref.Geometry(heads=3, registers=4, grid_height=3, grid_width=5, patch=4),
        decoder_depth=8,
        layer_scale=True,
        dtype=torch.float64,
    ):
        draw = Draw(seed, dtype)
        self.geometry = geometry
        self.teacher = teacher_weights(draw, depth, width, geometry)
        self.weights = student_weights(draw, self.teacher, width, decoder_depth, layer_scale)
        self.images = draw(batch, 3, geometry.grid_height * geometry.patch, geometry.grid_width * geometry.patch)
        embedding = ref.teacher_embedding(self.images, self.teacher, geometry).float().to(dtype)
        self.features = rounded(ref.teacher_features(embedding, self.teacher, geometry, keep_patches=True), dtype)
        self.draw = draw

    def trainable(self):
        """A copy of the students' weights that gathers gradients."""
        return {name: w.clone().requires_grad_(True) for name, w in self.weights.items()}
