"""Trains both students in PyTorch, for parity checks against `dyad train` and for timing whole processes.

    /usr/bin/python3 src/bench/train_reference.py --teacher src/main/resources/…/dyad-tiny.onnx \
        --images images.f32 --size 64 64 --init W.safetensors --order BATCHES.txt --dump-losses L.csv

Needs Debian's python3-torch (1.13), python3-onnx, python3-numpy, python3-pil and libopenblas0-pthread; the process
starts itself anew with OpenBLAS and thread settings (pytorch_common.settings says why). The method, and how it is read
where the text leaves room, is ../test/recipes/reference.py. No dropout: the noisy bottleneck runs with p = 0.

Images, one of
  --images FILE   raw float32, little-endian, (n, 3, H, W), already normalised; needs --size H W
  --idx FILE      IDX of grey 8-bit images, .gz or not; with --labels and --classes only those classes
  --list FILE     a path of an image file per line
of which the last two go through Pillow: RGB, both sides resized to --resize (antialiased bilinear, 8 bits), centre
crop to --size, ImageNet mean and standard deviation. --limit takes the first n after the choice of classes.

Batches: --order FILE has one line of image indices (commas or spaces) per step; else batches of --batch from seeded
permutations, drop last. The schedule's length is --schedule-steps, by default the number of steps run.

Weights: --init FILE (safetensors; names in reference.py; with encoder_student.embed.* the student has an embedding of
its own), else the method's initialisation from --seed. --export-init and --export-weights write them before and after.

Losses: --dump-losses FILE gets one line a step, `step` counted from 0; losses and weights are means over the batch,
taken before the update; a student that the objective leaves out has loss 0 and weight 0. The printed digits give back
the float32 (or, with --dtype float64, the double) exactly.

Scores: --test-images, --test-idx or --test-list (with --test-labels, and --classes as the normal ones) and
--dump-scores FILE write index,label,score_encoder_last,score_encoder_all,score_decoder,score after the training; with
labels, image AUROCs are printed (needs python3-sklearn).

--time prints steps, seconds of the training loop, ms a step and, from the outside, `time` gives the whole process.
"""

import argparse
import csv
import dataclasses
import gzip
import pathlib
import re
import sys
import time

import pytorch_common


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--teacher", required=True, help="ONNX file (torch.hub or timm export)")
    add("--heads", type=int, help="attention heads, where the file does not tell")
    add("--position", choices=["plain", "antialias", "offset"], default="plain", help="rule for another grid")
    for test in ("", "test-"):
        add(f"--{test}images")
        add(f"--{test}idx")
        add(f"--{test}list")
        add(f"--{test}labels", help="IDX of labels")
        add(f"--{test}limit", type=int)
    add("--classes", help="normal classes, comma-separated")
    add("--size", type=int, nargs=2, metavar=("H", "W"), help="default: the teacher's own size")
    add("--resize", type=int, nargs=2, metavar=("H", "W"), help="before the crop; default: as --size")
    add("--init")
    add("--seed", type=int, default=0)
    add("--layer-scale", type=float, default=1.0, help="initial γ; 0: none")
    add("--encoder-std", type=float, default=0.02)
    add("--decoder-depth", type=int, default=8)
    add("--order")
    add("--batch", type=int, default=8)
    add("--steps", type=int, help="default: the lines of --order")
    add("--schedule-steps", type=int)
    add("--rate", type=float, default=1e-4)
    add("--warmup", type=int, default=100)
    add("--floor", choices=["tenth", "zero", "constant"], default="tenth")
    add("--clipping", choices=["joint", "per-student", "off"], default="joint")
    add("--clip-norm", type=float, default=0.1)
    add("--weight-decay", type=float, default=1e-4)
    add("--betas", type=float, nargs=2, default=[0.9, 0.999])
    add("--epsilon", type=float, default=1e-10)
    add("--objective", choices=["noisy-or", "sum", "encoder-only", "decoder-only"], default="noisy-or")
    add("--temperature", type=float, default=1.0)
    add("--distilled-tokens", choices=["class", "patch"], default="class")
    add("--reduction", choices=["mean", "sum"], default="mean")
    add("--token-set", choices=["blocks-and-norm", "blocks"], default="blocks-and-norm")
    add("--normalization", choices=["raw", "layer-norm"], default="raw")
    add("--no-hard-mining", action="store_true")
    add("--mining-share", type=float, default=0.9)
    add("--mining-ramp", type=int, default=1000)
    add("--mining-factor", type=float, default=0.1)
    add("--map-size", type=int, default=256)
    add("--anomalous", help="indices of known anomalies among the images (t = 0), comma-separated")
    add("--dtype", choices=["float32", "float64"], default="float32")
    add("--threads", type=int, default=2)
    add("--plain-optimizer", action="store_true", help="reference.StableAdamW instead of the foreach one")
    add("--dump-losses")
    add("--dump-scores")
    add("--export-init")
    add("--export-weights")
    add("--time", action="store_true")
    return parser.parse_args()


