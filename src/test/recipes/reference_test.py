"""Tests of the reference itself: laws, finite differences and PyTorch's own modules.

    /usr/bin/python3 src/test/recipes/reference_test.py
"""

import csv
import math
import os
import pathlib
import tempfile
import unittest

import numpy as np
import torch
import torch.nn.functional as F

import reference as ref
import safetensors_file
from small_case import Case, Draw, network_weights

ROWS = {
    "default": {},
    "mining off": {"hard_mining": False},
    "sum": {"objective": "sum"},
    "encoder-only": {"objective": "encoder-only"},
    "decoder-only": {"objective": "decoder-only"},
    "temperature": {"temperature": 2.0},
    "sum over D": {"reduction": "sum"},
    "12 tokens": {"token_set": "blocks"},
    "layer-normed": {"normalization": "layer-norm"},
    "patch tokens": {"distilled_tokens": "patch"},
}


def gradients(case, assumptions, share=0.0, normal=None):
    w = case.trainable()
    result = ref.joint(case.features, w, case.geometry, assumptions, share, normal)
    names = [n for n in w]
    grads = torch.autograd.grad(result.loss, [w[n] for n in names], allow_unused=True)
    return result, {n: torch.zeros_like(w[n]) if g is None else g for n, g in zip(names, grads)}


class Blocks(unittest.TestCase):
    def test_the_softmax_block_equals_pytorchs_encoder_layer(self):
        width, heads = 12, 3
        w = network_weights(Draw(1), "teacher", 1, width, layer_scale=False)
        layer = torch.nn.TransformerEncoderLayer(
            width, heads, 4 * width, 0.0, "gelu", ref.ENCODER_EPSILON, batch_first=True, norm_first=True
        ).double()
        names = {
            "self_attn.in_proj_": "attn.qkv.",
            "self_attn.out_proj.": "attn.proj.",
            "linear1.": "mlp.fc1.",
            "linear2.": "mlp.fc2.",
            "norm1.": "norm1.",
            "norm2.": "norm2.",
        }
        state = {}
        for theirs, ours in names.items():
            for part in ("weight", "bias"):
                state[theirs + part] = w[f"teacher.blocks.0.{ours}{part}"]
        layer.load_state_dict(state)
        x = Draw(2)(2, 7, width)
        y = ref.block(x, w, "teacher.blocks.0", heads, ref.ENCODER_EPSILON, ref.softmax_attention)
        self.assertLess((y - layer(x)).abs().max().item(), 1e-12)

    def test_linear_attention_equals_its_quadratic_form(self):
        draw = Draw(3)
        q, k, v = (draw(2, 3, 9, 4) for _ in range(3))
        phi_q, phi_k = F.elu(q) + 1, F.elu(k) + 1
        weights = torch.einsum("bhnd,bhmd->bhnm", phi_q, phi_k)
        expected = (weights @ v) / (weights.sum(-1, keepdim=True) + ref.ATTENTION_GUARD)
        self.assertLess((ref.linear_attention(q, k, v) - expected).abs().max().item(), 1e-12)

    def test_attention_of_the_small_case_is_not_uniform(self):
        case = Case(4)
        w, g = case.teacher, case.geometry
        x = case.features.embedding
        name, width = "teacher.blocks.0", x.shape[-1]
        y = F.layer_norm(x, (width,), w[f"{name}.norm1.weight"], w[f"{name}.norm1.bias"], 1e-6)
        qkv = F.linear(y, w[f"{name}.attn.qkv.weight"], w[f"{name}.attn.qkv.bias"])
        q, k, _ = qkv.reshape(*x.shape[:2], 3, g.heads, -1).permute(2, 0, 3, 1, 4)
        probabilities = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1)
        self.assertGreater(probabilities.max(-1).values.mean().item(), 3 / x.shape[1])

    def test_tapped_layers_follow_the_written_rule(self):
        self.assertEqual(ref.tapped_layers(12), [2, 3, 4, 5, 6, 7, 8, 9])
        self.assertEqual(ref.tapped_layers(24), [4, 6, 8, 10, 12, 14, 16, 18])
        self.assertEqual(ref.tapped_layers(6), [1, 2, 3, 4])

    def test_parameter_counts_are_the_papers(self):
        for width, printed in ((384, 58.7), (768, 233.1)):
            block = 12 * width**2 + 13 * width
            encoder = 12 * (block + 2 * width) + 2 * width
            embedding = 3 * 14 * 14 * width + width + width + 4 * width + (37 * 37 + 1) * width
            total = (encoder + embedding) + encoder + (8 * width**2 + 5 * width) + 8 * block
            self.assertEqual(round(total / 1e6, 1), printed)


