"""The foreach optimizer of pytorch_common.py makes the same steps as the readable one of reference.py.

    /usr/bin/python3 src/bench/foreach_optimizer_test.py
"""

import unittest

import pytorch_common
import torch

import reference as ref
from small_case import Draw

SHAPES = {"encoder_student.a": (6, 5), "encoder_student.b": (7,), "decoder_student.c": (3, 4)}


class ForeachOptimizer(unittest.TestCase):
    def test_parameters_after_30_steps_are_equal(self):
        for clipping in ("joint", "per-student", "off"):
            draw = Draw(90)
            plain = {name: draw(*shape) for name, shape in SHAPES.items()}
            fast = {name: p.clone() for name, p in plain.items()}
            one, other = ref.StableAdamW(plain), pytorch_common.ForeachStableAdamW(fast)
            for step in range(30):
                grads = {n: draw(*s, std=1e3 if step == 9 else 0.01) for n, s in SHAPES.items()}
                one.step(ref.clip_gradients(grads, 0.1, clipping), 1e-2)
                copies = [g.clone() for g in grads.values()]
                other.clip(copies, 0.1, clipping)
                other.step(copies, 1e-2)
            for name in SHAPES:
                torch.testing.assert_close(fast[name], plain[name], rtol=1e-12, atol=1e-14)


if __name__ == "__main__":
    unittest.main()
