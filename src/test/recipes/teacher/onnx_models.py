"""Small DINOv2-shaped models with random weights, exported to ONNX the ways people export them.

    /usr/bin/python3 src/test/recipes/teacher/onnx_models.py src/test/resources/goldens/teacher

Made with PyTorch 1.13.1 (CPU), onnx 1.12.0, NumPy 1.24. Writes NAME.onnx and, for each recorded run,
NAME.BxHxW.in.f32 (the image) and NAME.BxHxW.ref.f32 (embedding output, output of every block, final
norm: float32, little-endian, one after the other) computed by PyTorch from the same weights.

Tolerance 1e-5 on values up to about 5: PyTorch computes in float32 and rounds at about 1e-6 after two
blocks; the test computes in double.
"""
import copy
import math
import os
import sys
import warnings

import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

warnings.filterwarnings("ignore")
torch.set_num_threads(1)

WIDTH, HEADS, DEPTH, PATCH, GRID, HIDDEN = 24, 3, 2, 4, 5, 48
HEAD = WIDTH // HEADS


class LayerScale(nn.Module):
    def __init__(self):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return x * self.gamma


class Mlp(nn.Module):
    """fc2(act(fc1(x))); `two_d` runs the layers on (B·N, D), which exports as Gemm."""

    def __init__(self, approximate="none", two_d=False):
        super().__init__()
        self.approximate, self.two_d = approximate, two_d
        self.fc1, self.fc2 = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH)

    def forward(self, x):
        y = x.reshape(-1, WIDTH) if self.two_d else x
        y = self.fc2(F.gelu(self.fc1(y), approximate=self.approximate))
        return y.reshape(x.shape[0], -1, WIDTH) if self.two_d else y


class SwiGlu(nn.Module):
    """DINOv2-giant's MLP, gate and value in one layer."""

    def __init__(self):
        super().__init__()
        self.weights_in, self.weights_out = nn.Linear(WIDTH, 2 * HIDDEN), nn.Linear(HIDDEN, WIDTH)

    def forward(self, x):
        gate, value = self.weights_in(x).chunk(2, -1)
        return self.weights_out(F.silu(gate) * value)


class SwiGluApart(nn.Module):
    """The same with two layers, value first."""

    def __init__(self):
        super().__init__()
        self.w_value, self.w_gate = nn.Linear(WIDTH, HIDDEN), nn.Linear(WIDTH, HIDDEN)
        self.w_out = nn.Linear(HIDDEN, WIDTH)

    def forward(self, x):
        return self.w_out(self.w_value(x) * F.silu(self.w_gate(x)))


class SeparateAttention(nn.Module):
    """Hugging Face: three layers, scores divided by √d."""

    def __init__(self, bias=True):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH, bias=bias) for _ in range(3))
        self.dense = nn.Linear(WIDTH, WIDTH)

    def heads(self, x):
        return x.view(x.size()[:-1] + (HEADS, HEAD)).permute(0, 2, 1, 3)

    def forward(self, x):
        q, k, v = self.heads(self.query(x)), self.heads(self.key(x)), self.heads(self.value(x))
        scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(HEAD)
        y = torch.matmul(scores.softmax(-1), v).permute(0, 2, 1, 3).contiguous()
        return self.dense(y.view(y.size()[:-2] + (WIDTH,)))


class GemmAttention(SeparateAttention):
    """Layers on (B·N, D); q and k each scaled by d^-1/4, as scaled_dot_product_attention exports."""

    def forward(self, x):
        b = x.shape[0]

        def layer(linear, t):
            return linear(t.reshape(-1, WIDTH)).reshape(b, -1, WIDTH)

        def split(t):
            return t.reshape(b, -1, HEADS, HEAD).transpose(1, 2)

        q, k, v = (split(layer(l, x)) for l in (self.query, self.key, self.value))
        r = HEAD**-0.25
        y = torch.matmul((torch.matmul(q * r, k.transpose(-1, -2) * r)).softmax(-1), v)
        return layer(self.dense, y.transpose(1, 2).reshape(b, -1, WIDTH))


class SdpaAttention(SeparateAttention):
    """As scaled_dot_product_attention is written out: 1/√d from the shape, its root on q and on k, k
    turned as (B·H, N, d)."""

    def forward(self, x):
        b, n, _ = x.shape
        q, k, v = (l(x).view(b, -1, HEADS, HEAD).transpose(1, 2) for l in (self.query, self.key, self.value))
        width = torch._shape_as_tensor(q)[-1:].float()
        r = (1 / width.sqrt()).sqrt()
        k = k.reshape(-1, n, HEAD).transpose(1, 2).reshape(b, HEADS, HEAD, n)
        y = ((q * r) @ (k * r)).softmax(-1) @ v
        return self.dense(y.transpose(1, 2).reshape(b, n, WIDTH))


