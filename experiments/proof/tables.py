"""Makes the tables and verdicts of results/proof from its scores, with scikit-learn beside Dyad's own metrics.

    /usr/bin/python3 experiments/proof/tables.py [results/proof]

Reads every EXPERIMENT/results.csv and EXPERIMENT/scores/; writes auroc.csv, claims.csv and, between its two markers,
the tables of README.md. Every image AUROC is computed anew and held against results.csv. Intervals: 95 %, percentile
bootstrap of 1,000 draws of the test images (normal and anomalous apart); rows of one split share the draws, so that
differences are paired. They cover the test images alone, not another seed of the training.
Needs Debian's python3-numpy and python3-sklearn.
"""

import csv
import pathlib
import re
import sys
import zlib

import numpy
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

DRAWS = 1000
ENCODER, DECODER, ENSEMBLE = "encoder-last", "decoder", "noisy-or-last"
ROWS = {
    "encoder-all": "encoder, all tokens",
    "decoder": "decoder (Dinomaly)",
    "encoder-last": "encoder, last token",
    "noisy-or-all": "Noisy-OR, all",
    "sum-last": "sum, last",
    "noisy-or-last": "Noisy-OR, last (full method)",
    "patch-tokens": "Noisy-OR, patch tokens distilled",
    "knn": "KNN on class tokens",
    "patchcore": "PatchCore",
}
SEMANTIC = ("fashion-mnist", "cifar-10")
INDUSTRIAL = "industrial"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"


def auroc(normal, anomalous):
    """Area under the ROC curve by ranks, ties as halves."""
    ranks = rankdata(numpy.concatenate([normal, anomalous]))
    n, a = len(normal), len(anomalous)
    return (ranks[n:].sum() - a * (a + 1) / 2) / (n * a)


class Split:
    """The scores of one test set by row: AUROC and its bootstrap draws."""

    def __init__(self, name):
        self.name, self.value, self.draws, self.drawn = name, {}, {}, None

    def add(self, row, labels, scores):
        order = numpy.lexsort((numpy.arange(len(labels)), labels))
        labels, scores = labels[order], scores[order]
        n = int((labels == 0).sum())
        normal, anomalous = scores[:n], scores[n:]
        if self.drawn is None:
            random = numpy.random.default_rng(zlib.crc32(self.name.encode()))
            self.drawn = [
                (random.integers(n, size=n), random.integers(len(anomalous), size=len(anomalous))) for _ in range(DRAWS)
            ]
        self.value[row] = roc_auc_score(labels, scores)
        self.draws[row] = numpy.array([auroc(normal[i], anomalous[j]) for i, j in self.drawn])


class Mean:
    """The mean of several splits."""

    name = "mean"

    def __init__(self, splits):
        shared = set.intersection(*(set(s.value) for s in splits))
        self.value = {row: float(numpy.mean([s.value[row] for s in splits])) for row in shared}
        self.draws = {row: numpy.mean([s.draws[row] for s in splits], axis=0) for row in shared}


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def row_of(trial):
    """The row's name is the end of the trial's."""
    return next(row for row in sorted(ROWS, key=len, reverse=True) if trial == row or trial.endswith("_" + row))


def splits_of(folder):
    """Test sets of an experiment by name, each AUROC held against results.csv."""
    splits = {}
    for line in read(folder / "results.csv"):
        if line["split"] == "mean":
            continue
        file = re.sub(r"[^\w.+-]", "-", line["split"]) + ".csv"
        scores = read(folder / "scores" / line["trial"] / file)
        name = line["split"]
        if line["few_shot"] != "0":
            name = f"k = {line['few_shot']}, seed {line['seed']}"
        split = splits.setdefault(name, Split(f"{folder.name}/{name}"))
        row = row_of(line["trial"])
        labels = numpy.array([int(s["label"]) for s in scores])
        split.add(row, labels, numpy.array([float(s["score"]) for s in scores]))
        if abs(split.value[row] - float(line["image_auroc"])) > 1e-9:
            sys.exit(f"{folder}: {line['trial']} {name} has {line['image_auroc']}, scikit-learn {split.value[row]}")
    return splits


