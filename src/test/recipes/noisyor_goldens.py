"""Golden of Noisy-OR at its ends: mpmath 1.2.1 with 800 digits, Python 3.11.

    /usr/bin/python3 src/test/recipes/noisyor_goldens.py src/test/resources/goldens/distillation

noisyor.csv, one row per pair of losses (τ = 1), 17 significant digits, "Infinity" as Java reads it:
  loss_encoder, loss_decoder            L_E, L_D ≥ 0
  log_probability                       log P, P = 1 − (1 − p_E)(1 − p_D), p = exp(−L)
  weight_encoder, weight_decoder        t = 1: dL/dL_E = (1 − p_D) p_E / P, dL/dL_D
  loss_normal                           t = 1: −log P
  loss_anomalous                        t = 0: −log(1 − P)
  anomalous_weight_encoder, anomalous_weight_decoder   t = 0: dL/dL_E = −p_E/(1 − p_E), dL/dL_D
  score                                 1 − P, were the losses scores s_E, s_D
  ranking                               log1mexp(s_E) + log1mexp(s_D) = log(1 − P)
Computed from the formulas as they stand, without the log-space detours that they check. Values below the smallest
normal double do not occur. Tolerance of the tests in double: 1e-12 relative, for log_probability and loss_normal plus
1e-14 absolute: log P = logaddexp(−L_E, −L_D + log1mexp(L_E)) is a small difference of large terms where P is near 1
(in float32 that would be 1e-7 of a loss of 1e-6; log1mexp(−ranking) is exact there and useless at the other end).
The naive formulas fail from L = 40 on.
"""

import csv
import pathlib
import sys

import mpmath as mp

mp.mp.dps = 800  # 1 − exp(−700) differs from 1 in digit 305, exp(−1400) in digit 609

LOSSES = ["0", "1e-12", "1e-6", "1e-3", "0.01", "0.1", "0.5", "0.6931471805599453"]
LOSSES += ["1", "2", "5", "10", "18", "20", "40", "100", "700"]
COLUMNS = (
    "loss_encoder,loss_decoder,log_probability,weight_encoder,weight_decoder,loss_normal,loss_anomalous,"
    "anomalous_weight_encoder,anomalous_weight_decoder,score,ranking"
).split(",")


def log(x):
    return mp.log(x) if x > 0 else -mp.inf


def ratio(a, b):
    return a / b if b != 0 else mp.inf * mp.sign(a)


def text(x):
    if mp.isinf(x):
        return "-Infinity" if x < 0 else "Infinity"
    return mp.nstr(x, 17, min_fixed=-5, max_fixed=17) if x != 0 else "0.0"


def row(loss_encoder, loss_decoder):
    l_e, l_d = mp.mpf(float(loss_encoder)), mp.mpf(float(loss_decoder))  # the double that a test reads
    p_e, p_d = mp.exp(-l_e), mp.exp(-l_d)
    miss = (1 - p_e) * (1 - p_d)
    p = 1 - miss
    values = [log(p), (1 - p_d) * p_e / p, (1 - p_e) * p_d / p, -log(p), -log(miss)]
    values += [ratio(-p_e, 1 - p_e), ratio(-p_d, 1 - p_d), miss, log(miss)]
    return [loss_encoder, loss_decoder] + [text(v) for v in values]


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "noisyor.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(row(e, d) for e in LOSSES for d in LOSSES)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
