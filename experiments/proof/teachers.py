"""What the frozen teachers know of CIFAR-10, at several image sizes, computed by PyTorch without Dyad.

    /usr/bin/python3 experiments/proof/teachers.py CIFAR10 DEIT.onnx [--out results/proof/teachers.csv]

CIFAR10 has {train,test}/CLASS/NNNN.jpg; DEIT.onnx is DeiT-Tiny. Features are class tokens after the final norm, of
length 1. Memory: the first so many training images of each class (all of them: 5000); test: the images that
results/proof/cifar-10 is judged on. Columns:

  accuracy     of the ten classes, by a vote of the 20 nearest, ties to the first class: what the teacher knows when it is told the labels
  A B C D      image AUROC in per cent of the distance to the 50th nearest normal image, without labels (Dyad's `knn`)
  mean         of the four
  difference_A largest difference from the scores of Dyad's row `knn` of split A, where size and memory agree; Dyad holds
               back 5 % of the training images, which --held-back models/TRAINING/held_back.csv leaves out here too, for this
               column alone

Nothing is chosen by these figures. Needs what src/bench/train_reference.py needs, and python3-sklearn.
"""

import argparse
import csv
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src/bench"), str(ROOT / "src/test/recipes")]
import pytorch_common  # noqa: E402

SMALL = ROOT / "src/main/resources/teacher/dyad-tiny.onnx"
SPLITS = {"A": (0, 1, 2, 3, 4), "B": (5, 6, 7, 8, 9), "C": (0, 2, 4, 6, 8), "D": (1, 3, 5, 7, 9)}
NORMAL_K, CLASS_K = 50, 20
CASES = ("small:32:500", "small:64:500", "deit:112:500", "deit:224:500", "small:32:5000")
SCORED = {("small", 32, 5000): "cifar-10-small", ("deit", 112, 5000): "cifar-10"}  # by Dyad


def class_tokens(torch, ref, teacher, geometry, paths, size):
    """z, (n, D)."""
    import numpy as np
    from PIL import Image

    import train_reference

    parts = []
    with torch.no_grad():
        for start in range(0, len(paths), 32):
            images = [train_reference.prepare(Image.open(p), (size, size), (size, size)) for p in paths[start : start + 32]]
            tokens = ref.teacher_embedding(torch.from_numpy(np.stack(images)), teacher, geometry)
            parts.append(ref.encode(tokens, teacher, "teacher", geometry.heads)[-1][:, 0])
    z = torch.cat(parts)
    return z / z.norm(dim=1, keepdim=True)


def dyad_scores(experiment):
    """Path to score of the row knn, split A."""
    with open(ROOT / "results/proof" / experiment / "scores/a_knn/A.csv", newline="") as file:
        return {row["path"]: float(row["score"]) for row in csv.DictReader(file)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("cifar10", type=pathlib.Path)
    parser.add_argument("deit", type=pathlib.Path)
    parser.add_argument("--case", action="append", help="deit|small:SIZE:MEMORY; default: " + " ".join(CASES))
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "results/proof/teachers.csv")
    parser.add_argument("--held-back", type=pathlib.Path, help="of the model of row a_knn")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    pytorch_common.settings(args.threads)
    torch = pytorch_common.torch_settings(args.threads)
    import reference as ref
    from sklearn.metrics import roc_auc_score

    classes = sorted(p.name for p in (args.cifar10 / "train").iterdir())
    test = list(dyad_scores("cifar-10"))
    held_back = set()
    if args.held_back:
        with open(args.held_back, newline="") as file:
            held_back = {row["path"] for row in csv.DictReader(file)}
    test_labels = torch.tensor([classes.index(p.split("/")[1]) for p in test])
    rows = []
    for case in args.case or CASES:
        name, size, memory = case.split(":")
        size, memory = int(size), int(memory)
        file, heads = (args.deit, 3) if name == "deit" else (SMALL, None)
        teacher, geometry = pytorch_common.read_onnx_teacher(str(file), heads)
        grid = size // geometry.patch
        teacher, geometry = pytorch_common.resize_positions(teacher, geometry, grid, grid, "plain")
        train = [p for c in classes for p in sorted((args.cifar10 / "train" / c).iterdir())[:memory]]
        labels = torch.tensor([classes.index(p.parent.name) for p in train])
        z = class_tokens(torch, ref, teacher, geometry, train, size)
        q = class_tokens(torch, ref, teacher, geometry, [args.cifar10 / p for p in test], size)
        distances = torch.cdist(q.double(), z.double())
        votes = labels[distances.topk(CLASS_K, largest=False).indices]
        accuracy = (votes.mode(1).values == test_labels).double().mean().item()

        def knn(kept):
            return distances[:, kept].topk(NORMAL_K, largest=False).values[:, -1]

        aurocs, difference = {}, ""
        for split, normal in SPLITS.items():
            kept = torch.isin(labels, torch.tensor(normal))
            anomalous = ~torch.isin(test_labels, torch.tensor(normal))
            aurocs[split] = 100 * roc_auc_score(anomalous, knn(kept))
            if split == "A" and (name, size, memory) in SCORED:
                kept &= torch.tensor([str(p.relative_to(args.cifar10)) not in held_back for p in train])
                dyad = dyad_scores(SCORED[name, size, memory])
                difference = f"{max(abs(s - dyad[path]) for s, path in zip(knn(kept).tolist(), test)):.1e}"
        mean = sum(aurocs.values()) / len(aurocs)
        rows.append([name, size, memory, f"{100 * accuracy:.2f}"] + [f"{a:.2f}" for a in (*aurocs.values(), mean)] + [difference])
        print(*rows[-1], flush=True)
    with open(args.out, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["teacher", "size", "memory_per_class", "accuracy", *SPLITS, "mean", "difference_A"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