def interval(draws):
    low, high = numpy.percentile(draws, [2.5, 97.5])
    return 100 * low, 100 * high


def difference(split, ours, theirs):
    """(difference, low, high) in points of AUROC."""
    return (100 * (split.value[ours] - split.value[theirs]), *interval(split.draws[ours] - split.draws[theirs]))


def verdict(low, high, bound=0.0):
    return "holds" if low > bound else "does not hold" if high < bound else "undecided"


def claims(sets):
    """Every claim on every test set that has both its rows."""
    lines = []

    def compare(claim, name, split, ours, theirs, bound=0.0):
        if ours in split.value and theirs in split.value:
            value, low, high = difference(split, ours, theirs)
            lines.append((claim, name, split.name.split("/")[-1], ours, theirs, value, low, high, verdict(low, high, bound)))

    for name, splits in sets.items():
        if name not in (*SEMANTIC, INDUSTRIAL):
            continue
        for split in splits:
            if name in SEMANTIC:
                compare("1 last class token beats all class tokens", name, split, "encoder-last", "encoder-all")
                compare("1 last class token beats all class tokens", name, split, "noisy-or-last", "noisy-or-all")
                compare("2 class tokens beat patch tokens", name, split, ENSEMBLE, "patch-tokens")
                compare("3 the encoder beats the decoder on semantic data", name, split, ENCODER, DECODER)
            else:
                compare("3 the decoder beats the encoder on industrial data", name, split, DECODER, ENCODER)
            if ENCODER in split.value and DECODER in split.value:
                better = max(ENCODER, DECODER, key=split.value.get)
                compare("4 the ensemble is within 0.5 of the better student", name, split, ENSEMBLE, better, -0.5)
            if split.name.endswith("juice_bottle"):
                compare("5 Noisy-OR beats the sum on logical anomalies", name, split, ENSEMBLE, "sum-last")
            compare("6 the ensemble beats KNN", name, split, ENSEMBLE, "knn")
            compare("6 the ensemble beats the patch memory", name, split, ENSEMBLE, "patchcore")
    return lines


def table(name, splits):
    """Image AUROC in per cent, rows by splits."""
    present = [row for row in ROWS if any(row in s.value for s in splits)]
    heads = [s.name.split("/")[-1] for s in splits]
    lines = [f"\n### {name}\n", "| row | " + " | ".join(heads) + " |", "|---|" + "---|" * len(splits)]
    for row in present:
        cells = []
        for s in splits:
            if row in s.value:
                low, high = interval(s.draws[row])
                cells.append(f"{100 * s.value[row]:.2f} [{low:.2f}, {high:.2f}]")
            else:
                cells.append("–")
        lines.append(f"| {ROWS[row]} | " + " | ".join(cells) + " |")
    return lines


def write(path, heads, lines):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        for line in lines:
            writer.writerow([f"{x:.4f}" if isinstance(x, float) else x for x in line])


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "results/proof")
    sets, values, text = {}, [], []
    for results in sorted(root.glob("*/results.csv")):
        splits = list(splits_of(results.parent).values())
        if len(splits) > 1:
            splits.append(Mean(splits))
        name = results.parent.name
        sets[name] = splits
        for s in splits:
            for row in ROWS:
                if row in s.value:
                    values.append((name, row, s.name.split("/")[-1], 100 * s.value[row], *interval(s.draws[row])))
        text += table(name, splits)
    judged = claims(sets)
    write(root / "auroc.csv", ("set", "row", "split", "image_auroc", "low", "high"), values)
    write(root / "claims.csv", ("claim", "set", "split", "ours", "theirs", "points", "low", "high", "verdict"), judged)
    text += ["\n### Claims, in points of image AUROC\n", "| claim | set | split | difference | verdict |", "|---|---|---|---|---|"]
    for claim, name, split, ours, theirs, value, low, high, says in judged:
        text.append(f"| {claim} | {name} | {split} | {ours} − {theirs}: {value:+.2f} [{low:+.2f}, {high:+.2f}] | {says} |")
    page = root / "README.md"
    before, rest = page.read_text().split(BEGIN)
    page.write_text(before + BEGIN + "\n".join(text) + "\n\n" + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