# ------------------------------------------------------------------------------------------------------- images


def read_idx(path):
    import numpy as np

    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        content = file.read()
    if content[:3] != b"\0\0\x08":
        raise SystemExit(f"{path} is no IDX file of unsigned bytes")
    shape = np.frombuffer(content, ">i4", content[3], 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * content[3]).reshape(shape)


def prepare(image, resize, size):
    """A Pillow image to (3, H, W): RGB → resize both sides → centre crop → ImageNet normalisation."""
    import numpy as np
    from PIL import Image

    mean, std = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
    image = image.convert("RGB")
    if image.size != (resize[1], resize[0]):
        image = image.resize((resize[1], resize[0]), Image.BILINEAR)
    top, left = (resize[0] - size[0]) // 2, (resize[1] - size[1]) // 2
    pixels = np.asarray(image, np.float32)[top : top + size[0], left : left + size[1]]
    return ((pixels / 255 - mean) / std).transpose(2, 0, 1)


def read_images(raw, idx, listing, labels, classes, limit, size, resize):
    """((n, 3, H, W) float32, labels or None)."""
    import numpy as np
    from PIL import Image

    found = None if labels is None else read_idx(labels).astype(int)
    if raw:
        images = np.fromfile(raw, "<f4").reshape(-1, 3, *size)
        chosen = range(len(images))
        source = images.__getitem__
    elif idx:
        pixels = read_idx(idx)
        chosen = range(len(pixels)) if classes is None else np.flatnonzero(np.isin(found, classes))
        source = lambda i: prepare(Image.fromarray(pixels[i]), resize, size)  # noqa: E731
    elif listing:
        paths = pathlib.Path(listing).read_text().splitlines()
        chosen = range(len(paths))
        source = lambda i: prepare(Image.open(paths[i]), resize, size)  # noqa: E731
    else:
        raise SystemExit("give --images, --idx or --list")
    chosen = list(chosen)[:limit]
    return np.stack([source(i) for i in chosen]), None if found is None else found[chosen]


# ------------------------------------------------------------------------------------------------------- weights


def initial_weights(torch, teacher, args):
    """The method's own starting point: DINOv2's for the encoder student, Dinomaly's for the decoder student."""
    torch.manual_seed(args.seed)
    w = {}

    def fill(name, shape, std, bound):
        if name.endswith("norm.weight") or re.search(r"norm[12]\.weight$", name):
            w[name] = torch.ones(shape)
        elif name.endswith("weight"):
            w[name] = torch.nn.init.trunc_normal_(torch.empty(shape), std=std, a=-bound, b=bound)
        elif name.endswith("gamma"):
            w[name] = torch.full(shape, args.layer_scale)
        else:
            w[name] = torch.zeros(shape)

    width = teacher["teacher.norm.weight"].shape[0]
    depth = 1 + max(int(n.split(".")[2]) for n in teacher if n.startswith("teacher.blocks."))
    shapes = {
        "norm1.weight": (width,),
        "norm1.bias": (width,),
        "attn.qkv.weight": (3 * width, width),
        "attn.qkv.bias": (3 * width,),
        "attn.proj.weight": (width, width),
        "attn.proj.bias": (width,),
        "ls1.gamma": (width,),
        "norm2.weight": (width,),
        "norm2.bias": (width,),
        "mlp.fc1.weight": (4 * width, width),
        "mlp.fc1.bias": (4 * width,),
        "mlp.fc2.weight": (width, 4 * width),
        "mlp.fc2.bias": (width,),
        "ls2.gamma": (width,),
    }
    for i in range(depth):
        for name, shape in shapes.items():
            if args.layer_scale > 0 or not name.endswith("gamma"):
                fill(f"encoder_student.blocks.{i}.{name}", shape, args.encoder_std, 2 * args.encoder_std)
    fill("encoder_student.norm.weight", (width,), 0, 0)
    fill("encoder_student.norm.bias", (width,), 0, 0)
    for layer, shape in (("fc1", (4 * width, width)), ("fc2", (width, 4 * width))):
        fill(f"decoder_student.bottleneck.{layer}.weight", shape, 0.01, 0.03)
        fill(f"decoder_student.bottleneck.{layer}.bias", shape[:1], 0, 0)
    for i in range(args.decoder_depth):
        for name, shape in shapes.items():
            if not name.endswith("gamma"):
                fill(f"decoder_student.blocks.{i}.{name}", shape, 0.01, 0.03)
    return w


