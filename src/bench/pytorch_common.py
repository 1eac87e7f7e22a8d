"""What the PyTorch programs of this folder share: process settings, an ONNX teacher, a fast optimizer.

Import `settings` first and call `settings(threads)` before anything imports torch: it may start the process anew.
The method itself is ../test/recipes/reference.py.
"""

import ctypes
import math
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "test" / "recipes"))

_MARK = "DYAD_PYTORCH_SETTINGS"


def settings(threads):
    """Restarts this process once with OpenBLAS and the thread settings that a PyTorch user on a CPU switches on.

    Debian's PyTorch calls BLAS through libblas.so.3, which is whatever `update-alternatives` says: the reference BLAS
    (15 times slower) where nothing else is installed. `apt-get install libopenblas0-pthread` makes it OpenBLAS;
    LD_PRELOAD makes sure of it even where another BLAS is selected. OpenBLAS has threads of its own beside PyTorch's
    OpenMP threads; unless the latter sleep while they wait (OMP_WAIT_POLICY=passive) the two sets spin against each
    other, which on two cores costs a factor of three. The MALLOC_ lines keep freed memory in the process instead of
    giving it back and faulting it in again at every step (5 % of a step; what tcmalloc or jemalloc would do).
    Tried without a difference: ATEN_CPU_CAPABILITY=avx512, OPENBLAS_THREAD_TIMEOUT.
    """
    if os.environ.get(_MARK) == str(threads):
        return
    changes = {
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
        "OMP_WAIT_POLICY": "passive",
        "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
        "MALLOC_TRIM_THRESHOLD_": str(1 << 34),
        "MALLOC_TOP_PAD_": str(1 << 28),
        _MARK: str(threads),
    }
    try:
        ctypes.CDLL("libopenblas.so.0")
        changes["LD_PRELOAD"] = "libopenblas.so.0"
    except OSError:
        pass  # told by blas() below
    os.environ.update(changes)
    os.execv(sys.executable, [sys.executable] + sys.argv)


