"""Golden of StableAdamW with AMSGrad, clipping and the schedule: PyTorch 1.13.1, NumPy 1.24.2, Python 3.11.

    /usr/bin/python3 src/test/recipes/optimizer_goldens.py src/test/resources/goldens/distillation

optimizer.safetensors: four tensors of two students, 50 steps with the schedule of a 50-step run at peak rate 2e-3, for
each clipping ("joint", "per-student", "off").
  initial.<name>               parameters before the first step
  gradient.<name>              (50, …) gradients before clipping. Steps (0-based): 7 is 10,000 times as large, 12 is
                               zero, 20 is 1,000 times as large in the decoder student alone, 25 in one tensor alone,
                               30 to 32 are 1e-12 times as large
  rates                        (50) the learning rates
  <clipping>.step<n>.<name>    parameters after n = 1, 2, 10, 50 steps
  <clipping>.factors           (50) gradient factor of clipping; per-student: (50, 2), encoder student first
  <clipping>.rms.<name>        (50) RMS(g/denom); above 1 it divides the rate
  schedule.<floor>.<total>     learning rates of a run of `total` steps at peak rate 1, for the three floors
Computed by reference.py in float64 from float32 values, stored as float32. Tolerance of the tests: 1e-6, per tensor as
|difference| / |golden|. The same steps in float32 by PyTorch are 8e-7 away (metadata `float32_error`), most of it from
θ·(1 − lr·wd): 1 − 2e-7 is rounded to a few steps of float32, always to the same side. Written as
θ ← θ − (θ·(lr·wd) + lr_t/(1 − β1^t)·m/denom), with one rounding of θ a step, float32 comes within 3e-7.
Scalars (rates, factors, bias corrections) must be double for that.
Clipping divides by norm + 1e-6, as torch.nn.utils.clip_grad_norm_ does.
"""

import pathlib
import sys

import numpy as np
import torch

import reference as ref
import safetensors_file
from small_case import Draw

RECIPE = "src/test/recipes/optimizer_goldens.py"
SHAPES = {
    "encoder_student.a": (4, 7),
    "encoder_student.b": (33,),
    "decoder_student.c": (6, 16),
    "decoder_student.d": (3,),
}
STEPS, RATE, LIMIT = 50, 2e-3, 0.1


def gradient(draw, name, step):
    scale = 0.02 / (1 + step / 10)
    if step == 7:
        scale *= 1e4
    elif step == 12:
        scale = 0.0
    elif step == 20 and name.startswith("decoder_student") or step == 25 and name == "encoder_student.b":
        scale *= 1e3
    elif 30 <= step <= 32:
        scale *= 1e-12
    return draw(*SHAPES[name], std=scale)


def run(initial, gradients, rates, clipping, dtype):
    """Parameters after every step, clipping factors, and RMS(g/denom) per tensor."""
    parameters = {name: p.to(dtype).clone() for name, p in initial.items()}
    optimizer = ref.StableAdamW(parameters)
    history, factors, rms = [], [], {name: [] for name in parameters}
    for step in range(STEPS):
        grads = {name: g[step].to(dtype) for name, g in gradients.items()}
        clipped = ref.clip_gradients(grads, LIMIT, clipping)
        firsts = {"joint": ["encoder_student.a"], "off": ["encoder_student.a"]}.get(
            clipping, ["encoder_student.a", "decoder_student.c"]
        )
        ratio = [(clipped[n].norm() / grads[n].norm()).item() if grads[n].norm() > 0 else 1.0 for n in firsts]
        factors.append(ratio if len(ratio) > 1 else ratio[0])
        optimizer.step(clipped, rates[step])
        for name, g in clipped.items():
            denominator = optimizer.v_max[name].sqrt() / (1 - 0.999 ** (step + 1)) ** 0.5 + optimizer.epsilon
            rms[name].append((g / denominator).pow(2).mean().sqrt().item())
        history.append({name: p.clone() for name, p in parameters.items()})
    return history, factors, rms


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    draw = Draw(71)
    initial = {name: draw(*shape, std=0.1) for name, shape in SHAPES.items()}
    gradients = {name: torch.stack([gradient(draw, name, s) for s in range(STEPS)]) for name in SHAPES}
    rates = ref.learning_rates(STEPS, RATE)
    tensors = {f"initial.{n}": p for n, p in initial.items()}
    tensors.update({f"gradient.{n}": g for n, g in gradients.items()})
    tensors["rates"] = np.array(rates)
    worst = 0.0
    for clipping in ("joint", "per-student", "off"):
        history, factors, rms = run(initial, gradients, rates, clipping, torch.float64)
        history32, _, _ = run(initial, gradients, rates, clipping, torch.float32)
        for step in (1, 2, 10, 50):
            for name, p in history[step - 1].items():
                tensors[f"{clipping}.step{step}.{name}"] = p
                error = ((history32[step - 1][name].double() - p).norm() / p.norm()).item()
                worst = max(worst, error)
        tensors[f"{clipping}.factors"] = np.array(factors)
        for name in SHAPES:
            tensors[f"{clipping}.rms.{name}"] = np.array(rms[name])
        limited = {n: sum(r > 1.001 for r in rms[n]) for n in SHAPES}
        print(f"{clipping}: clipped {np.sum(np.array(factors) < 1)} times, rate limited {limited}")
    for floor in ("tenth", "zero", "constant"):
        for total in (5, 10, 20, 300, 999, 1000, 1500):
            tensors[f"schedule.{floor}.{total}"] = np.array(ref.learning_rates(total, 1.0, floor))
    tensors = {n: np.asarray(t).astype(np.float32) for n, t in tensors.items()}
    print(f"float32 error {worst:.1e}")
    safetensors_file.write(
        folder / "optimizer.safetensors",
        tensors,
        {
            "recipe": RECIPE,
            "assumptions": "learning-rate floor=tenth; clipping=joint, per-student and off, limit 0.1",
            "steps": STEPS,
            "learning_rate": RATE,
            "betas": "0.9,0.999",
            "epsilon": "1e-10",
            "weight_decay": "1e-4",
            "float32_error": f"{worst:.1e}",
        },
    )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