def write_weights(path, weights):
    import safetensors_file

    safetensors_file.write(path, {n: w.detach().float().numpy() for n, w in weights.items()})


# ------------------------------------------------------------------------------------------------------- training


def batches(torch, args, count):
    """Lists of image indices, one a step."""
    if args.order:
        lines = [line for line in pathlib.Path(args.order).read_text().splitlines() if line.strip()]
        order = [[int(i) for i in line.replace(",", " ").split()] for line in lines]
        if args.steps and args.steps > len(order):
            raise SystemExit(f"{args.order} has {len(order)} steps; --steps asks for {args.steps}")
        return order[: args.steps]
    if not args.steps:
        raise SystemExit("give --order or --steps")
    generator = torch.Generator().manual_seed(args.seed)
    size, order = min(args.batch, count), []
    while len(order) < args.steps:
        permutation = torch.randperm(count, generator=generator).tolist()
        order += [permutation[i : i + size] for i in range(0, count - size + 1, size)]
    return order[: args.steps]


def all_features(torch, ref, images, teacher, geometry, keep_patches):
    """The frozen teacher, once per image."""
    parts = []
    with torch.no_grad():
        for chunk in images.split(32):
            embedding = ref.teacher_embedding(chunk, teacher, geometry)
            parts.append(ref.teacher_features(embedding, teacher, geometry, keep_patches))
    return ref.TeacherFeatures(*(None if x[0] is None else torch.cat(x) for x in zip(*parts)))


def train(torch, ref, args, images, features, weights, geometry, assumptions, order):
    own_embedding = "encoder_student.embed.prefix" in weights
    skipped = {"encoder-only": "decoder_student.", "decoder-only": "encoder_student."}.get(assumptions.objective, "-")
    trained = {n: w.requires_grad_(True) for n, w in weights.items() if not n.startswith(skipped)}
    parameters = list(trained.values())
    anomalous = {int(i) for i in args.anomalous.split(",")} if args.anomalous else set()
    kind = ref.StableAdamW if args.plain_optimizer else pytorch_common.ForeachStableAdamW
    optimizer = kind(trained, tuple(args.betas), args.epsilon, args.weight_decay)
    rates = ref.learning_rates(args.schedule_steps or len(order), args.rate, args.floor, args.warmup)
    rows = []
    for step, chosen in enumerate(order):
        index = torch.tensor(chosen)
        part = ref.TeacherFeatures(*(None if x is None else x[index] for x in features))
        own = ref.own_embedding(images[index], weights, geometry) if own_embedding else None
        normal = torch.tensor([i not in anomalous for i in chosen])
        share = ref.hard_mining_share(step, args.mining_share, args.mining_ramp)
        result = ref.joint(part, weights, geometry, assumptions, share, normal, encoder_input=own)
        gradients = torch.autograd.grad(result.loss, parameters, allow_unused=True)
        gradients = [torch.zeros_like(p) if g is None else g for p, g in zip(parameters, gradients)]
        if args.plain_optimizer:
            named = ref.clip_gradients(dict(zip(trained, gradients)), args.clip_norm, args.clipping)
            optimizer.step(named, rates[step])
        else:
            optimizer.clip(gradients, args.clip_norm, args.clipping)
            optimizer.step(gradients, rates[step])
        o = result.objective
        per_image = result.loss_encoder, result.loss_decoder, o.weight_encoder, o.weight_decoder
        rows.append([step, result.loss.item()] + [x.detach().mean().item() for x in per_image])
        if rows[-1][1] != rows[-1][1]:
            raise SystemExit(f"the loss is NaN at step {step}")
    return rows


def scores(torch, ref, args, images, teacher, weights, geometry, assumptions):
    """index → (s_E last, s_E all, s_D, s), for the objective's students."""
    rows = []
    with torch.no_grad():
        for chunk in images.split(16):
            embedding = ref.teacher_embedding(chunk, teacher, geometry)
            features = ref.teacher_features(embedding, teacher, geometry, assumptions.distilled_tokens == "patch")
            own = "encoder_student.embed.prefix" in weights
            own = ref.own_embedding(chunk, weights, geometry) if own else None
            both = dataclasses.replace(assumptions, objective="noisy-or")
            result = ref.joint(features, weights, geometry, both, encoder_input=own)
            truth = features.class_tokens if assumptions.distilled_tokens == "class" else features.patch_tokens
            last, every = ref.encoder_scores(truth, result.tokens, assumptions)
            targets = [g[:, geometry.prefix :] for g in (features.group1, features.group2)]
            s_d = ref.decoder_score(ref.anomaly_map(targets, result.groups, geometry, args.map_size).smoothed)
            score = ref.fuse(last, s_d, temperature=assumptions.temperature)
            rows += torch.stack([last, every, s_d, score], 1).tolist()
    return rows


