"""Makes the tables and verdicts of results/proof from its scores, with scikit-learn beside Dyad's own metrics.

    /usr/bin/python3 experiments/proof/tables.py [results/proof]

Reads every EXPERIMENT/results.csv, scores/ and curves/; writes auroc.csv, claims.csv and diagnosis.csv and, between the
two markers, the tables of README.md. Every image AUROC is computed anew and held against results.csv.

Intervals: 95 %, percentile bootstrap of 1,000 draws of the test images within each category and label. Rows and splits
that share images share their draws, so that differences and means are paired. They cover the test images alone, not
another seed of the training. A claim holds where its interval lies above its bound, does not hold where it lies below;
"better student" claims ask it of both students, so that no student is picked by its test score.
Needs Debian's python3-numpy and python3-sklearn.
"""

import csv
import functools
import math
import pathlib
import re
import sys
import zlib

import numpy
from sklearn.metrics import roc_auc_score

DRAWS = 1000
ENCODER, DECODER, ENSEMBLE = "encoder-last", "decoder", "noisy-or-last"
ALL_TOKENS, SUM, SUM_NOISY_OR = "noisy-or-all", "sum-last", "sum-noisy-or"
ROWS = {
    "encoder-all": "encoder, all tokens",
    "decoder": "decoder (Dinomaly)",
    "encoder-last": "encoder, last token",
    ALL_TOKENS: "Noisy-OR, all",
    "sum-last": "sum, last",
    SUM_NOISY_OR: "trained by the sum, Noisy-OR, last",
    "noisy-or-last": "Noisy-OR, last (full method)",
    "patch-tokens": "Noisy-OR, patch tokens distilled",
    "knn": "KNN on class tokens, k = 50",
    "knn-1": "KNN, k = 1",
    "patchcore": "PatchCore",
}
READINGS = {
    "tau-0.1": "full method, temperature 0.1",
    "clip-per-student": "full method, gradients clipped student by student",
    "short-ramp": "full method, hard mining's ramp of 40 iterations",
}
ROWS.update(READINGS)
SEMANTIC = ("fashion-mnist", "cifar-10")
INDUSTRIAL = "industrial"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"


@functools.lru_cache(maxsize=None)
def draws_of(paths):
    """How often each image of a category and label is drawn, (DRAWS, images): a function of the images alone."""
    random = numpy.random.default_rng(zlib.crc32("\n".join(paths).encode()))
    return random.multinomial(len(paths), numpy.full(len(paths), 1 / len(paths)), size=DRAWS).astype(numpy.int32)


class Split:
    """The scores of one test set by row: AUROC and its bootstrap draws."""

    def __init__(self, name, images):
        self.name, self.value, self.draws, self.columns = name, {}, {}, {}
        self.paths = [i["path"] for i in images]
        self.labels = numpy.array([int(i["label"]) for i in images])
        strata = {}
        for at, image in enumerate(images):
            strata.setdefault((image["category"], image["label"]), []).append(at)
        self.counts = numpy.empty((DRAWS, len(images)), numpy.int32)
        for at in strata.values():
            at.sort(key=lambda i: self.paths[i])
            self.counts[:, at] = draws_of(tuple(self.paths[i] for i in at))

    def auroc(self, scores):
        return roc_auc_score(self.labels, scores)

    def drawn_auroc(self, scores):
        """AUROC of every draw, ties as halves."""
        values, group = numpy.unique(scores, return_inverse=True)
        order = numpy.argsort(group, kind="stable")
        starts = numpy.searchsorted(group[order], numpy.arange(len(values)))
        normal = numpy.add.reduceat((self.counts * (self.labels == 0))[:, order], starts, axis=1)
        anomalous = numpy.add.reduceat((self.counts * (self.labels == 1))[:, order], starts, axis=1)
        below = numpy.cumsum(normal, axis=1) - normal / 2
        return (anomalous * below).sum(axis=1) / (normal.sum(axis=1) * anomalous.sum(axis=1))

    def add(self, row, images):
        if [i["path"] for i in images] != self.paths:
            sys.exit(f"{self.name}: {row} was scored on other images than the row before it")
        self.columns[row] = {
            name: numpy.array([float(i[name]) for i in images])
            for name in ("score", "score_encoder_last", "score_decoder")
            if images[0][name]
        }
        scores = self.columns[row]["score"]
        self.value[row], self.draws[row] = self.auroc(scores), self.drawn_auroc(scores)


