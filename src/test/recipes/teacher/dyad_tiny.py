"""Class tokens of the built-in teacher by PyTorch, for OnnxTeacherTest.

    /usr/bin/python3 src/test/recipes/teacher/dyad_tiny.py \
        src/main/resources/teacher/dyad-tiny.onnx src/test/resources/goldens/teacher

Made with PyTorch 1.13.1 (CPU), onnx 1.12.0. The weights are taken from the file by their names, which
Dyad's reader does not look at, and run in double by a model written here. Writes
dyad_tiny.1x64x64.in.f32, a normalised image, and dyad_tiny.class_tokens.f32: the class token of the
embedding, of every block and of the final norm, (14, 128). Tolerance 1e-6 on values up to
7.4: the golden's own float32 rounding is 2.4e-7.
"""
import sys

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

HEADS, PATCH = 2, 8


def read(path):
    model = onnx.load(path)
    named = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in model.graph.initializer}
    named = {k: v.double() for k, v in named.items() if v.is_floating_point()}
    # The exporter transposed and renamed what MatMul reads: qkv, proj, fc1, fc2 of each block in order.
    products = [named[n.input[1]] for n in model.graph.node if n.op_type == "MatMul" and n.input[1] in named]
    return named, [products[i : i + 4] for i in range(0, len(products), 4)]


def hidden_states(w, products, image):
    width = w["cls_token"].shape[-1]

    def norm(x, name):
        return F.layer_norm(x, (width,), w[name + ".weight"], w[name + ".bias"], 1e-6)

    x = F.conv2d(image, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"], stride=PATCH)
    x = torch.cat((w["cls_token"], x.flatten(2).transpose(1, 2)), 1) + w["pos_embed"]
    x = torch.cat((x[:, :1], w["register_tokens"], x[:, 1:]), 1)
    states = [x]
    for k, (qkv, proj, fc1, fc2) in enumerate(products):
        b = f"blocks.{k}."
        n = x.shape[1]
        q, k, v = (norm(x, b + "norm1") @ qkv + w[b + "attn.qkv.bias"]).reshape(
            1, n, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        a = (q @ k.transpose(-1, -2) / (width // HEADS) ** 0.5).softmax(-1) @ v
        y = a.transpose(1, 2).reshape(1, n, width) @ proj + w[b + "attn.proj.bias"]
        x = x + w[b + "ls1.gamma"] * y
        y = F.gelu(norm(x, b + "norm2") @ fc1 + w[b + "mlp.fc1.bias"]) @ fc2 + w[b + "mlp.fc2.bias"]
        x = x + w[b + "ls2.gamma"] * y
        states.append(x)
    return states + [norm(x, "norm")]


def main(model, folder):
    image = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(11))
    states = hidden_states(*read(model), image.double())
    image.numpy().astype("<f4").tofile(f"{folder}/dyad_tiny.1x64x64.in.f32")
    tokens = np.stack([s[0, 0].numpy() for s in states])
    print(tokens.shape, abs(tokens).max())
    tokens.astype("<f4").tofile(f"{folder}/dyad_tiny.class_tokens.f32")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