def blas():
    """The BLAS that is mapped into this process, in a word or two; a reference BLAS says so."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line}
    if not any("openblas" in path for path in paths):
        return "reference"
    library = ctypes.CDLL("libopenblas.so.0")
    library.openblas_get_corename.restype = ctypes.c_char_p
    return f"openblas-{library.openblas_get_corename().decode()}-{library.openblas_get_num_threads()}threads"


def torch_settings(threads):
    """The settings that live inside PyTorch."""
    import numpy
    import torch

    numpy.finfo(numpy.float32), numpy.finfo(numpy.float64)  # measured once, and with a warning without denormals
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    return torch


class ForeachStableAdamW:
    """reference.StableAdamW and reference.clip_gradients over lists of tensors (torch._foreach_*).

    The same arithmetic in the same order (foreach_optimizer_test.py). The lists are short, so that what one operation
    has written is still in the cache for the next: 10 to 25 % faster than one tensor at a time or one long list.
    """

    CHUNK = 1 << 19  # elements of a list, at most, where it has more than one tensor

    def __init__(self, parameters, betas=(0.9, 0.999), epsilon=1e-10, weight_decay=1e-4):
        import torch

        self.torch = torch
        self.names = list(parameters)
        self.parameters = list(parameters.values())
        self.beta1, self.beta2 = betas
        self.epsilon, self.weight_decay = epsilon, weight_decay
        self.steps = 0
        self.m, self.v, self.v_max = ([torch.zeros_like(p) for p in self.parameters] for _ in range(3))
        self.chunks, begin, elements = [], 0, 0
        for i, p in enumerate(self.parameters):
            if i > begin and elements + p.numel() > self.CHUNK:
                self.chunks.append(slice(begin, i))
                begin, elements = i, 0
            elements += p.numel()
        self.chunks.append(slice(begin, len(self.parameters)))

    def clip(self, gradients, limit=0.1, clipping="joint"):
        """Scales the gradients (a list in the parameters' order) in place."""
        from reference import CLIP_GUARD

        torch = self.torch
        if clipping == "off":
            return
        prefixes = [""] if clipping == "joint" else ["encoder_student.", "decoder_student."]
        for prefix in prefixes:
            own = [g for name, g in zip(self.names, gradients) if name.startswith(prefix)]
            if own:
                norm = torch.stack(torch._foreach_norm(own)).norm().item()
                factor = limit / (norm + CLIP_GUARD)
                if factor < 1:
                    torch._foreach_mul_(own, factor)

    def step(self, gradients, rate):
        with self.torch.no_grad():
            self.steps += 1
            for chunk in self.chunks:
                lists = (self.parameters, gradients, self.m, self.v, self.v_max)
                self._step(*(x[chunk] for x in lists), rate)

    def _step(self, parameters, gradients, m, v, v_max, rate):
        torch = self.torch
        correction1 = 1 - self.beta1**self.steps
        correction2 = 1 - self.beta2**self.steps
        torch._foreach_mul_(parameters, 1 - rate * self.weight_decay)
        torch._foreach_mul_(m, self.beta1)
        torch._foreach_add_(m, gradients, alpha=1 - self.beta1)
        torch._foreach_mul_(v, self.beta2)
        torch._foreach_addcmul_(v, gradients, gradients, 1 - self.beta2)
        for largest, now in zip(v_max, v):
            torch.maximum(largest, now, out=largest)
        denominators = torch._foreach_sqrt(v_max)
        torch._foreach_div_(denominators, math.sqrt(correction2))
        torch._foreach_add_(denominators, self.epsilon)
        norms = torch.stack(torch._foreach_norm(torch._foreach_div(gradients, denominators))).tolist()
        rms = [norm / math.sqrt(p.numel()) for norm, p in zip(norms, parameters)]
        torch._foreach_addcdiv_(parameters, m, denominators, [-rate / max(1.0, r) / correction1 for r in rms])


def read_onnx_teacher(path, heads=None):
    """(weights, geometry) of a DINOv2-like ONNX file with the names of torch.hub and timm exports.

    `blocks.{i}.attn.qkv.bias` and the like name the linear layers; the weight of each is the constant of the MatMul
    in front of that bias (exporters fold the transpose and drop the weight's name). LN epsilon must be 1e-6, the
    position grid square. Float32 tensors of the names in reference.py come back.
    """
    import numpy as np
    import onnx
    import torch
    from onnx import numpy_helper

    import reference as ref

    graph = onnx.load(path).graph
    constants = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    producers = {}
    for node in graph.node:
        for output in node.output:
            producers[output] = node
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
        elif node.op_type == "Identity" and node.input[0] in constants:
            constants[node.output[0]] = constants[node.input[0]]

    def tensor(array):
        return torch.from_numpy(np.array(array, np.float32))

    def need(name):
        if name not in constants:
            raise SystemExit(f"{path}: no tensor {name}; expected a torch.hub or timm export of a DINOv2-like model")
        return constants[name]

    conv = need("patch_embed.proj.weight")
    width, _, patch, _ = conv.shape
    position = need("pos_embed").reshape(-1, width)
    w = {
        "teacher.embed.patch.weight": tensor(conv.reshape(width, -1)),
        "teacher.embed.patch.bias": tensor(need("patch_embed.proj.bias")),
        "teacher.embed.class": tensor(need("cls_token").reshape(width)),
        "teacher.embed.position": tensor(position),
    }
    registers = 0
    for name in ("register_tokens", "reg_token"):
        if name in constants:
            w["teacher.embed.registers"] = tensor(constants[name].reshape(-1, width))
            registers = w["teacher.embed.registers"].shape[0]

    linear = {}
    for node in graph.node:
        if node.op_type == "Add":
            for bias, other in (node.input, reversed(node.input)):
                before = producers.get(other)
                if bias.startswith("blocks.") and before is not None and before.op_type == "MatMul":
                    linear[bias[: -len(".bias")]] = (constants[before.input[1]].T, constants[bias], node.output[0])
    depth = 0
    while f"blocks.{depth}.norm1.weight" in constants:
        block = f"blocks.{depth}"
        for norm in ("norm1", "norm2"):
            for part in ("weight", "bias"):
                w[f"teacher.{block}.{norm}.{part}"] = tensor(need(f"{block}.{norm}.{part}"))
        for layer in ("attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2"):
            if f"{block}.{layer}" not in linear:
                raise SystemExit(f"{path}: no MatMul in front of {block}.{layer}.bias")
            weight, bias, _ = linear[f"{block}.{layer}"]
            w[f"teacher.{block}.{layer}.weight"] = tensor(weight)
            w[f"teacher.{block}.{layer}.bias"] = tensor(bias)
        for scale in ("ls1", "ls2"):
            if f"{block}.{scale}.gamma" in constants:
                w[f"teacher.{block}.{scale}.gamma"] = tensor(constants[f"{block}.{scale}.gamma"])
        depth += 1
    for part in ("weight", "bias"):
        w[f"teacher.norm.{part}"] = tensor(need(f"norm.{part}"))

    if heads is None:
        heads = _heads(graph, constants, producers, linear["blocks.0.attn.qkv"][2], width)
    side = math.isqrt(position.shape[0] - 1)
    if side * side != position.shape[0] - 1:
        raise SystemExit(f"{path}: {position.shape[0] - 1} patch positions are no square grid")
    return w, ref.Geometry(heads, registers, side, side, patch)


def _heads(graph, constants, producers, qkv, width):
    """H from the shape […, H, d] that the qkv tensor is brought into; D/64 where that cannot be read."""
    for node in graph.node:
        if node.op_type == "Reshape" and node.input[0] == qkv:
            shape = node.input[1]
            sizes = constants.get(shape)
            if sizes is None and producers[shape].op_type == "Concat":
                sizes = [int(constants[i].item()) for i in producers[shape].input if i in constants]
            if sizes is not None and len(sizes) >= 2 and int(sizes[-1]) * int(sizes[-2]) == width:
                return int(sizes[-2])
    return width // 64


def resize_positions(w, geometry, grid_height, grid_width, rule):
    """The teacher for another grid of patches; bicubic, half-pixel centres.

    rule: "plain", by size, no antialias (a folded graph's grid, as interpolate does by default); "antialias", by size
    (the official register models); "offset", by the scale factor (h + 0.1)/grid, no antialias (Dinomaly).
    """
    import dataclasses

    import torch
    import torch.nn.functional as F

    if (grid_height, grid_width) == (geometry.grid_height, geometry.grid_width):
        return w, geometry
    position = w["teacher.embed.position"]
    grid = position[1:].T.reshape(1, -1, geometry.grid_height, geometry.grid_width)
    if rule == "offset":
        scale = ((grid_height + 0.1) / geometry.grid_height, (grid_width + 0.1) / geometry.grid_width)
        grid = F.interpolate(grid, scale_factor=scale, mode="bicubic", align_corners=False)
    else:
        grid = F.interpolate(
            grid, (grid_height, grid_width), mode="bicubic", align_corners=False, antialias=rule == "antialias"
        )
    if tuple(grid.shape[2:]) != (grid_height, grid_width):
        raise SystemExit(f"rule {rule} gives a grid of {tuple(grid.shape[2:])}, not {(grid_height, grid_width)}")
    rows = grid.flatten(2)[0].T
    resized = dict(w)
    resized["teacher.embed.position"] = torch.cat([position[:1], rows])
    return resized, dataclasses.replace(geometry, grid_height=grid_height, grid_width=grid_width)