class Mean:
    """The mean of several splits."""

    def __init__(self, splits, name="mean"):
        self.name = name
        shared = set.intersection(*(set(s.value) for s in splits))
        self.value = {row: float(numpy.mean([s.value[row] for s in splits])) for row in shared}
        self.draws = {row: numpy.mean([s.draws[row] for s in splits], axis=0) for row in shared}


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def row_of(trial):
    """The row's name is the end of the trial's."""
    return next(row for row in sorted(ROWS, key=len, reverse=True) if trial == row or trial.endswith("_" + row))


def splits_of(folder, singles):
    """Test sets of an experiment, each AUROC held against results.csv, and those to be shown: few-shot seeds become one
    set for each k, readings stand beside the rows of their sets in singles."""
    splits, seeds = {}, {}
    for line in read(folder / "results.csv"):
        if line["split"] == "mean":
            continue
        file = re.sub(r"[^\w.+-]", "-", line["split"]) + ".csv"
        images = read(folder / "scores" / line["trial"] / file)
        shot = f"k = {line['few_shot']}" if line["few_shot"] != "0" else None
        name = f"{shot}, seed {line['seed']}" if shot else line["split"]
        if folder.name == "readings":  # of several sets
            row, of_set = line["trial"].split("_")
            name = f"{of_set} {name}"
        else:
            row = row_of(line["trial"])
        if name not in splits:
            splits[name] = Split(name, images)
            if shot:
                seeds.setdefault(shot, []).append(splits[name])
        split = splits[name]
        if row in split.value:
            sys.exit(f"{folder}: two rows {row} of {name}")
        split.add(row, images)
        if abs(split.value[row] - float(line["image_auroc"])) > 1e-9:
            sys.exit(f"{folder}: {line['trial']} {name} has {line['image_auroc']}, scikit-learn {split.value[row]}")
    if seeds:
        return list(splits.values()), [Mean(s, shot) for shot, s in seeds.items()]
    found = list(splits.values())
    if folder.name == "readings":
        return found, beside_the_defaults(found, singles)
    return found, found + ([Mean(found)] if len(found) > 1 else [])


def beside_the_defaults(readings, singles):
    """Means by set of the readings, with the rows of the set itself that took no or another reading; and their mean."""
    means = []
    for name in (*SEMANTIC, INDUSTRIAL):
        found = [s for s in readings if s.name.startswith(name + " ")]
        for split in found:
            own = next(s for s in singles[name] if f"{name} {s.name}" == split.name)
            if own.paths != split.paths:
                sys.exit(f"{split.name}: the readings were scored on other images than the set itself")
            for row in (ENSEMBLE, ALL_TOKENS, SUM, SUM_NOISY_OR):
                split.value[row], split.draws[row] = own.value[row], own.draws[row]
        if found:
            means.append(Mean(found, f"{name} " + ", ".join(s.name.removeprefix(name + " ") for s in found)))
    return means + ([Mean(means)] if len(means) > 1 else [])


def interval(draws):
    low, high = numpy.percentile(draws, [2.5, 97.5])
    return 100 * low, 100 * high


def verdict(low, high, bound):
    return "holds" if low > bound else "does not hold" if high < bound else "undecided"


