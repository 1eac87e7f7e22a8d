"""Makes the tables and verdicts of results/proof from its scores, with scikit-learn beside Dyad's own metrics.

    /usr/bin/python3 experiments/proof/tables.py [results/proof]

Reads teachers.csv (teachers.py) and every EXPERIMENT/results.csv, scores/ and curves/; writes auroc.csv, claims.csv and
diagnosis.csv and, between the two markers, the tables of README.md. Every image AUROC is computed anew and held against
results.csv.

Intervals: 95 %, percentile bootstrap of 1,000 draws of the test images within each category and label. Rows and splits
with the same test images share their draws, so that differences and means are paired; those of cifar-10 and
cifar-10-small do not. They cover the test images alone, not another seed of the training. A claim holds where its interval
lies above its bound, does not hold where it lies below; "better student" claims ask it of both students, so that no student
is picked by its test score.
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
STUDENTS = {
    "rate-2e-3": "decoder, learning rate 2e-3",
    "dropout-0.4": "decoder, dropout 0.4",
    "depth-4": "decoder, 4 blocks",
    "last-layers": "decoder, last 8 blocks of the teacher",
    "iterations-3000": "decoder, 3,000 iterations",
}
ROWS.update(READINGS | STUDENTS)
SEMANTIC = ("fashion-mnist", "cifar-10-small", "cifar-10")
INDUSTRIAL = "industrial"
BASE = "fashion-mnist"  # the set that seeds and students are of
BESIDE_BASE = {"seeds": ("knn",), "students": (DECODER,)}  # its rows that stand beside theirs; KNN has no seed
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"


@functools.lru_cache(maxsize=None)
def draws_of(paths):
    """How often each image of a category and label is drawn, (DRAWS, images): a function of the images alone."""
    random = numpy.random.default_rng(zlib.crc32("\n".join(paths).encode()))
    return random.multinomial(len(paths), numpy.full(len(paths), 1 / len(paths)), size=DRAWS).astype(numpy.int32)


class Split:
    """The scores of one test set by row: AUROC and its bootstrap draws; of: the split's own name in its results.csv."""

    def __init__(self, name, of, images):
        self.name, self.of, self.value, self.draws, self.columns, self.trial = name, of, {}, {}, {}, {}
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

    def add(self, row, images, trial):
        self.trial[row] = trial
        if [i["path"] for i in images] != self.paths:
            sys.exit(f"{self.name}: {row} was scored on other images than the row before it")
        self.columns[row] = {
            name: numpy.array([float(i[name]) for i in images])
            for name in ("score", "score_encoder_last", "score_encoder_all", "score_decoder")
            if images[0][name]
        }
        self.judge(row, self.columns[row]["score"])

    def judge(self, row, scores):
        self.value[row], self.draws[row] = self.auroc(scores), self.drawn_auroc(scores)

    def take(self, rows, whole):
        """Rows of the set that these images are all or some of."""
        at = {path: i for i, path in enumerate(whole.paths)}
        if not set(self.paths) <= set(at):
            sys.exit(f"{self.name}: scored on images that the set itself has not")
        chosen = [at[path] for path in self.paths]
        if (whole.labels[chosen] != self.labels).any():
            sys.exit(f"{self.name}: other labels than in the set itself")
        for row in rows:
            self.judge(row, whole.columns[row]["score"][chosen])


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
    set for each k; other seeds, readings and students stand beside the rows of their sets in singles."""
    splits, groups = {}, {}
    for line in read(folder / "results.csv"):
        if line["split"] == "mean":
            continue
        file = re.sub(r"[^\w.+-]", "-", line["split"]) + ".csv"
        images = read(folder / "scores" / line["trial"] / file)
        group, name = None, line["split"]
        if line["few_shot"] != "0":
            group = f"k = {line['few_shot']}"
            name = f"{group}, seed {line['seed']}"
        elif folder.name == "seeds":
            group = f"seed {line['seed']}"
            name = f"{group}, {name}"
        if folder.name == "readings":  # of several sets
            row, of_set = line["trial"].split("_")
            name = f"{of_set} {name}"
        else:
            row = row_of(line["trial"])
        if name not in splits:
            splits[name] = Split(name, line["split"], images)
            if group:
                groups.setdefault(group, []).append(splits[name])
        split = splits[name]
        if row in split.value:
            sys.exit(f"{folder}: two rows {row} of {name}")
        split.add(row, images, line["trial"])
        if abs(split.value[row] - float(line["image_auroc"])) > 1e-9:
            sys.exit(f"{folder}: {line['trial']} {name} has {line['image_auroc']}, scikit-learn {split.value[row]}")
    found = list(splits.values())
    if folder.name in BESIDE_BASE:
        wholes = {whole.name: whole for whole in singles[BASE]}
        for split in found:
            split.take(BESIDE_BASE[folder.name], wholes[split.of])
    if folder.name == "seeds":
        first = [wholes[split.of] for split in next(iter(groups.values()))]
        means = [Mean(s, group) for group, s in {"seed 0": first, **groups}.items()]
        return found, means + [Mean(means)]
    if groups:
        return found, [Mean(s, group) for group, s in groups.items()]
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
            split.take((ENSEMBLE, ALL_TOKENS, SUM, SUM_NOISY_OR), own)
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
            if name in (*SEMANTIC, "seeds"):
                compare("1 last class token beats all", name, split, ENCODER, "encoder-all", asked=mean)
                compare("1 last class token beats all", name, split, ENSEMBLE, ALL_TOKENS, asked=False)
                compare("2 class tokens beat patch tokens", name, split, ENSEMBLE, "patch-tokens", asked=mean)
                compare("3 the encoder beats the decoder", name, split, ENCODER, DECODER, asked=mean)
            if name == INDUSTRIAL:
                compare("3 the decoder beats the encoder", name, split, DECODER, ENCODER, asked=mean)
            if name in (*SEMANTIC, "seeds", INDUSTRIAL):
                compare("4 the ensemble is within 0.5 of both students", name, split, ENSEMBLE, (ENCODER, DECODER), -0.5, mean)
            if split.name == "juice_bottle":
                compare("5 Noisy-OR beats the sum on logical anomalies", name, split, ENSEMBLE, SUM)
                compare("5 by fusion alone", name, split, SUM_NOISY_OR, SUM)
                compare("5 by training alone", name, split, ENSEMBLE, SUM_NOISY_OR)
            if name in ("readings", "all sets"):
                for reading in (ALL_TOKENS, SUM, SUM_NOISY_OR, *READINGS):
                    compare("7 a reading beats the full method", name, split, reading, ENSEMBLE, asked=mean)
                for other in (SUM, ALL_TOKENS, "encoder-all") if name == "all sets" else ():
                    compare("7 the best reading beats others", name, split, SUM_NOISY_OR, other, asked=mean)
                continue
            for setting in STUDENTS:
                compare("8 another setting mends the decoder", name, split, setting, DECODER, asked=mean)
            compare("6 the ensemble beats KNN", name, split, ENSEMBLE, "knn", asked=mean)
            compare("6 the ensemble beats KNN", name, split, ENSEMBLE, "knn-1", asked=mean)
            compare("6 the ensemble beats the patch memory", name, split, ENSEMBLE, "patchcore", asked=mean)
    return lines


def noisy_or(encoder, decoder, temperature):
    return -numpy.expm1(-encoder / temperature) * -numpy.expm1(-decoder / temperature)


def diagnosis(folder, splits):
    """What holds an ensemble back: its trainings' losses and effective weights, its students, other fusions of its scores.
    The last lines are means over the splits, of readings over those of each set."""
    trainings = {(t["trial"], t["split"]): t["training"] for t in read(folder / "timings.csv")}
    lines = []

    def follow(say, split, row, columns):
        steps = read(folder / "curves" / (trainings[split.trial[row], split.of] + ".csv"))
        for share in (0.1, 0.5, 1.0):
            end = math.ceil(share * len(steps))
            window = steps[max(0, end - len(steps) // 20) : end]
            for column in columns:
                say(f"{column} at {share:.0%}", float(numpy.mean([float(step[column]) for step in window])))

    for split in splits:
        found = {row: split.columns[row] for row in (ENSEMBLE, SUM, *READINGS) if row in split.columns}
        if {ENCODER, DECODER} <= set(split.columns):
            found["alone"] = split.columns[ENCODER] | {"score_decoder": split.columns[DECODER]["score_decoder"]}
        for training, columns in found.items():

            def say(quantity, value):
                lines.append([folder.name, split.name, training, quantity, value])

            if training == "alone":
                follow(say, split, ENCODER, ("loss_encoder",))
                follow(say, split, DECODER, ("loss_decoder",))
            else:
                follow(say, split, training, ("loss_encoder", "loss_decoder", "weight_encoder", "weight_decoder"))
            encoder, decoder = columns["score_encoder_last"], columns["score_decoder"]
            normal = split.labels == 0
            say("median s_E of normal images", float(numpy.median(encoder[normal])))
            say("median s_D of normal images", float(numpy.median(decoder[normal])))
            say("AUROC of s_E", 100 * split.auroc(encoder))
            say("AUROC of s_E, all tokens", 100 * split.auroc(columns["score_encoder_all"]))
            say("AUROC of s_D", 100 * split.auroc(decoder))
            say("AUROC of the sum", 100 * split.auroc(encoder + decoder))
            for temperature in (0.1, 0.3, 1.0, 3.0):
                fused = noisy_or(encoder, decoder, temperature)
                say(f"AUROC of Noisy-OR, temperature {temperature:g}", 100 * split.auroc(fused))
    means = {}
    for name, split, training, quantity, value in lines:
        of = split.split()[0] + " mean" if name == "readings" else "mean"
        means.setdefault((name, of, training, quantity), []).append(value)
    return lines + [[*key, float(numpy.mean(values))] for key, values in means.items()]


def table(name, splits):
    """Image AUROC in per cent with intervals, rows by splits."""
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


def teachers_table(lines):
    heads = ("teacher", "pixels", "memory a class", "accuracy", "A", "B", "C", "D", "mean", "largest difference from Dyad, A")
    text = ["\n### What the teachers know of CIFAR-10, by PyTorch\n", "| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    return text + ["| " + " | ".join(value or "–" for value in line.values()) + " |" for line in lines]


def diagnosis_table(lines):
    """The means over the splits of each set."""
    shown = {
        "w_E, w_D at the end": ("weight_encoder at 100%", "weight_decoder at 100%"),
        "L_E at 10 %, 50 %, the end": tuple(f"loss_encoder at {share}%" for share in (10, 50, 100)),
        "L_D": tuple(f"loss_decoder at {share}%" for share in (10, 50, 100)),
        "median s_E, s_D of normal images": ("median s_E of normal images", "median s_D of normal images"),
        "AUROC s_E, all tokens, s_D": ("AUROC of s_E", "AUROC of s_E, all tokens", "AUROC of s_D"),
        "sum": ("AUROC of the sum",),
        "Noisy-OR τ = 0.1": ("AUROC of Noisy-OR, temperature 0.1",),
        "Noisy-OR τ = 1": ("AUROC of Noisy-OR, temperature 1",),
    }
    by = {}
    for name, split, training, quantity, value in lines:
        if split.endswith("mean"):
            by.setdefault((f"{name}, {split.split()[0]}" if name == "readings" else name, training), {})[quantity] = value
    text = ["\n### Diagnosis, means over the splits\n", "| set | trained by | " + " | ".join(shown) + " |", "|---|---|" + "---|" * len(shown)]
    for (name, training), found in by.items():
        cells = []
        for quantities in shown.values():
            values = [found[q] for q in quantities if q in found]
            cells.append(", ".join(f"{v:.3f}" if v < 10 else f"{v:.2f}" for v in values) or "–")
        trained = {ENSEMBLE: "Noisy-OR", SUM: "sum", "alone": "each student alone"}.get(training, training)
        text.append(f"| {name} | {trained} | " + " | ".join(cells) + " |")
    return text


def times_table(root):
    """What timings.csv add up to, trainings and passes that rows share counted once."""
    text = ["\n### Time, hours of one thread\n", "| set | trainings and fits | training | scoring |", "|---|---|---|---|"]
    total = [0, 0.0, 0.0]
    for results in sorted(root.glob("*/timings.csv")):
        lines = read(results)
        trainings = {line["training"]: float(line["train_seconds"]) / 3600 for line in lines}
        passes = {(line["training"], line["split"]): float(line["score_seconds"]) / 3600 for line in lines}
        times = [len(trainings), sum(trainings.values()), sum(passes.values())]
        total = [a + b for a, b in zip(total, times)]
        text.append(f"| {results.parent.name} | {times[0]} | {times[1]:.2f} | {times[2]:.2f} |")
    return text + [f"| all | {total[0]} | {total[1]:.2f} | {total[2]:.2f} |"]


def write(path, heads, lines):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        for line in lines:
            writer.writerow([f"{x:.4f}" if isinstance(x, float) else x for x in line])


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "results/proof")
    teachers = read(root / "teachers.csv")
    sets, singles, values, diagnosed, text = {}, {}, [], [], []
    for results in sorted(root.glob("*/results.csv")):
        name = results.parent.name
        single, shown = splits_of(results.parent, singles)  # readings, seeds and students are the last by name
        sets[name], singles[name] = shown, single
        values += values_of(name, single + [s for s in shown if s not in single])
        text += table(name, shown)
        if name not in ("seeds", "students"):
            diagnosed += diagnosis(results.parent, single)
    cifar10 = Mean([sets[name][-1] for name in SEMANTIC if name != BASE], "cifar-10, both teachers")
    means = [Mean([sets[BASE][-1]], BASE), cifar10, Mean([sets[INDUSTRIAL][-1]], INDUSTRIAL)]
    sets["all sets"] = means + [Mean(means)]
    text += table("all sets", sets["all sets"])
    values += values_of("all sets", sets["all sets"][-1:])
    judged = claims(sets)
    write(root / "auroc.csv", ("set", "row", "split", "image_auroc", "low", "high"), values)
    heads = ("claim", "set", "split", "ours", "theirs", "points", "low", "high", "verdict")
    write(root / "claims.csv", heads, [line[:-1] for line in judged])
    write(root / "diagnosis.csv", ("set", "split", "training", "quantity", "value"), diagnosed)
    verdicts = [
        "\n### Claims, in points of image AUROC\n",
        "| claim | set | difference | verdict | single splits (seeds, sets): holds, undecided, does not |",
        "|---|---|---|---|---|",
    ]
    for claim, name, split, ours, theirs, value, low, high, says, asked in judged:
        if asked:
            where = name if split == "mean" else f"{name}, {split}"
            single = [j[8] for j in judged if j[:2] == [claim, name] and j[3:5] == [ours, theirs] and j[2] != split]
            counts = ", ".join(str(single.count(v)) for v in ("holds", "undecided", "does not hold")) if split == "mean" else "–"
            verdicts.append(
                f"| {claim} | {where} | {ours} − {theirs}: {value:+.2f} ({low:+.2f} to {high:+.2f}) | {says} | {counts} |"
            )
    page = root / "README.md"
    before, rest = page.read_text().split(BEGIN)
    text = verdicts + text + diagnosis_table(diagnosed) + teachers_table(teachers) + times_table(root)
    page.write_text(before + BEGIN + "\n".join(text) + "\n\n" + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
