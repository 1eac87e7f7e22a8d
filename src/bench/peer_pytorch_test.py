"""The server of peer_pytorch.py against reference.py, over its pipes.

    /usr/bin/python3 src/bench/peer_pytorch_test.py
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import pytorch_common  # noqa: F401  puts the recipes on the path
import torch

import reference as ref
import safetensors_file
from small_case import Case

PEER = pathlib.Path(__file__).with_name("peer_pytorch.py")


class Peer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.case = case = Case(45, dtype=torch.float32)
        f, g = case.features, case.geometry
        tensors = {**case.weights, **case.teacher, "images": case.images, "input.embedding": f.embedding}
        tensors.update({"teacher.class_tokens": f.class_tokens, "teacher.group1": f.group1, "teacher.group2": f.group2})
        tensors.update({f"gradient.{n}": 0.01 * case.draw(*w.shape) for n, w in case.weights.items()})
        metadata = {
            "heads": g.heads,
            "registers": g.registers,
            "grid_height": g.grid_height,
            "grid_width": g.grid_width,
            "patch": g.patch,
            "learning_rate": 1e-3,
        }
        cls.tensors = tensors
        cls.path = os.path.join(cls.folder.name, "a work.safetensors")
        safetensors_file.write(cls.path, {n: t.numpy() for n, t in tensors.items()}, metadata)
        cls.process = subprocess.Popen(
            [sys.executable, str(PEER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        cls.ready = cls.process.stdout.readline()

    @classmethod
    def tearDownClass(cls):
        cls.process.stdin.write("quit\n")
        cls.process.stdin.close()
        code = cls.process.wait(30)
        cls.process.stdout.close()
        cls.folder.cleanup()
        assert code == 0, code

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        return self.process.stdout.readline().strip()

    def load(self, work):
        answer = self.ask(f"load {work} {work} {self.path}").split()
        self.assertEqual(answer[:2], ["ok", work], answer)
        return int(answer[2])

    def reference_losses(self, objective, steps):
        weights = {n: w.clone().requires_grad_(True) for n, w in self.case.weights.items()}
        skipped = {"encoder-only": "decoder_student.", "decoder-only": "encoder_student."}.get(objective, "-")
        trained = {n: w for n, w in weights.items() if not n.startswith(skipped)}
        optimizer, losses = ref.StableAdamW(trained), []
        for _ in range(steps):
            result = ref.joint(
                self.case.features, weights, self.case.geometry, ref.Assumptions(objective=objective), share=0.5
            )
            grads = torch.autograd.grad(result.loss, list(trained.values()))
            optimizer.step(ref.clip_gradients(dict(zip(trained, grads))), 1e-3)
            losses.append(result.loss.item())
        return losses, sum(w.numel() for w in trained.values())

    def test_it_says_what_it_runs_on(self):
        self.assertRegex(self.ready, r"^ready torch=1\.13\S* threads=2 blas=openblas-\w+-2threads cpu=\w+$")

    def test_losses_of_every_training_work_are_the_references(self):
        for work, objective in {
            "joint-step": "noisy-or",
            "joint-step-with-teacher": "noisy-or",
            "encoder-step": "encoder-only",
            "decoder-step": "decoder-only",
        }.items():
            expected, trained = self.reference_losses(objective, 6)
            self.assertEqual(self.load(work), trained)
            losses = [float(x) for x in self.ask(f"losses {work} 5").split()]
            milliseconds, last = map(float, self.ask(f"step {work}").split())
            self.assertGreater(milliseconds, 0)
            for a, b in zip(losses + [last], expected):
                self.assertAlmostEqual(a, b, delta=1e-4 * abs(b), msg=work)
            self.assertNotEqual(losses[0], losses[4])
            self.assertEqual(self.ask(f"reset {work}"), f"ok {work}")
            self.assertEqual(float(self.ask(f"losses {work} 1")), losses[0])
            self.assertEqual(self.ask(f"drop {work}"), f"ok {work}")

    def test_works_without_training(self):
        case = self.case
        self.load("teacher-forward")
        expected = ref.teacher_features(
            ref.teacher_embedding(case.images, case.teacher, case.geometry), case.teacher, case.geometry
        )
        loss = float(self.ask("step teacher-forward 2").split()[1])
        self.assertAlmostEqual(loss, expected.class_tokens.pow(2).mean().item(), delta=1e-5)

        self.load("score")
        result = ref.joint(expected, case.weights, case.geometry)
        targets = [x[:, case.geometry.prefix :] for x in (expected.group1, expected.group2)]
        s_d = ref.decoder_score(ref.anomaly_map(targets, result.groups, case.geometry).smoothed)
        s_e, _ = ref.encoder_scores(expected.class_tokens, result.tokens, ref.Assumptions())
        loss = float(self.ask("step score").split()[1])
        self.assertAlmostEqual(loss, ref.fuse(s_e, s_d).mean().item(), delta=1e-5)

        count = self.load("optimizer")
        weights = {n: w.clone() for n, w in case.weights.items()}
        self.assertEqual(count, sum(w.numel() for w in weights.values()))
        grads = {n: self.tensors[f"gradient.{n}"] for n in weights}
        optimizer = ref.StableAdamW(weights)
        for _ in range(3):
            optimizer.step(ref.clip_gradients(grads), 1e-3)
        moved = sum((weights[n] - w).pow(2).sum().item() for n, w in case.weights.items()) ** 0.5
        loss = float(self.ask("step optimizer 3").split()[1])
        self.assertAlmostEqual(loss, moved, delta=1e-5 * moved)

    def test_weights_come_back(self):
        self.load("joint-step")
        self.ask("step joint-step 2")
        path = os.path.join(self.folder.name, "out.safetensors")
        self.assertEqual(self.ask(f"weights joint-step {path}"), "ok joint-step")
        out, _ = safetensors_file.read(path)
        self.assertEqual(set(out), set(self.case.weights))
        name = "encoder_student.blocks.0.attn.qkv.weight"
        self.assertGreater(abs(out[name] - self.case.weights[name].numpy()).max(), 0)

    def test_failures_are_one_line_and_leave_the_server_alive(self):
        for line, part in {
            "step nothing": "nothing is loaded as nothing",
            "dance": "unknown command dance",
            f"load a joint-stop {self.path}": "joint-stop",
            "load a joint-step /nowhere": "/nowhere",
            "load a": "error",
        }.items():
            answer = self.ask(line)
            self.assertTrue(answer.startswith("error ") and part in answer, answer)


if __name__ == "__main__":
    unittest.main()