def print_aurocs(rows, normal):
    import torch
    from sklearn.metrics import roc_auc_score

    import reference as ref

    last, every, decoder, _ = torch.tensor(rows, dtype=torch.float64).unbind(1)
    columns = {
        "encoder last": last,
        "encoder all": every,
        "decoder": decoder,
        "noisy-or last": ref.ranking(last, decoder),
        "noisy-or all": ref.ranking(every, decoder),
    }
    for name, values in columns.items():
        print(f"image AUROC, {name}: {roc_auc_score(~normal, values):.4f}")


def main():
    started = time.perf_counter()
    args = arguments()
    pytorch_common.settings(args.threads)
    torch = pytorch_common.torch_settings(args.threads)
    import numpy as np

    import reference as ref
    import safetensors_file

    if pytorch_common.blas() == "reference":
        print("OpenBLAS is not loaded; install libopenblas0-pthread", file=sys.stderr)
    dtype = getattr(torch, args.dtype)
    teacher, geometry = pytorch_common.read_onnx_teacher(args.teacher, args.heads)
    size = args.size or [geometry.grid_height * geometry.patch, geometry.grid_width * geometry.patch]
    grid = [s // geometry.patch for s in size]
    teacher, geometry = pytorch_common.resize_positions(teacher, geometry, *grid, args.position)
    teacher = {n: w.to(dtype) for n, w in teacher.items()}
    classes = None if args.classes is None else [int(c) for c in args.classes.split(",")]
    assumptions = ref.Assumptions(
        args.objective,
        args.temperature,
        args.distilled_tokens,
        args.reduction,
        args.token_set,
        args.normalization,
        not args.no_hard_mining,
        args.mining_factor,
    )

    resize = args.resize or size
    images, _ = read_images(args.images, args.idx, args.list, args.labels, classes, args.limit, size, resize)
    images = torch.from_numpy(images).to(dtype)
    if args.init:
        weights = {n: torch.from_numpy(w) for n, w in safetensors_file.read(args.init)[0].items()}
        weights = {n: w.to(dtype) for n, w in weights.items() if n.startswith(("encoder_student.", "decoder_student."))}
    else:
        weights = {n: w.to(dtype) for n, w in initial_weights(torch, teacher, args).items()}
    if args.export_init:
        write_weights(args.export_init, weights)
    order = batches(torch, args, len(images))
    features = all_features(torch, ref, images, teacher, geometry, args.distilled_tokens == "patch")

    begin = time.perf_counter()
    rows = train(torch, ref, args, images, features, weights, geometry, assumptions, order)
    seconds = time.perf_counter() - begin
    if args.dump_losses:
        exact = (lambda x: repr(float(np.float64(x)))) if dtype == torch.float64 else (lambda x: str(np.float32(x)))
        with open(args.dump_losses, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow("step,loss,loss_encoder,loss_decoder,weight_encoder,weight_decoder".split(","))
            writer.writerows([row[0]] + [exact(x) for x in row[1:]] for row in rows)
    if args.export_weights:
        write_weights(args.export_weights, weights)
    if args.time:
        whole = time.perf_counter() - started
        print(
            f"{len(rows)} steps in {seconds:.3f} s, {1e3 * seconds / len(rows):.2f} ms a step; {whole:.3f} s since the"
            f" settings; {pytorch_common.blas()}, torch {torch.__version__}, last loss {rows[-1][1]:.9g}"
        )

    if args.dump_scores:
        test, labels = read_images(
            args.test_images, args.test_idx, args.test_list, args.test_labels, None, args.test_limit, size, resize
        )
        found = scores(torch, ref, args, torch.from_numpy(test).to(dtype), teacher, weights, geometry, assumptions)
        with open(args.dump_scores, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow("index,label,score_encoder_last,score_encoder_all,score_decoder,score".split(","))
            label = [""] * len(found) if labels is None else labels
            writer.writerows([i, label[i]] + [repr(x) for x in row] for i, row in enumerate(found))
        if labels is not None and classes is not None:
            print_aurocs(found, np.isin(labels, classes))


if __name__ == "__main__":
    main()