class Losses(unittest.TestCase):
    def naive(self, loss_e, loss_d, t):
        p_e, p_d = torch.exp(-loss_e), torch.exp(-loss_d)
        p = 1 - (1 - p_e) * (1 - p_d)
        return torch.where(t, -torch.log(p), -torch.log(1 - p))

    def test_closed_form_weights_equal_automatic_ones(self):
        values = torch.tensor([0.01, 0.3, 1.0, 2.5, 6.0], dtype=torch.float64)
        loss_e, loss_d = (x.flatten().requires_grad_(True) for x in torch.meshgrid(values, values, indexing="ij"))
        for t in (True, False):
            normal = torch.full_like(loss_e, t, dtype=torch.bool)
            expected = self.naive(loss_e, loss_d, normal)
            by_e, by_d = torch.autograd.grad(expected.sum(), [loss_e, loss_d])
            result = ref.objective(loss_e, loss_d, normal)
            own_e, own_d = torch.autograd.grad(result.loss.sum(), [loss_e, loss_d])
            torch.testing.assert_close(result.loss, expected.detach(), rtol=1e-10, atol=1e-12)
            for own, weight, other in ((own_e, result.weight_encoder, by_e), (own_d, result.weight_decoder, by_d)):
                torch.testing.assert_close(own, weight, rtol=0, atol=0)
                torch.testing.assert_close(own, other, rtol=1e-9, atol=1e-12)

    def test_equation_3_holds_for_the_parameters_of_both_students(self):
        case = Case(5)
        w = case.trainable()
        names = list(w)
        result = ref.joint(case.features, w, case.geometry, ref.Assumptions(hard_mining=False))
        whole = torch.autograd.grad(result.loss, [w[n] for n in names], retain_graph=True)
        p_e, p_d = torch.exp(-result.loss_encoder), torch.exp(-result.loss_decoder)
        p = 1 - (1 - p_e) * (1 - p_d)
        b = p.shape[0]
        damped_e = (-((1 - p_d) / p).detach() * p_e).sum() / b
        damped_d = (-((1 - p_e) / p).detach() * p_d).sum() / b
        by_parts = torch.autograd.grad(damped_e + damped_d, [w[n] for n in names])
        for name, a, c in zip(names, whole, by_parts):
            self.assertLess((a - c).norm().item(), 1e-10 * (1e-6 + a.norm().item()), name)

    def test_nothing_is_nan_at_the_ends(self):
        for dtype in (torch.float32, torch.float64):
            ends = torch.tensor([-1e-7, 0.0, 1e-30, 1e-8, 18.0, 104.0, 700.0], dtype=dtype)
            loss_e, loss_d = (x.flatten().requires_grad_(True) for x in torch.meshgrid(ends, ends, indexing="ij"))
            for name in ("noisy-or", "sum", "encoder-only", "decoder-only"):
                for t in (True, False):
                    result = ref.objective(loss_e, loss_d, torch.full_like(loss_e, t, dtype=torch.bool), name)
                    grads = torch.autograd.grad(result.loss.sum(), [loss_e, loss_d])
                    for x in (result.loss, *grads):
                        self.assertFalse(x.isnan().any().item(), (name, t))
                        self.assertTrue(not t or x.isfinite().all().item(), (name, t))
        at = ref.objective(torch.tensor([20.0]), torch.tensor([18.0]), torch.tensor([True]))
        self.assertAlmostEqual(at.loss.item(), 17.873, places=3)

    def test_noisy_or_equals_its_golden(self):
        path = pathlib.Path(__file__).parents[1] / "resources/goldens/distillation/noisyor.csv"
        with open(path, newline="") as file:
            rows = list(csv.DictReader(file))
        golden = {c: torch.tensor([float(r[c]) for r in rows], dtype=torch.float64) for c in rows[0]}
        loss_e, loss_d = golden["loss_encoder"], golden["loss_decoder"]
        normal = ref.objective(loss_e, loss_d, torch.ones_like(loss_e))
        anomalous = ref.objective(loss_e, loss_d, torch.zeros_like(loss_e))
        near_one = {"rtol": 1e-12, "atol": 1e-14}
        exact = {"rtol": 1e-12, "atol": 0}
        torch.testing.assert_close(normal.log_probability, golden["log_probability"], **near_one)
        torch.testing.assert_close(normal.loss, golden["loss_normal"], **near_one)
        torch.testing.assert_close(normal.weight_encoder, golden["weight_encoder"], **exact)
        torch.testing.assert_close(normal.weight_decoder, golden["weight_decoder"], **exact)
        torch.testing.assert_close(anomalous.loss, golden["loss_anomalous"], **exact)
        torch.testing.assert_close(anomalous.weight_encoder, golden["anomalous_weight_encoder"], **exact)
        torch.testing.assert_close(anomalous.weight_decoder, golden["anomalous_weight_decoder"], **exact)
        torch.testing.assert_close(ref.fuse(loss_e, loss_d), golden["score"], **exact)
        torch.testing.assert_close(ref.ranking(loss_e, loss_d), golden["ranking"], **exact)

    def test_gradients_equal_finite_differences(self):
        case = Case(6, batch=2)
        probe = np.random.RandomState(0)
        for row, changes in ROWS.items():
            for anomalous in (False, True):
                assumptions = ref.Assumptions(**changes)
                share = 0.0  # hard mining changes the gradient on purpose; at share 0 it does not
                normal = torch.tensor([True, not anomalous])
                _, grads = gradients(case, assumptions, share, normal)
                for name in probe.choice(list(case.weights), 12, replace=False):
                    index = tuple(int(probe.randint(s)) for s in case.weights[name].shape)
                    original, ends = case.weights[name][index].item(), []
                    for step in (1e-5, -1e-5):
                        case.weights[name][index] = original + step
                        moved = ref.joint(case.features, case.weights, case.geometry, assumptions, share, normal)
                        ends.append(moved.loss.item())
                    case.weights[name][index] = original
                    slope = (ends[0] - ends[1]) / 2e-5
                    grad = grads[name][index].item()
                    self.assertAlmostEqual(slope, grad, delta=2e-8 + 1e-5 * abs(grad), msg=f"{row}: {name}{index}")

    def test_hard_mining_keeps_the_value_and_scales_the_gradient_like_a_hook(self):
        draw = Draw(7)
        teacher = [draw(3, 15, 12) for _ in range(2)]
        student = [(t + draw(3, 15, 12)).requires_grad_(True) for t in teacher]
        plain = ref.decoder_loss(teacher, student, ref.Assumptions(hard_mining=False))
        mined = ref.decoder_loss(teacher, student, ref.Assumptions(), share=0.5)
        torch.testing.assert_close(plain, mined, rtol=1e-14, atol=0)
        for t, s, a, b in zip(
            teacher,
            student,
            torch.autograd.grad(plain.sum(), student),
            torch.autograd.grad(mined.sum(), student),
        ):
            d = 1 - F.cosine_similarity(t, s, dim=-1)
            order = d.flatten().sort(descending=True).values
            w = torch.where(d < order[math.floor(45 * 0.5) - 1], torch.tensor(0.1, dtype=d.dtype), torch.ones_like(d))
            self.assertEqual((w == 1).sum().item(), 22)
            torch.testing.assert_close(b, a * w[..., None], rtol=1e-12, atol=1e-15)

    def test_anomalous_images_take_no_part_in_hard_mining(self):
        draw = Draw(8)
        t, s = draw(3, 6, 5), draw(3, 6, 5)
        normal = torch.tensor([True, False, True])
        w = ref.hard_mining_weights(t, s, 0.5, 0.1, normal)
        alone = ref.hard_mining_weights(t[normal], s[normal], 0.5, 0.1)
        self.assertTrue((w[1] == 1).all())
        self.assertTrue((w[normal] == alone).all())
        self.assertEqual((alone == 1).sum().item(), 6)

    def test_options_of_equation_2_are_the_plain_formulas(self):
        case = Case(9)
        for row, changes in ROWS.items():
            assumptions = ref.Assumptions(**changes)
            result, _ = gradients(case, assumptions)
            if result.tokens is None:
                continue
            patch = assumptions.distilled_tokens == "patch"
            teacher = (case.features.patch_tokens if patch else case.features.class_tokens).numpy()
            student = result.tokens.detach().numpy()
            count = 12 if assumptions.token_set == "blocks" else 13
            for i in range(3):
                total = 0.0
                for j in range(count):
                    a, b = teacher[i, j], student[i, j]
                    if assumptions.normalization == "layer-norm":
                        a, b = ((x - x.mean()) / np.sqrt(x.var() + 1e-6) for x in (a, b))
                    e = np.sum((a - b) ** 2, axis=-1).mean()
                    total += e if assumptions.reduction == "sum" else e / a.shape[-1]
                self.assertAlmostEqual(total / count, result.loss_encoder[i].item(), places=10, msg=row)