def claims(sets):
    """(claim, set, split, ours, theirs, points, low, high, verdict, asked), asked: what the paper's claim is about."""
    lines = []

    def compare(claim, name, split, ours, theirs, bound=0.0, asked=True):
        if ours not in split.value:
            return
        for other in theirs if isinstance(theirs, tuple) else (theirs,):
            if other in split.value:
                points = 100 * (split.value[ours] - split.value[other])
                low, high = interval(split.draws[ours] - split.draws[other])
                lines.append([claim, name, split.name, ours, other, points, low, high, verdict(low, high, bound), asked])

    for name, splits in sets.items():
        for split in splits:
            mean = split is splits[-1] or split.name.startswith("k = ")
            if name in SEMANTIC:
                compare("1 last class token beats all", name, split, ENCODER, "encoder-all", asked=mean)
                compare("1 last class token beats all", name, split, ENSEMBLE, ALL_TOKENS, asked=False)
                compare("2 class tokens beat patch tokens", name, split, ENSEMBLE, "patch-tokens", asked=mean)
                compare("3 the encoder beats the decoder", name, split, ENCODER, DECODER, asked=mean)
            if name == INDUSTRIAL:
                compare("3 the decoder beats the encoder", name, split, DECODER, ENCODER, asked=mean)
            if name in (*SEMANTIC, INDUSTRIAL):
                compare("4 the ensemble is within 0.5 of both students", name, split, ENSEMBLE, (ENCODER, DECODER), -0.5, mean)
            if split.name == "juice_bottle":
                compare("5 Noisy-OR beats the sum on logical anomalies", name, split, ENSEMBLE, SUM)
            if name in ("readings", "all sets"):
                for reading in (ALL_TOKENS, SUM, SUM_NOISY_OR, *READINGS):
                    compare("7 a reading beats the full method", name, split, reading, ENSEMBLE, asked=mean)
                continue
            compare("6 the ensemble beats KNN", name, split, ENSEMBLE, "knn", asked=mean)
            compare("6 the ensemble beats KNN", name, split, ENSEMBLE, "knn-1", asked=False)
            compare("6 the ensemble beats the patch memory", name, split, ENSEMBLE, "patchcore", asked=mean)
    return lines


def noisy_or(encoder, decoder, temperature):
    return -numpy.expm1(-encoder / temperature) * -numpy.expm1(-decoder / temperature)