class FusedAttention(nn.Module):
    """torch.hub: one qkv layer, reshape, permute and index."""

    def __init__(self):
        super().__init__()
        self.qkv, self.proj = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)

    def split(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, HEADS, c // HEADS).permute(2, 0, 3, 1, 4)
        return q, k, v

    def join(self, y):
        return y.transpose(1, 2).flatten(2)

    def forward(self, x):
        q, k, v = self.split(x)
        return self.proj(self.join((q * HEAD**-0.5 @ k.transpose(-2, -1)).softmax(-1) @ v))


class UnboundAttention(FusedAttention):
    """timm: the same with unbind, which exports as Split and Squeeze."""

    def split(self, x):
        b, n, c = x.shape
        return self.qkv(x).reshape(b, n, 3, HEADS, c // HEADS).permute(2, 0, 3, 1, 4).unbind(0)


class ChunkedAttention(FusedAttention):
    """qkv cut on the last axis before the heads are split."""

    def split(self, x):
        b, n, c = x.shape
        return (t.reshape(b, n, HEADS, HEAD).transpose(1, 2) for t in self.qkv(x).chunk(3, -1))


class InterleavedAttention(FusedAttention):
    """No known model: rows of qkv are (head, q/k/v, d), joined columns are (d, head)."""

    def split(self, x):
        b, n, c = x.shape
        return self.qkv(x).reshape(b, n, HEADS, 3, HEAD).permute(3, 0, 2, 1, 4).unbind(0)

    def join(self, y):
        return y.permute(0, 2, 3, 1).flatten(2)


class Block(nn.Module):
    def __init__(self, attention, mlp, scale):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-6), nn.LayerNorm(WIDTH, eps=1e-6)
        self.attention, self.mlp = attention(), mlp()
        self.scale1, self.scale2 = (LayerScale() if scale else nn.Identity() for _ in range(2))

    def forward(self, x):
        x = x + self.scale1(self.attention(self.norm1(x)))
        return self.scale2(self.mlp(self.norm2(x))) + x


class Vit(nn.Module):
    """`positions`: size, scale (offset 0.1), bilinear, antialias (reference only), patches (timm: no
    class position), fixed."""

    def __init__(self, attention, mlp=Mlp, registers=4, scale=True, positions="size", grid=(GRID, GRID)):
        super().__init__()
        self.positions, self.grid = positions, grid
        self.patch_embed = nn.Conv2d(3, WIDTH, PATCH, PATCH)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.register_tokens = nn.Parameter(torch.zeros(1, registers, WIDTH)) if registers else None
        rows = grid[0] * grid[1] + (positions != "patches")
        self.pos_embed = nn.Parameter(torch.zeros(1, rows, WIDTH))
        self.blocks = nn.ModuleList(Block(attention, mlp, scale) for _ in range(DEPTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)

    def resampled(self, h, w):
        if self.positions == "fixed":
            return self.pos_embed
        grid = self.pos_embed[:, 1:].reshape(1, *self.grid, WIDTH).permute(0, 3, 1, 2)
        if self.positions == "scale":
            factors = ((float(h) + 0.1) / self.grid[0], (float(w) + 0.1) / self.grid[1])
            grid = F.interpolate(grid, scale_factor=factors, mode="bicubic", align_corners=False)
        else:
            mode = "bilinear" if self.positions == "bilinear" else "bicubic"
            soft = self.positions == "antialias" and not torch.jit.is_tracing()
            grid = F.interpolate(grid, size=(h, w), mode=mode, align_corners=False, antialias=soft)
        return torch.cat((self.pos_embed[:, :1], grid.permute(0, 2, 3, 1).reshape(1, -1, WIDTH)), 1)

    def embed(self, image):
        b, _, height, width = image.shape
        x = self.patch_embed(image).flatten(2).transpose(1, 2)
        cls = self.cls_token.expand(b, -1, -1)
        registers = [] if self.register_tokens is None else [self.register_tokens.expand(b, -1, -1)]
        if self.positions == "patches":
            return torch.cat([cls, *registers, x + self.pos_embed], 1)
        x = torch.cat((cls, x), 1) + self.resampled(height // PATCH, width // PATCH)
        return torch.cat((x[:, :1], *registers, x[:, 1:]), 1) if registers else x

    def hidden(self, image):
        states = [self.embed(image)]
        for block in self.blocks:
            states.append(block(states[-1]))
        return states + [self.norm(states[-1])]

    def forward(self, image):
        y = self.hidden(image)[-1]
        return y, y[:, 0]


def randomized(model, seed):
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            r = torch.randn(p.shape)
            if "norm" in name and name.endswith("weight"):
                p.copy_(1 + 0.2 * r)
            elif "gamma" in name:
                p.copy_(0.5 + 0.3 * r)
            elif name.endswith("bias"):
                p.copy_(0.1 * r)
            elif name.endswith("weight"):
                p.copy_(r / math.sqrt(p[0].numel()))
            else:
                p.copy_(0.5 * r)
    return model.eval()


def export(folder, name, model, opset, dynamic="", fold=True, size=(16, 16)):
    image = torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(7))
    axes = {"": {}, "batch": {0: "batch"}, "all": {0: "batch", 1: "channels", 2: "height", 3: "width"}}
    path = f"{folder}/{name}.onnx"
    torch.onnx.export(
        model, image, path, input_names=["pixel_values"], output_names=["last_hidden_state", "pooled"],
        opset_version=opset, do_constant_folding=fold, dynamic_axes={"pixel_values": axes[dynamic]})
    return path


def record(folder, name, model, *runs):
    for b, h, w in runs:
        image = torch.randn(b, 3, h, w, generator=torch.Generator().manual_seed(100 * b + 10 * h + w))
        with torch.no_grad():
            states = model.hidden(image)
        stem = f"{folder}/{name}.{b}x{h}x{w}"
        image.numpy().astype("<f4").tofile(stem + ".in.f32")
        torch.stack(states).numpy().astype("<f4").tofile(stem + ".ref.f32")


def rename_everything(model):
    """No tensor or node keeps a name that says anything."""
    graph = model.graph
    kept = {graph.input[0].name, *(o.name for o in graph.output), ""}
    names = {}

    def renamed(name):
        return name if name in kept else names.setdefault(name, f"t{len(names)}")

    for tensor in graph.initializer:
        tensor.name = renamed(tensor.name)
    for node in graph.node:
        node.name = ""
        node.input[:] = [renamed(i) for i in node.input]
        node.output[:] = [renamed(o) for o in node.output]
    del graph.value_info[:]


def antialias(model):
    """As exporters since PyTorch 2.1 write it; 1.13 cannot."""
    for node in model.graph.node:
        if node.op_type == "Resize":
            kept = [a for a in node.attribute if a.name != "cubic_coeff_a"]
            del node.attribute[:]
            node.attribute.extend(kept)
            for key, value in (("cubic_coeff_a", -0.5), ("exclude_outside", 1), ("antialias", 1)):
                node.attribute.append(helper.make_attribute(key, value))
    model.opset_import[0].version = 18


def constants_and_axes_as_inputs(model):
    """Weights as Constant nodes, and the axes of ReduceMean as opset 18 has them."""
    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(np.array([-1], dtype=np.int64), "last_axis"))
    for node in graph.node:
        if node.op_type == "ReduceMean":
            del node.attribute[:]
            node.input.append("last_axis")
    stored = [helper.make_node("Constant", [], [t.name], value=t) for t in graph.initializer]
    nodes = stored + list(graph.node)
    del graph.initializer[:]
    del graph.node[:]
    graph.node.extend(nodes)
    model.opset_import[0].version = 18


def half(tensor):
    return numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name)