class Training(unittest.TestCase):
    def test_stable_adamw_without_its_rule_is_pytorchs_adamw_with_amsgrad(self):
        draw = Draw(10)
        start = draw(6, 5)
        ours = {"a": start.clone()}
        theirs = torch.nn.Parameter(start.clone())
        optimizer = ref.StableAdamW(ours)
        adamw = torch.optim.AdamW([theirs], lr=0.02, eps=1e-10, weight_decay=1e-4, amsgrad=True)
        for step in range(40):
            g = draw(6, 5, std=0.5 ** (step / 4))  # shrinks, so that RMS(g/denom) stays below 1
            if step == 0:
                g = g.sign()
            optimizer.step({"a": g}, 0.02)
            theirs.grad = g.clone()
            adamw.step()
        torch.testing.assert_close(ours["a"], theirs.detach(), rtol=1e-12, atol=1e-14)

    def test_the_rms_rule_bounds_a_sudden_gradient(self):
        parameters = {"a": torch.zeros(4, dtype=torch.float64)}
        optimizer = ref.StableAdamW(parameters)
        for _ in range(20):
            optimizer.step({"a": torch.full((4,), 1e-3, dtype=torch.float64)}, 0.0)
        optimizer.step({"a": torch.full((4,), 1e3, dtype=torch.float64)}, 1.0)
        denominator = math.sqrt(0.001) * 1e3 / math.sqrt(1 - 0.999**21)
        rate = 1 / (1e3 / denominator)
        self.assertAlmostEqual(
            parameters["a"][0].item(), -rate * 0.1 * 1e3 / (1 - 0.9**21) / denominator, delta=1e-4
        )

    def test_schedule(self):
        rates = ref.learning_rates(5000, 2e-3)
        self.assertEqual(len(rates), 5000)
        self.assertEqual(rates[0], 0)
        self.assertAlmostEqual(rates[99], 2e-3, places=15)
        self.assertAlmostEqual(rates[100], 2e-3, places=15)
        self.assertAlmostEqual(rates[-1], 2e-4, places=8)
        self.assertEqual(len(ref.learning_rates(50, 1.0)), 50)
        self.assertEqual(ref.learning_rates(50, 1.0)[:6], [0, 0.25, 0.5, 0.75, 1.0, 1.0])
        self.assertTrue(all(r == 1.0 for r in ref.learning_rates(50, 1.0, "constant")[4:]))
        for total in range(1, 30):
            self.assertEqual(len(ref.learning_rates(total, 1.0)), total)

    def test_clipping_is_pytorchs(self):
        draw = Draw(11)
        grads = {"encoder_student.a": draw(5), "decoder_student.b": draw(3, 2), "decoder_student.c": draw(4)}
        for clipping, groups in {"joint": [list(grads)], "per-student": [list(grads)[:1], list(grads)[1:]]}.items():
            expected = {}
            for group in groups:
                tensors = [torch.nn.Parameter(torch.zeros_like(grads[n])) for n in group]
                for n, p in zip(group, tensors):
                    p.grad = grads[n].clone()
                    expected[n] = p.grad
                torch.nn.utils.clip_grad_norm_(tensors, 0.1)
            own = ref.clip_gradients(grads, 0.1, clipping)
            for n in grads:
                torch.testing.assert_close(own[n], expected[n], rtol=1e-12, atol=0)


