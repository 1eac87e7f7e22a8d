"""Writes a case of `./dyad bench` as a program that the peers without Python run.

    /usr/bin/python3 src/bench/export_case.py torchscript|onnx WORK CASE OUT

CASE is the file that peer_pytorch.py describes, and the model is the one that it runs (reference.py, traced): weights,
inputs, losses are the same.

torchscript  a module whose forward(zero) makes one step and returns the loss that peer_pytorch.py defines for WORK;
             of the optimizer, forward(one) makes the gradients fresh and forward(two) returns the loss. All is inside: forward, torch.autograd.grad, clipping, StableAdamW over
             short foreach lists; so a host in any language adds one call a step. Attention is
             aten::scaled_dot_product_attention, which libtorch 2 has (flash attention on the CPU) and PyTorch 1.13,
             which writes the file, has not: it is named in the file's text afterwards.
onnx         teacher-forward alone: `images` to class_tokens, group1, group2, opset 17.
"""

import re
import sys
import warnings
import zipfile
from typing import List

import pytorch_common


class _Surrogate:
    """The objective's value with its known derivatives, in operations that a trace keeps."""

    @staticmethod
    def apply(loss_encoder, loss_decoder, loss, weight_encoder, weight_decoder):
        x = loss_encoder * weight_encoder.detach() + loss_decoder * weight_decoder.detach()
        return loss.detach() + (x - x.detach())


def forward_only(work):
    """A function of a list of tensors, and that list: what peer_pytorch.py does without training."""
    names = list(work.teacher) + list(work.weights)

    def run(tensors: List):
        work.images = tensors[0]
        given = dict(zip(names, tensors[1:]))
        work.teacher = {n: given[n] for n in work.teacher}
        work.weights = {n: given[n] for n in work.weights}
        features = work.teacher_features()
        if work.kind == "teacher-forward":
            return features.class_tokens, features.group1, features.group2
        return work.score(features).mean()

    return run, [work.images] + [{**work.teacher, **work.weights}[n] for n in names]


def loss(work):
    """A function of two lists, of what is given and of what is trained, and the first list."""
    ref, taught = work.ref, work.kind == "joint-step-with-teacher"
    names = list(work.teacher)

    def run(given: List, live: List):
        if taught:
            work.images, work.teacher = given[0], dict(zip(names, given[1:]))
            features = work.teacher_features()
        else:
            features = ref.TeacherFeatures(*given)
        w = {**work.weights, **dict(zip(work.live, live))}
        return ref.joint(features, w, work.geometry, work.assumptions, work.share, masks=work.masks).loss

    return run, [work.images] + list(work.teacher.values()) if taught else list(work.features[:4])


