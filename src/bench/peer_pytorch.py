"""The PyTorch peer of `./dyad bench`: a server on standard input and output that runs timed steps on request.

    /usr/bin/python3 src/bench/peer_pytorch.py [--threads 2]

Needs Debian's python3-torch (1.13), python3-numpy and libopenblas0-pthread. The process starts itself anew with
OpenBLAS and thread settings (pytorch_common.settings says which and why); it keeps its pid and its pipes.

Protocol: lines of UTF-8. The first line out, once the server listens, is

    ready torch=1.13.0a0 threads=2 blas=openblas-Cooperlake-2threads cpu=AVX2

then one line in gives one line out, in order. NAME is any word, PATH the rest of the line.

    load NAME WORK PATH    → ok NAME PARAMETERS    reads the file; PARAMETERS: how many numbers the work trains
                                                   (teacher-forward, score: how many the model has)
    step NAME [COUNT]      → MS LOSS               COUNT steps (default 1): wall milliseconds per step, loss of the last
    losses NAME COUNT      → LOSS LOSS …           COUNT steps, untimed, every loss
    reset NAME             → ok NAME               weights and optimizer as loaded
    weights NAME PATH      → ok NAME               writes the present weights of both students (safetensors)
    drop NAME              → ok NAME               forgets it, its memory is free again
    quit, or end of input  → the process ends with code 0

Anything that fails answers `error TEXT` and leaves the server as it was; standard error is for people. The clock runs
from the work's inputs, which lie in memory, to its loss as a Python number; reading and checking are outside.

Works, and what LOSS is:
  joint-step               features given: both students forward, objective, backward, clip, StableAdamW;
                           the objective's mean over the batch, before the update
  joint-step-with-teacher  the same from images: the teacher's embedding, blocks and features first
  encoder-step             objective encoder-only: the decoder student is not run, its weights stay
  decoder-step             objective decoder-only, the other way round
  teacher-forward          images to class tokens and both group means; mean square of the class tokens (outside the
                           clock)
  optimizer                clip and StableAdamW, with the given gradients at every step (copied outside the clock, as
                           clipping scales them in place); √Σ(θ − θ₀)² over all parameters (outside the clock)
  score                    images to anomaly map and score: teacher, both students, map, top 1 %, Noisy-OR; mean score

The file (safetensors, float32 unless said otherwise), of which a work needs its part:
  encoder_student.…, decoder_student.…, teacher.blocks.…, teacher.norm.…, teacher.embed.…     names in reference.py
  images                        (B, 3, H, W)   teacher-forward, score, joint-step-with-teacher
  input.embedding               (B, T, D)      joint-step, encoder-step: tokens after the teacher's embedding
  teacher.class_tokens          (B, m, D)      joint-step, encoder-step
  teacher.group1, teacher.group2  (B, T, D)    joint-step, decoder-step
  mask.input, mask.hidden, mask.output         optional; (B, T, D), (B, T, 4D), (B, T, D): dropout of the noisy
                                               bottleneck as factors, the same at every step; left out: no dropout
  gradient.<name>               optimizer
Its metadata (strings); those without a default must be there:
  heads, registers, grid_height, grid_width, patch          not needed by optimizer
  tapped_layers       by the method's rule; "2,3,4,5,6,7,8,9"
  objective           noisy-or; of joint-step and joint-step-with-teacher
  temperature         1
  hard_mining_share   0.5; p, the same at every step; "off": no hard mining
  hard_mining_factor  0.1
  learning_rate       1e-4, the same at every step
  beta1, beta2, epsilon, weight_decay   0.9, 0.999, 1e-10, 1e-4
  clipping, clip_norm                   joint (per-student, off), 0.1
  map_size            256

What a PyTorch user switches on is on: OpenBLAS, OpenMP threads that sleep while they wait, freed memory kept, foreach
optimizer operations over short lists, gradients handed over without .grad, torch.inference_mode for what is not
trained, denormals flushed. channels_last has nothing to act on (the only convolution is the patch embedding);
torch.compile, fused attention and fused optimizers do not exist in 1.13; bfloat16 would not be the same work.
"""

import argparse
import sys
import time

import pytorch_common

WORKS = (
    "joint-step",
    "joint-step-with-teacher",
    "encoder-step",
    "decoder-step",
    "teacher-forward",
    "optimizer",
    "score",
)
STUDENTS = ("encoder_student.", "decoder_student.")
TEACHER = ("teacher.embed.", "teacher.blocks.", "teacher.norm.")