def diagnosis(folder, splits):
    """What holds an ensemble back: its trainings' losses and effective weights, its students, other fusions of its scores."""
    trainings = {(t["split"], row_of(t["trial"])): t["training"] for t in read(folder / "timings.csv")}
    lines = []

    def say(split, training, quantity, value):
        lines.append((folder.name, split.name, training, quantity, value))

    for split in splits:
        pairs = {
            row: (split.columns[row]["score_encoder_last"], split.columns[row]["score_decoder"])
            for row in (ENSEMBLE, SUM)
            if row in split.columns
        }
        if {ENCODER, DECODER} <= set(split.columns):
            pairs["alone"] = (split.columns[ENCODER]["score"], split.columns[DECODER]["score"])
        for training, (encoder, decoder) in pairs.items():
            if (split.name, training) in trainings:
                steps = read(folder / "curves" / (trainings[split.name, training] + ".csv"))
                for share in (0.1, 0.5, 1.0):
                    end = math.ceil(share * len(steps))
                    window = steps[max(0, end - len(steps) // 20) : end]
                    for column in ("loss_encoder", "loss_decoder", "weight_encoder", "weight_decoder"):
                        values = [float(step[column]) for step in window if step[column]]
                        if values:
                            say(split, training, f"{column} at {share:.0%}", float(numpy.mean(values)))
            normal = split.labels == 0
            say(split, training, "median s_E of normal images", float(numpy.median(encoder[normal])))
            say(split, training, "median s_D of normal images", float(numpy.median(decoder[normal])))
            say(split, training, "AUROC of s_E", 100 * split.auroc(encoder))
            say(split, training, "AUROC of s_D", 100 * split.auroc(decoder))
            say(split, training, "AUROC of the sum", 100 * split.auroc(encoder + decoder))
            for temperature in (0.1, 0.3, 1.0, 3.0):
                fused = noisy_or(encoder, decoder, temperature)
                say(split, training, f"AUROC of Noisy-OR, temperature {temperature:g}", 100 * split.auroc(fused))
    return lines


def table(name, splits):
    """Image AUROC in per cent, rows by splits; intervals at the last column, the others' are in auroc.csv."""
    lines = [f"\n### {name}\n", "| row | " + " | ".join(s.name for s in splits) + " |", "|---|" + "---|" * len(splits)]
    for row in (row for row in ROWS if any(row in s.value for s in splits)):
        cells = []
        for s in splits:
            if row in s.value:
                low, high = interval(s.draws[row])
                cells.append(f"{100 * s.value[row]:.2f} ({low:.1f} to {high:.1f})")
            else:
                cells.append("–")
        lines.append(f"| {ROWS[row]} | " + " | ".join(cells) + " |")
    return lines


def values_of(name, splits):
    """Lines of auroc.csv."""
    return [
        (name, row, s.name, 100 * s.value[row], *interval(s.draws[row])) for s in splits for row in ROWS if row in s.value
    ]


def diagnosis_table(lines):
    """The mean over the splits of each set."""
    shown = {
        "w_E, w_D at the end": ("weight_encoder at 100%", "weight_decoder at 100%"),
        "L_E, L_D at the end": ("loss_encoder at 100%", "loss_decoder at 100%"),
        "median s_E, s_D of normal images": ("median s_E of normal images", "median s_D of normal images"),
        "AUROC s_E, s_D": ("AUROC of s_E", "AUROC of s_D"),
        "sum": ("AUROC of the sum",),
        "Noisy-OR τ = 0.1": ("AUROC of Noisy-OR, temperature 0.1",),
        "Noisy-OR τ = 1": ("AUROC of Noisy-OR, temperature 1",),
    }
    by = {}
    for name, _, training, quantity, value in lines:
        by.setdefault((name, training), {}).setdefault(quantity, []).append(value)
    text = ["\n### Diagnosis, means over the splits\n", "| set | trained by | " + " | ".join(shown) + " |", "|---|---|" + "---|" * len(shown)]
    for (name, training), found in by.items():
        cells = []
        for quantities in shown.values():
            values = [numpy.mean(found[q]) for q in quantities if q in found]
            cells.append(", ".join(f"{v:.3f}" if v < 10 else f"{v:.2f}" for v in values) or "–")
        trained = {ENSEMBLE: "Noisy-OR", SUM: "sum", "alone": "each student alone"}[training]
        text.append(f"| {name} | {trained} | " + " | ".join(cells) + " |")
    return text


def write(path, heads, lines):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        for line in lines:
            writer.writerow([f"{x:.4f}" if isinstance(x, float) else x for x in line])


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "results/proof")
    sets, singles, values, diagnosed, text = {}, {}, [], [], []
    for results in sorted(root.glob("*/results.csv")):
        name = results.parent.name
        single, shown = splits_of(results.parent, singles)  # readings are the last by name
        sets[name], singles[name] = shown, single
        values += values_of(name, single + [s for s in shown if s not in single])
        text += table(name, shown)
        if name in (*SEMANTIC, INDUSTRIAL):
            diagnosed += diagnosis(results.parent, single)
    means = [Mean([sets[name][-1]], name) for name in (*SEMANTIC, INDUSTRIAL) if name in sets]
    sets["all sets"] = means + [Mean(means)]
    text += table("all sets", sets["all sets"])
    values += values_of("all sets", sets["all sets"][-1:])
    judged = claims(sets)
    write(root / "auroc.csv", ("set", "row", "split", "image_auroc", "low", "high"), values)
    heads = ("claim", "set", "split", "ours", "theirs", "points", "low", "high", "verdict")
    write(root / "claims.csv", heads, [line[:-1] for line in judged])
    write(root / "diagnosis.csv", ("set", "split", "training", "quantity", "value"), diagnosed)
    verdicts = ["\n### Claims, in points of image AUROC\n", "| claim | set | difference | verdict |", "|---|---|---|---|"]
    for claim, name, split, ours, theirs, value, low, high, says, asked in judged:
        if asked:
            where = name if split == "mean" else f"{name}, {split}"
            verdicts.append(f"| {claim} | {where} | {ours} − {theirs}: {value:+.2f} ({low:+.2f} to {high:+.2f}) | {says} |")
    page = root / "README.md"
    before, rest = page.read_text().split(BEGIN)
    text = verdicts + text + diagnosis_table(diagnosed)
    page.write_text(before + BEGIN + "\n".join(text) + "\n\n" + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