class Inference(unittest.TestCase):
    geometry = ref.Geometry(heads=1, registers=0, grid_height=4, grid_width=6, patch=14)

    def test_identical_features_give_a_zero_map(self):
        groups = [Draw(12)(2, 24, 8) for _ in range(2)]
        maps = ref.anomaly_map(groups, groups, self.geometry)
        self.assertLess(maps.smoothed.abs().max().item(), 1e-14)
        scaled = ref.anomaly_map(groups, [3 * g for g in groups], self.geometry)
        self.assertLess(scaled.smoothed.abs().max().item(), 1e-14)

    def test_a_constant_map_is_kept_inside_and_loses_at_the_border(self):
        groups = [torch.tensor([1.0, 0.0], dtype=torch.float64).expand(1, 24, 2)]
        orthogonal = [torch.tensor([0.0, 1.0], dtype=torch.float64).expand(1, 24, 2)]
        maps = ref.anomaly_map(groups, orthogonal, self.geometry)
        torch.testing.assert_close(maps.smoothed[:, 2:-2, 2:-2], torch.ones(1, 252, 252, dtype=torch.float64))
        self.assertLess(maps.smoothed[0, 0, 0].item(), 0.45)
        self.assertEqual(maps.smoothed.shape, (1, 256, 256))
        self.assertAlmostEqual(ref.decoder_score(maps.smoothed).item(), 1.0, places=12)

    def test_the_score_is_the_mean_of_the_655_largest_pixels(self):
        values = Draw(13)(2, 256, 256)
        expected = np.sort(values.numpy().reshape(2, -1))[:, -655:].mean(1)
        np.testing.assert_allclose(ref.decoder_score(values).numpy(), expected, rtol=1e-12)

    def test_ranking_orders_as_the_score_and_does_not_saturate(self):
        s = torch.linspace(0.01, 40, 60, dtype=torch.float64)
        score, rank = ref.fuse(s, s), ref.ranking(s, s)
        self.assertTrue((rank[1:] > rank[:-1]).all())
        torch.testing.assert_close(rank.exp(), score)
        self.assertEqual(ref.fuse(*[torch.tensor([40.0])] * 2).item(), 1.0)


class Files(unittest.TestCase):
    def test_safetensors_round_trip(self):
        tensors = {
            "a": np.arange(6, dtype=np.float32).reshape(2, 3),
            "b.c": np.array(2.5),
            "u": np.array([1, 2, 255], np.uint8),
            "empty": np.zeros((0, 4), np.float32),
        }
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.safetensors")
            safetensors_file.write(path, tensors, {"recipe": "here"})
            back, metadata = safetensors_file.read(path)
        self.assertEqual(metadata, {"recipe": "here"})
        for name, tensor in tensors.items():
            self.assertEqual(back[name].dtype, tensor.dtype)
            np.testing.assert_array_equal(back[name], tensor)


if __name__ == "__main__":
    unittest.main()