def weights_to_half(model):
    """Half-precision weights, each cast to float before use."""
    graph, casts = model.graph, []
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            name = tensor.name
            tensor.CopyFrom(half(tensor))
            tensor.name = name + "_half"
            casts.append(helper.make_node("Cast", [tensor.name], [name], to=TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)


def graph_to_half(model):
    """The whole graph in half precision, with a cast at either end."""
    graph = model.graph
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            tensor.CopyFrom(half(tensor))
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].t.data_type == TensorProto.FLOAT:
            node.attribute[0].t.CopyFrom(half(node.attribute[0].t))
        if node.op_type == "Cast" and node.attribute[0].i == TensorProto.FLOAT:
            node.attribute[0].i = TensorProto.FLOAT16
    image, outputs = graph.input[0].name, [o.name for o in graph.output]
    for node in graph.node:
        node.input[:] = [i + "_half" if i in [image, *outputs] else i for i in node.input]
        node.output[:] = [o + "_half" if o in outputs else o for o in node.output]
    first = helper.make_node("Cast", [image], [image + "_half"], to=TensorProto.FLOAT16)
    last = [helper.make_node("Cast", [o + "_half"], [o], to=TensorProto.FLOAT) for o in outputs]
    nodes = [first, *graph.node, *last]
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]