def torchscript(work, path):
    import torch

    def traced(function, *lists):
        class Traced(torch.nn.Module):
            def forward(self, a: List[torch.Tensor], b: List[torch.Tensor]):
                return function(a, b) if len(lists) == 2 else function(a)

        filled = lists if len(lists) == 2 else (lists[0], [torch.zeros(1)])
        with torch.no_grad() if len(lists) == 1 else torch.enable_grad():
            return torch.jit.trace(Traced(), filled, check_trace=False)

    class Forward(torch.nn.Module):
        given: List[torch.Tensor]
        none: List[torch.Tensor]

        def __init__(self, model, given):
            super().__init__()
            self.model, self.given, self.none = model, given, [torch.zeros(1)]

        def forward(self, zero: torch.Tensor):
            return self.model(self.given, self.none)

    class TeacherForward(Forward):
        def forward(self, zero: torch.Tensor):
            class_tokens, group1, group2 = self.model(self.given, self.none)
            return class_tokens.pow(2).mean() + 0 * group1[0, 0, 0] + 0 * group2[0, 0, 0]

    class Optimizer(torch.nn.Module):
        live: List[torch.Tensor]
        m: List[torch.Tensor]
        v: List[torch.Tensor]
        v_max: List[torch.Tensor]
        cuts: List[int]

        def __init__(self, live, rate, limit):
            super().__init__()
            self.live = live
            self.m, self.v, self.v_max = ([torch.zeros_like(p) for p in live] for _ in range(3))
            chunks = pytorch_common.ForeachStableAdamW(dict(enumerate(live))).chunks
            self.cuts = [c.start for c in chunks] + [len(live)]
            self.rate, self.limit, self.steps = float(rate), float(limit), 0

        def forward(self, gradients: List[torch.Tensor]):
            norm = float(torch.stack(torch._foreach_norm(gradients)).norm())
            if self.limit < norm + 1e-6:
                torch._foreach_mul_(gradients, self.limit / (norm + 1e-6))
            self.steps += 1
            correction1 = 1 - 0.9**self.steps
            correction2 = (1 - 0.999**self.steps) ** 0.5
            for i in range(len(self.cuts) - 1):
                begin, end = self.cuts[i], self.cuts[i + 1]
                theta, g = self.live[begin:end], gradients[begin:end]
                m, v, v_max = self.m[begin:end], self.v[begin:end], self.v_max[begin:end]
                torch._foreach_mul_(theta, 1 - self.rate * 1e-4)
                torch._foreach_mul_(m, 0.9)
                torch._foreach_add_(m, g, alpha=1 - 0.9)
                torch._foreach_mul_(v, 0.999)
                torch._foreach_addcmul_(v, g, g, 1 - 0.999)
                for j in range(len(v)):
                    torch.maximum(v_max[j], v[j], out=v_max[j])
                denominators = torch._foreach_sqrt(v_max)
                torch._foreach_div_(denominators, correction2)
                torch._foreach_add_(denominators, 1e-10)
                ratios: List[float] = torch.stack(torch._foreach_norm(torch._foreach_div(g, denominators))).tolist()
                for j in range(len(ratios)):  # a script has no lists of numbers for one foreach call
                    rms = ratios[j] / float(theta[j].numel()) ** 0.5
                    theta[j].addcdiv_(m[j], denominators[j], value=-self.rate / max(1.0, rms) / correction1)

    class Step(torch.nn.Module):
        given: List[torch.Tensor]

        def __init__(self, model, given, optimizer):
            super().__init__()
            self.model, self.given, self.optimizer = model, given, optimizer

        def forward(self, zero: torch.Tensor):
            live = self.optimizer.live
            for p in live:
                p.requires_grad_(True)
            loss = self.model(self.given, live)
            gradients: List[torch.Tensor] = []
            for g in torch.autograd.grad([loss], live):
                if g is not None:
                    gradients.append(g)
            with torch.no_grad():
                self.optimizer(gradients)
            return loss.detach()

    class Update(torch.nn.Module):
        gradients: List[torch.Tensor]
        fresh: List[torch.Tensor]
        start: List[torch.Tensor]

        def __init__(self, gradients, start, optimizer):
            super().__init__()
            self.gradients, self.start, self.optimizer = gradients, start, optimizer
            self.fresh = [g.clone() for g in gradients]

        def forward(self, what: torch.Tensor):
            with torch.no_grad():
                if float(what) == 0:
                    self.optimizer(self.fresh)
                elif float(what) == 1:  # clipping scales them in place
                    self.fresh = [g.clone() for g in self.gradients]
                else:
                    total = 0.0
                    for i in range(len(self.start)):
                        total += float((self.optimizer.live[i].double() - self.start[i].double()).pow(2).sum())
                    return torch.tensor(total**0.5)
            return what

    if work.clipping != "joint":
        raise SystemExit("torchscript: joint clipping only")
    live = [p.detach().clone() for p in work.live.values()]
    if work.kind == "optimizer":
        optimizer = torch.jit.script(Optimizer(live, work.rate, work.limit))
        module = torch.jit.script(Update(work.gradients, [p.clone() for p in live], optimizer))
    elif work.trained:
        function, given = loss(work)
        model = traced(function, given, [p.clone().requires_grad_() for p in live])
        module = torch.jit.script(Step(model, given, torch.jit.script(Optimizer(live, work.rate, work.limit))))
    else:
        function, given = forward_only(work)
        kind = TeacherForward if work.kind == "teacher-forward" else Forward
        module = torch.jit.script(kind(traced(function, given), given))
    module.save(path)
    rename_attention(path)


def rename_attention(path):
    """_scaled_dot_product_attention of 1.13, which gives a pair, → scaled_dot_product_attention of 2."""
    with zipfile.ZipFile(path) as archive:
        entries = [(info, archive.read(info)) for info in archive.infolist()]
    pair = re.compile(rb"(\w+), (\w+),? = torch\._scaled_dot_product_attention\((\w+), (\w+), (\w+)\)")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for info, content in entries:
            if info.filename.endswith(".py"):
                content = pair.sub(rb"\1 = torch.scaled_dot_product_attention(\3, \4, \5)", content)
            archive.writestr(info.filename, content)


def onnx(work, path):
    import torch

    class Model(torch.nn.Module):
        def forward(self, images):
            work.images = images
            features = work.teacher_features()
            return features.class_tokens, features.group1, features.group2

    outputs = ["class_tokens", "group1", "group2"]
    torch.onnx.export(
        Model(), (work.images,), path, opset_version=17, input_names=["images"], output_names=outputs
    )


def main():
    if len(sys.argv) != 5 or sys.argv[1] not in ("torchscript", "onnx"):
        raise SystemExit(__doc__)
    form, kind, case, out = sys.argv[1:]
    pytorch_common.settings(1)
    import torch

    import peer_pytorch

    warnings.filterwarnings("ignore")  # of the tracer, about sizes that are the same at every step
    work = peer_pytorch.Work(kind, case)
    if form == "onnx":
        onnx(work, out)
        return
    work.ref._LossWithWeights = _Surrogate
    work.ref.softmax_attention = lambda q, k, v: torch._C._nn._scaled_dot_product_attention(q, k, v)[0]
    torchscript(work, out)


if __name__ == "__main__":
    main()