class Work:
    """One loaded work; `run` is what the clock sees."""

    def __init__(self, kind, path):
        import torch

        import reference as ref
        import safetensors_file

        if kind not in WORKS:
            raise ValueError(f"work is {kind!r}; expected one of {', '.join(WORKS)}")
        self.torch, self.ref, self.kind = torch, ref, kind
        arrays, metadata = safetensors_file.read(path)
        tensors = {name: torch.from_numpy(a) for name, a in arrays.items()}
        self.tensors, self.metadata, self.path = tensors, metadata, path
        self.weights = {n: t for n, t in tensors.items() if n.startswith(STUDENTS)}
        self.teacher = {n: t for n, t in tensors.items() if n.startswith(TEACHER)}
        self.rate = self.number("learning_rate", 1e-4)
        self.limit, self.clipping = self.number("clip_norm", 0.1), metadata.get("clipping", "joint")
        if kind != "optimizer":
            sizes = (int(self.need(n)) for n in ("heads", "registers", "grid_height", "grid_width", "patch"))
            self.geometry = ref.Geometry(*sizes)
            taps = metadata.get("tapped_layers")
            self.layers = [int(i) for i in taps.split(",")] if taps else None
        objective = {"encoder-step": "encoder-only", "decoder-step": "decoder-only"}
        share = metadata.get("hard_mining_share", "0.5")
        self.share = 0.0 if share == "off" else float(share)
        self.assumptions = ref.Assumptions(
            objective=objective.get(kind, metadata.get("objective", "noisy-or")),
            temperature=self.number("temperature", 1.0),
            hard_mining=share != "off",
            hard_mining_factor=self.number("hard_mining_factor", 0.1),
        )
        self.prepare()
        self.reset()

    def number(self, key, default):
        return float(self.metadata.get(key, default))

    def need(self, key):
        if key not in self.metadata:
            raise ValueError(f"{self.path} has no metadata {key}, which {self.kind} needs")
        return self.metadata[key]

    def tensor(self, name):
        if name not in self.tensors:
            raise ValueError(f"{self.path} has no tensor {name}, which {self.kind} needs")
        return self.tensors[name]

    def prepare(self):
        """Inputs of the work, and which weights it trains."""
        ref, kind = self.ref, self.kind
        if kind == "optimizer":
            self.trained = [n[len("gradient.") :] for n in self.tensors if n.startswith("gradient.")]
            self.gradients = [self.tensor(f"gradient.{n}") for n in self.trained]
            for name in self.trained:
                self.tensor(name)
            return
        skipped = {"encoder-only": STUDENTS[1], "decoder-only": STUDENTS[0]}.get(self.assumptions.objective, "-")
        forward_only = kind in ("teacher-forward", "score")
        self.trained = [] if forward_only else [n for n in self.weights if not n.startswith(skipped)]
        if kind in ("teacher-forward", "score", "joint-step-with-teacher"):
            self.images = self.tensor("images")
            self.tensor("teacher.norm.weight")
        else:
            first = self.tensors.get("teacher.class_tokens", self.tensors.get("teacher.group1"))
            if first is None:
                raise ValueError(f"{self.path} has no teacher features, which {kind} needs")
            nothing = self.torch.zeros(first.shape[0], 1, 1)
            encoder, decoder = kind != "decoder-step", kind != "encoder-step"
            self.features = ref.TeacherFeatures(
                self.tensor("input.embedding") if encoder else nothing,
                self.tensor("teacher.class_tokens") if encoder else nothing,
                self.tensor("teacher.group1") if decoder else nothing,
                self.tensor("teacher.group2") if decoder else nothing,
            )
        names = [f"mask.{n}" for n in ref.DropoutMasks._fields]
        self.masks = ref.DropoutMasks(*map(self.tensor, names)) if names[0] in self.tensors else None

    def reset(self):
        self.start = {n: self.tensors[n] for n in self.trained}
        self.live = {n: t.clone().requires_grad_(self.kind != "optimizer") for n, t in self.start.items()}
        self.optimizer = None
        if self.trained:
            self.optimizer = pytorch_common.ForeachStableAdamW(
                self.live,
                (self.number("beta1", 0.9), self.number("beta2", 0.999)),
                self.number("epsilon", 1e-10),
                self.number("weight_decay", 1e-4),
            )

    def parameters(self):
        if self.trained:
            return sum(t.numel() for t in self.live.values())
        models = [self.teacher] if self.kind == "teacher-forward" else [self.teacher, self.weights]
        return sum(t.numel() for model in models for t in model.values())

    # ------------------------------------------------------------------------------------------------- the clocked part

    def run(self):
        """One step; what comes back is turned into the loss by `loss`."""
        if self.kind == "optimizer":
            return self.update(self.fresh)
        if self.kind in ("teacher-forward", "score"):
            with self.torch.inference_mode():
                features = self.teacher_features()
                return features if self.kind == "teacher-forward" else self.score(features).mean().item()
        if self.kind == "joint-step-with-teacher":
            with self.torch.no_grad():
                features = self.teacher_features()
        else:
            features = self.features
        result = self.ref.joint(
            features, self.live, self.geometry, self.assumptions, self.share, masks=self.masks
        )
        gradients = self.torch.autograd.grad(result.loss, list(self.live.values()))
        self.update(list(gradients))
        return result.loss.item()

    def teacher_features(self):
        embedding = self.ref.teacher_embedding(self.images, self.teacher, self.geometry)
        return self.ref.teacher_features(embedding, self.teacher, self.geometry, layers=self.layers)

    def update(self, gradients):
        self.optimizer.clip(gradients, self.limit, self.clipping)
        self.optimizer.step(gradients, self.rate)

    def score(self, features):
        ref, g = self.ref, self.geometry
        tokens = ref.encode(features.embedding, self.weights, "encoder_student", g.heads)[-1][:, :1]
        last, _ = ref.encoder_scores(features.class_tokens[:, -1:], tokens, self.assumptions)
        groups = ref.decode(features.group1, features.group2, self.weights, g)
        targets = [x[:, g.prefix :] for x in (features.group1, features.group2)]
        maps = ref.anomaly_map(targets, groups, g, int(self.number("map_size", 256)))
        return ref.fuse(last, ref.decoder_score(maps.smoothed), temperature=self.assumptions.temperature)

    # ----------------------------------------------------------------------------------------------------------- around

    def loss(self, outcome):
        if self.kind == "teacher-forward":
            return outcome.class_tokens.double().pow(2).mean().item()
        if self.kind == "optimizer":
            moved = (self.live[n].double() - t.double() for n, t in self.start.items())
            return sum(d.pow(2).sum().item() for d in moved) ** 0.5
        return outcome

    def timed(self, count):
        """(milliseconds per step, loss of the last)."""
        seconds = 0.0
        for _ in range(count):
            self.refresh()
            begin = time.perf_counter()
            outcome = self.run()
            seconds += time.perf_counter() - begin
        return 1e3 * seconds / count, self.loss(outcome)

    def refresh(self):
        """The given gradients anew, as clipping scales them in place."""
        if self.kind == "optimizer":
            self.fresh = [g.clone() for g in self.gradients]

    def current(self):
        return {n: self.live.get(n, t).detach().numpy() for n, t in self.weights.items()}