def rounded_to_half(model):
    rounded = copy.deepcopy(model)
    with torch.no_grad():
        for p in rounded.parameters():
            p.copy_(p.half().float())
    return rounded


def edited(folder, source, name, edit):
    model = onnx.load(f"{folder}/{source}.onnx")
    edit(model)
    onnx.save(model, f"{folder}/{name}.onnx")


def main(folder):
    os.makedirs(folder, exist_ok=True)

    hf = randomized(Vit(SeparateAttention), 1)
    export(folder, "hf_dynamic", hf, 14, "all")
    record(folder, "hf_dynamic", hf, (1, 16, 16), (2, 24, 16), (1, 20, 20))
    export(folder, "hf_unfolded", hf, 16, fold=False)
    record(folder, "hf_unfolded", hf, (1, 16, 16))
    edited(folder, "hf_dynamic", "hf_half_weights", weights_to_half)
    record(folder, "hf_half_weights", rounded_to_half(hf), (1, 16, 16))
    external = onnx.load(f"{folder}/hf_dynamic.onnx")
    if os.path.exists(f"{folder}/hf_external.onnx_data"):
        os.remove(f"{folder}/hf_external.onnx_data")  # onnx appends
    onnx.save_model(external, f"{folder}/hf_external.onnx", save_as_external_data=True,
                    all_tensors_to_one_file=True, location="hf_external.onnx_data", size_threshold=512)
    record(folder, "hf_external", hf, (1, 16, 16))

    bilinear = randomized(Vit(SeparateAttention, registers=0, positions="bilinear"), 2)
    export(folder, "hf_bilinear", bilinear, 14, "all")
    record(folder, "hf_bilinear", bilinear, (1, 16, 16), (1, 24, 28))

    gemm = randomized(Vit(GemmAttention, lambda: Mlp(two_d=True)), 3)
    export(folder, "gemm_dynamic", gemm, 14, "all")
    record(folder, "gemm_dynamic", gemm, (1, 24, 16))

    sdpa = randomized(Vit(SdpaAttention), 11)
    export(folder, "sdpa_constants", sdpa, 14, "all")
    edited(folder, "sdpa_constants", "sdpa_constants", constants_and_axes_as_inputs)
    record(folder, "sdpa_constants", sdpa, (1, 24, 16))

    soft = randomized(Vit(SeparateAttention, positions="antialias", grid=(9, 9)), 4)
    export(folder, "antialias", soft, 17, "batch")
    edited(folder, "antialias", "antialias", antialias)
    record(folder, "antialias", soft, (2, 16, 16))

    hub = randomized(Vit(FusedAttention), 5)
    export(folder, "hub_anonymous", hub, 14)
    edited(folder, "hub_anonymous", "hub_anonymous", rename_everything)
    record(folder, "hub_anonymous", hub, (1, 16, 16))

    scale = randomized(Vit(FusedAttention, registers=0, positions="scale"), 6)
    export(folder, "hub_scale_factor", scale, 16, "batch")
    record(folder, "hub_scale_factor", scale, (1, 16, 16))

    chunk = randomized(Vit(ChunkedAttention, SwiGlu, positions="fixed", grid=(4, 4)), 7)
    export(folder, "chunk_swiglu", chunk, 14, "all")
    record(folder, "chunk_swiglu", chunk, (1, 16, 16))

    timm = randomized(Vit(UnboundAttention, positions="patches", grid=(4, 6)), 8)
    export(folder, "timm_half", timm, 13, "batch", size=(16, 24))
    edited(folder, "timm_half", "timm_half", graph_to_half)
    record(folder, "timm_half", rounded_to_half(timm), (1, 16, 24))

    deit = randomized(Vit(UnboundAttention, lambda: Mlp("tanh"), 0, False, "fixed", (4, 4)), 9)
    export(folder, "deit_tanh", deit, 17, "batch")
    record(folder, "deit_tanh", deit, (1, 16, 16))

    odd = randomized(Vit(InterleavedAttention, SwiGluApart, positions="fixed", grid=(4, 4)), 10)
    export(folder, "interleaved", odd, 12)
    record(folder, "interleaved", odd, (1, 16, 16))


if __name__ == "__main__":
    main(sys.argv[1])