class Server:
    def __init__(self):
        self.works = {}

    def find(self, name):
        if name not in self.works:
            raise ValueError(f"nothing is loaded as {name}")
        return self.works[name]

    def load(self, rest):
        name, kind, path = rest.split(None, 2)
        self.works.pop(name, None)
        self.works[name] = Work(kind, path)
        return f"ok {name} {self.works[name].parameters()}"

    def step(self, rest):
        name, *count = rest.split()
        milliseconds, loss = self.find(name).timed(int(count[0]) if count else 1)
        return f"{milliseconds:.6f} {loss!r}"

    def losses(self, rest):
        name, count = rest.split()
        work = self.find(name)
        return " ".join(repr(work.timed(1)[1]) for _ in range(int(count)))

    def reset(self, rest):
        self.find(rest).reset()
        return f"ok {rest}"

    def weights(self, rest):
        import safetensors_file

        name, path = rest.split(None, 1)
        safetensors_file.write(path, self.find(name).current())
        return f"ok {name}"

    def drop(self, rest):
        self.find(rest)
        del self.works[rest]
        return f"ok {rest}"

    def answer(self, line):
        command, _, rest = line.partition(" ")
        if command not in ("load", "step", "losses", "reset", "weights", "drop"):
            return f"error unknown command {command}"
        try:
            return getattr(self, command)(rest.strip())
        except Exception as problem:  # noqa: BLE001  every failure is the caller's to read
            return "error " + " ".join(f"{type(problem).__name__}: {problem}".split())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=2)
    threads = parser.parse_args().threads
    pytorch_common.settings(threads)
    torch = pytorch_common.torch_settings(threads)
    capability = torch.__config__.show().split("CPU capability usage:")[1].split()[0]
    print(
        f"ready torch={torch.__version__} threads={threads} blas={pytorch_common.blas()} cpu={capability}", flush=True
    )
    server = Server()
    for line in sys.stdin:
        if line.strip() == "quit":
            break
        if line.strip():
            print(server.answer(line.strip()), flush=True)


if __name__ == "__main__":
    main()
