"""The method in plain PyTorch: an independent reading of ALGORITHM.md, from which goldens are made.

Written for PyTorch 1.13 and Python 3.11; float32 or float64 by the dtype of what comes in. No training code of Dyad
was looked at. Every function says equation and shape; nothing is fused or fast on purpose.

Letters: B batch, D width, H heads, d = D/H, N = h·w patch tokens, R register tokens, T = 1 + R + N tokens in the order
[class, registers, patches], K teacher blocks, m = K + 1 class tokens (after every block, then after the final norm).

Weights are one flat map of names to tensors, linear weights (out, in):
  teacher.embed.{patch.weight (D, 3·p·p), patch.bias (D), class (D), registers (R, D), position (1 + N, D)}
  encoder_student.embed.{patch.weight, patch.bias, prefix (1 + R, D), position (N, D)}      only with its own embedding
  decoder_student.bottleneck.{fc1.weight (4D, D), fc1.bias, fc2.weight (D, 4D), fc2.bias}
  {teacher, encoder_student, decoder_student}.blocks.{i}.{norm1.weight, norm1.bias, attn.qkv.weight (3D, D),
     attn.qkv.bias, attn.proj.weight, attn.proj.bias, ls1.gamma, norm2.weight, norm2.bias, mlp.fc1.weight (4D, D),
     mlp.fc1.bias, mlp.fc2.weight (D, 4D), mlp.fc2.bias, ls2.gamma}; no ls: no LayerScale (always so in the decoder)
  {teacher, encoder_student}.norm.{weight, bias}

Where ALGORITHM.md leaves room, this is the reading taken here:
 1. The guard of linear attention is added to the denominator: φ(q)·(φ(k)ᵀv) / (φ(q)·Σφ(k) + 1e-6).
 2. cos(a, b) = a·b / max(|a|·|b|, 1e-8), for whole images (Eq. 1) and for patches.
 3. Hard mining: d(patch) = 1 − cos over D; k = max(1, floor(n·(1 − p))) in double arithmetic as written (so n = 1000,
    p = 0.9 gives k = 99, as in Dinomaly's code); patches with d strictly below the k-th largest get the factor.
    With anomalous images in the batch, n counts the patches of normal images, and an anomalous image keeps weight 1.
 4. "12 tokens" are those of the K blocks, without the one after the final norm (whose parameters then get no
    gradient). "Layer-normed": both sides, every token, no affine, eps 1e-6. "Patch tokens": the MSE is also the mean
    over the N patches; "sum over D" sums over D only. "All m" at inference means the L_E of training, and "last" the
    last token of the set that is trained; both use the same distance (mean or sum, raw or layer-normed).
 5. Temperature: p = exp(−L/τ) in training and exp(−s/τ) in the score. The effective weight is dL/dL_E, with its 1/τ.
 6. Objectives with anomalous images: −log(1 − P) = −log(1 − p_E) − log(1 − p_D) for noisy-or; each student's own
    binary cross-entropy −t log p − (1 − t) log(1 − p) for sum, encoder-only and decoder-only (which for t = 1 is L/τ).
    At L = 0 of an anomalous image the loss is +∞ and the weight −∞; no NaN.
 7. Warm-up of short runs: floor(total / 10) steps, rates lr·i/(warm-up − 1); a warm-up of one step has rate 0.
    Floor "constant": the rate stays lr after the warm-up.
 8. Gradient clipping as torch.nn.utils.clip_grad_norm_: factor min(1, limit / (norm + 1e-6)).
 9. Tapped layers: round half up; an odd number of available layers loses its last; stride floor(available / count).
10. A decoder of another depth splits its reversed outputs into two equal halves.
11. A loss or score that rounding made negative (1 − cos of equal vectors) counts as 0 where a logarithm is taken.
12. The image's map is square (256×256) whatever the shape of the input. Top share: max(1, floor(pixels·share)).
"""

import math
from dataclasses import dataclass
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor

Weights = Dict[str, Tensor]

ENCODER_EPSILON = 1e-6  # layer norms of the teacher and of the encoder student
DECODER_EPSILON = 1e-8  # layer norms of the decoder student
ATTENTION_GUARD = 1e-6  # reading 1
COSINE_GUARD = 1e-8  # reading 2
CLIP_GUARD = 1e-6  # reading 8


@dataclass(frozen=True)
class Geometry:
    """What the weights' shapes do not tell."""

    heads: int
    registers: int
    grid_height: int
    grid_width: int
    patch: int = 14

    @property
    def prefix(self) -> int:
        return 1 + self.registers


@dataclass(frozen=True)
class Assumptions:
    """One row of options; the defaults are the first of each line of ALGORITHM.md's table."""

    objective: str = "noisy-or"  # sum, encoder-only, decoder-only
    temperature: float = 1.0
    distilled_tokens: str = "class"  # patch
    reduction: str = "mean"  # sum, over D
    token_set: str = "blocks-and-norm"  # blocks
    normalization: str = "raw"  # layer-norm
    hard_mining: bool = True
    hard_mining_factor: float = 0.1

    def describe(self) -> str:
        return "; ".join(f"{key}={value}" for key, value in vars(self).items())


# ---------------------------------------------------------------------------------------------------- transformer


def softmax_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """softmax(q kᵀ / √d) v; all (B, H, T, d)."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, T, T)
    return scores.softmax(-1) @ v


def linear_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """φ(q)·(φ(k)ᵀ v) / (φ(q)·Σ_n φ(k_n) + guard), φ(u) = elu(u) + 1, no 1/√d; all (B, H, T, d)."""
    phi_q, phi_k = F.elu(q) + 1, F.elu(k) + 1
    context = phi_k.transpose(-2, -1) @ v  # (B, H, d, d)
    mass = phi_q @ phi_k.sum(-2, keepdim=True).transpose(-2, -1)  # (B, H, T, 1)
    return phi_q @ context / (mass + ATTENTION_GUARD)


def block(x: Tensor, w: Weights, name: str, heads: int, epsilon: float, attention: Callable) -> Tensor:
    """Pre-norm block: x += γ1·MSA(LN(x)); x += γ2·MLP(LN(x)); (B, T, D) to (B, T, D). γ is left out where absent."""
    b, t, d = x.shape

    def norm(y, which):
        return F.layer_norm(y, (d,), w[f"{name}.{which}.weight"], w[f"{name}.{which}.bias"], epsilon)

    def linear(y, which):
        return F.linear(y, w[f"{name}.{which}.weight"], w[f"{name}.{which}.bias"])

    def scaled(y, which):
        gamma = w.get(f"{name}.{which}.gamma")
        return y if gamma is None else y * gamma

    qkv = linear(norm(x, "norm1"), "attn.qkv").reshape(b, t, 3, heads, d // heads).permute(2, 0, 3, 1, 4)
    mixed = attention(qkv[0], qkv[1], qkv[2]).transpose(1, 2).reshape(b, t, d)
    x = x + scaled(linear(mixed, "attn.proj"), "ls1")
    hidden = F.gelu(linear(norm(x, "norm2"), "mlp.fc1"))  # exact (erf) GELU, (B, T, 4D)
    return x + scaled(linear(hidden, "mlp.fc2"), "ls2")


def depth(w: Weights, network: str) -> int:
    """The number of blocks of "teacher", "encoder_student" or "decoder_student"."""
    count = 0
    while f"{network}.blocks.{count}.norm1.weight" in w:
        count += 1
    return count


def encode(tokens: Tensor, w: Weights, network: str, heads: int) -> List[Tensor]:
    """Outputs of the K blocks and of the final norm: m tensors (B, T, D)."""
    outputs, x = [], tokens
    for i in range(depth(w, network)):
        x = block(x, w, f"{network}.blocks.{i}", heads, ENCODER_EPSILON, softmax_attention)
        outputs.append(x)
    width = x.shape[-1]
    outputs.append(
        F.layer_norm(x, (width,), w[f"{network}.norm.weight"], w[f"{network}.norm.bias"], ENCODER_EPSILON)
    )
    return outputs


def embed_patches(images: Tensor, w: Weights, network: str, patch: int) -> Tensor:
    """(B, 3, H, W) to (B, N, D): a convolution with kernel = stride = patch; the grid's rows follow one another."""
    weight = w[f"{network}.embed.patch.weight"]  # (D, 3·p·p), in the order channel, row, column
    weight = weight.reshape(weight.shape[0], 3, patch, patch)
    return F.conv2d(images, weight, w[f"{network}.embed.patch.bias"], stride=patch).flatten(2).transpose(1, 2)


# -------------------------------------------------------------------------------------------------------- teacher


class TeacherFeatures(NamedTuple):
    """What the frozen teacher gives for a batch; all that training needs of it."""

    embedding: Tensor  # (B, T, D), what the first block reads
    class_tokens: Tensor  # (B, m, D)
    group1: Tensor  # (B, T, D), mean of the first half of the tapped layers, class and register rows kept
    group2: Tensor  # (B, T, D), mean of the second half
    patch_tokens: Optional[Tensor] = None  # (B, m, N, D), only for the ablation "patch token distillation"


def tapped_layers(teacher_depth: int) -> List[int]:
    """round(K·2/12) … round(K·10/12) − 1, at most 8, evenly spaced, an even number; 0-based (reading 9)."""
    first = math.floor(teacher_depth * 2 / 12 + 0.5)
    last = math.floor(teacher_depth * 10 / 12 + 0.5) - 1
    available = last - first + 1
    if available < 2:
        raise ValueError(f"a teacher of {teacher_depth} blocks has no two groups of middle layers")
    count = min(8, available - available % 2)
    stride = available // count
    return [first + i * stride for i in range(count)]


def teacher_embedding(images: Tensor, w: Weights, geometry: Geometry) -> Tensor:
    """Patches → class token in front → + position → registers (which get none) after the class token: (B, T, D)."""
    patches = embed_patches(images, w, "teacher", geometry.patch)
    b = images.shape[0]
    position = w["teacher.embed.position"]
    class_token = (w["teacher.embed.class"] + position[0]).expand(b, 1, -1)
    parts = [class_token, patches + position[1:]]
    if geometry.registers:
        parts.insert(1, w["teacher.embed.registers"].expand(b, -1, -1))
    return torch.cat(parts, 1)


def teacher_features(
    embedding: Tensor,
    w: Weights,
    geometry: Geometry,
    keep_patches: bool = False,
    layers: Optional[Sequence[int]] = None,
) -> TeacherFeatures:
    """All that the students are held against, from the embedded tokens; `layers`: tapped blocks, if not by the rule."""
    outputs = encode(embedding, w, "teacher", geometry.heads)
    layers = tapped_layers(len(outputs) - 1) if layers is None else layers
    half = len(layers) // 2
    return TeacherFeatures(
        embedding,
        torch.stack([x[:, 0] for x in outputs], 1),
        sum(outputs[i] for i in layers[:half]) / half,
        sum(outputs[i] for i in layers[half:]) / half,
        torch.stack([x[:, geometry.prefix :] for x in outputs], 1) if keep_patches else None,
    )


# ------------------------------------------------------------------------------------------------------- students


def own_embedding(images: Tensor, w: Weights, geometry: Geometry) -> Tensor:
    """The encoder student's own trainable embedding: [prefix, patches + position], (B, T, D)."""
    patches = embed_patches(images, w, "encoder_student", geometry.patch)
    prefix = w["encoder_student.embed.prefix"].expand(images.shape[0], -1, -1)
    return torch.cat([prefix, patches + w["encoder_student.embed.position"]], 1)


class DropoutMasks(NamedTuple):
    """Inverted dropout of the noisy bottleneck: 0 where dropped, else 1/(1 − p)."""

    input: Tensor  # (B, T, D)
    hidden: Tensor  # (B, T, 4D), after the GELU
    output: Tensor  # (B, T, D)


def decode(
    group1: Tensor, group2: Tensor, w: Weights, geometry: Geometry, masks: Optional[DropoutMasks] = None
) -> Tuple[Tensor, Tensor]:
    """The decoder student: (B, T, D) twice to F_D^1, F_D^2, (B, N, D) each."""
    x = (group1 + group2) / 2  # the mean over all tapped layers, as both groups have the same size
    # noisy bottleneck: drop → D→4D → GELU → drop → 4D→D → drop; no norm, no residual
    x = x if masks is None else x * masks.input
    x = F.gelu(F.linear(x, w["decoder_student.bottleneck.fc1.weight"], w["decoder_student.bottleneck.fc1.bias"]))
    x = x if masks is None else x * masks.hidden
    x = F.linear(x, w["decoder_student.bottleneck.fc2.weight"], w["decoder_student.bottleneck.fc2.bias"])
    x = x if masks is None else x * masks.output
    outputs = []
    for i in range(depth(w, "decoder_student")):
        x = block(x, w, f"decoder_student.blocks.{i}", geometry.heads, DECODER_EPSILON, linear_attention)
        outputs.append(x)
    outputs.reverse()  # the teacher's early group is held against the decoder's late blocks
    half = len(outputs) // 2
    first, second = sum(outputs[:half]) / half, sum(outputs[half:]) / half
    return first[:, geometry.prefix :], second[:, geometry.prefix :]  # class and register rows end here


# --------------------------------------------------------------------------------------------------------- losses


def cosine(a: Tensor, b: Tensor) -> Tensor:
    """Cosine over the last dimension (reading 2)."""
    return (a * b).sum(-1) / (a.norm(dim=-1) * b.norm(dim=-1)).clamp_min(COSINE_GUARD)


def hard_mining_weights(
    teacher: Tensor, student: Tensor, share: float, factor: float, normal: Optional[Tensor] = None
) -> Tensor:
    """(B, N, D) twice to w (B, N, 1): `factor` where the patch is strictly below the k-th largest distance, else 1."""
    with torch.no_grad():
        distance = 1 - cosine(teacher, student)  # (B, N), the whole batch together
        considered = torch.ones(distance.shape[0], dtype=torch.bool) if normal is None else normal.bool()
        candidates = distance[considered].flatten()
        weights = torch.ones_like(distance)
        if candidates.numel():
            k = max(1, math.floor(candidates.numel() * (1 - share)))
            threshold = candidates.topk(k).values[-1]
            weights[considered[:, None] & (distance < threshold)] = factor
        return weights.unsqueeze(-1)


def decoder_loss(
    teacher_groups: Sequence[Tensor],
    student_groups: Sequence[Tensor],
    assumptions: Assumptions,
    share: float = 0.0,
    normal: Optional[Tensor] = None,
) -> Tensor:
    """Eq. (1): L_D = ½ Σ_g [1 − cos(vec F_T^g, vec F_D^g)], (B). Same value with hard mining, other gradient."""
    total = 0
    for teacher, student in zip(teacher_groups, student_groups):
        teacher = teacher.detach()
        if assumptions.hard_mining:
            w = hard_mining_weights(teacher, student, share, assumptions.hard_mining_factor, normal)
            student = w * student + (1 - w) * student.detach()
        total = total + 1 - cosine(teacher.flatten(1), student.flatten(1))
    return total / len(teacher_groups)


def token_distances(teacher: Tensor, student: Tensor, assumptions: Assumptions) -> Tensor:
    """MSE per image and token of the trained set; (B, m, D) or (B, m, N, D) twice to (B, m) (or (B, m − 1))."""
    if assumptions.token_set == "blocks":
        teacher, student = teacher[:, :-1], student[:, :-1]
    if assumptions.normalization == "layer-norm":
        width = teacher.shape[-1:]
        teacher, student = F.layer_norm(teacher, width, eps=1e-6), F.layer_norm(student, width, eps=1e-6)
    squared = (teacher.detach() - student) ** 2
    distance = squared.sum(-1) if assumptions.reduction == "sum" else squared.mean(-1)
    return distance.mean(-1) if distance.dim() == 3 else distance


def encoder_loss(teacher: Tensor, student: Tensor, assumptions: Assumptions) -> Tensor:
    """Eq. (2): L_E = (1/m) Σ_j MSE(c_T^j, c_E^j), (B)."""
    return token_distances(teacher, student, assumptions).mean(1)


def log1mexp(a: Tensor) -> Tensor:
    """log(1 − exp(−a)) for a ≥ 0; −∞ at 0. Two branches, each exact where it is taken (Mächler 2012)."""
    return torch.where(a <= math.log(2), (-torch.expm1(-a)).log(), torch.log1p(-torch.exp(-a)))


class _LossWithWeights(torch.autograd.Function):
    """A loss per image whose derivatives by L_E and L_D are known in closed form (automatic ones are NaN at L = 0)."""

    @staticmethod
    def forward(ctx, loss_encoder, loss_decoder, loss, weight_encoder, weight_decoder):
        ctx.save_for_backward(weight_encoder, weight_decoder)
        return loss.clone()

    @staticmethod
    def backward(ctx, upstream):
        weight_encoder, weight_decoder = ctx.saved_tensors
        return upstream * weight_encoder, upstream * weight_decoder, None, None, None


class Objective(NamedTuple):
    """The joined objective per image, all (B)."""

    loss: Tensor
    weight_encoder: Tensor  # dL/dL_E, "effective weight"
    weight_decoder: Tensor  # dL/dL_D
    log_probability: Tensor  # log P(x normal) of noisy-or, also where another objective is trained


def objective(
    loss_encoder: Tensor, loss_decoder: Tensor, normal: Tensor, name: str = "noisy-or", temperature: float = 1.0
) -> Objective:
    """L_E, L_D, t (B each; t = 1 normal) to the loss per image and the students' effective weights.

    p = exp(−L/τ), P = 1 − (1 − p_E)(1 − p_D), L = −t log P − (1 − t) log(1 − P), in log space:
      log P = logaddexp(−a_E, −a_D + log1mexp(a_E)),  a = L/τ
      t = 1: dL/da_E = (1 − p_D) p_E / P = exp(log1mexp(a_D) − a_E − log P)                                  Eq. (3)
      t = 0: dL/da_E = −p_E / (1 − p_E) = −1/expm1(a_E)
    In double whatever comes in: near P = 1 the logaddexp has an absolute, not a relative accuracy.
    """
    with torch.no_grad():
        a_e = (loss_encoder.double() / temperature).clamp_min(0)
        a_d = (loss_decoder.double() / temperature).clamp_min(0)
        t = normal.bool()
        log_p = torch.logaddexp(-a_e, -a_d + log1mexp(a_e))
        if name == "noisy-or":
            normal_loss = -log_p
            normal_weights = torch.exp(log1mexp(a_d) - a_e - log_p), torch.exp(log1mexp(a_e) - a_d - log_p)
        elif name == "sum":
            normal_loss, normal_weights = a_e + a_d, (torch.ones_like(a_e), torch.ones_like(a_d))
        elif name == "encoder-only":
            normal_loss, normal_weights = a_e, (torch.ones_like(a_e), torch.zeros_like(a_d))
        elif name == "decoder-only":
            normal_loss, normal_weights = a_d, (torch.zeros_like(a_e), torch.ones_like(a_d))
        else:
            raise ValueError(f"objective is {name!r}; expected noisy-or, sum, encoder-only or decoder-only")
        uses_encoder, uses_decoder = name != "decoder-only", name != "encoder-only"
        zero = torch.zeros_like(a_e)
        anomalous_loss = (-log1mexp(a_e) if uses_encoder else zero) + (-log1mexp(a_d) if uses_decoder else zero)
        anomalous_weights = (
            -1 / torch.expm1(a_e) if uses_encoder else zero,
            -1 / torch.expm1(a_d) if uses_decoder else zero,
        )
        dtype = loss_encoder.dtype
        loss = torch.where(t, normal_loss, anomalous_loss).to(dtype)
        weight_e = (torch.where(t, normal_weights[0], anomalous_weights[0]) / temperature).to(dtype)
        weight_d = (torch.where(t, normal_weights[1], anomalous_weights[1]) / temperature).to(dtype)
    loss = _LossWithWeights.apply(loss_encoder, loss_decoder, loss, weight_e, weight_d)
    return Objective(loss, weight_e, weight_d, log_p)


class Joint(NamedTuple):
    """One forward pass of both students; everything per image but `loss`, the mean over the batch."""

    loss: Tensor
    loss_encoder: Tensor
    loss_decoder: Tensor
    objective: Objective
    tokens: Optional[Tensor]  # (B, m, D) class tokens, or (B, m, N, D) patch tokens, of the encoder student
    groups: Optional[Tuple[Tensor, Tensor]]  # F_D^1, F_D^2


def joint(
    features: TeacherFeatures,
    w: Weights,
    geometry: Geometry,
    assumptions: Assumptions = Assumptions(),
    share: float = 0.0,
    normal: Optional[Tensor] = None,
    masks: Optional[DropoutMasks] = None,
    encoder_input: Optional[Tensor] = None,
) -> Joint:
    """Both students' losses and the objective. A student that the objective leaves out is not run; its loss is 0."""
    b = features.class_tokens.shape[0]
    nothing = torch.zeros(b, dtype=features.class_tokens.dtype)
    normal = torch.ones(b, dtype=torch.bool) if normal is None else normal
    tokens = groups = None
    loss_e = loss_d = nothing
    if assumptions.objective != "decoder-only":
        outputs = encode(
            features.embedding if encoder_input is None else encoder_input, w, "encoder_student", geometry.heads
        )
        if assumptions.distilled_tokens == "class":
            tokens = torch.stack([x[:, 0] for x in outputs], 1)
            loss_e = encoder_loss(features.class_tokens, tokens, assumptions)
        else:
            tokens = torch.stack([x[:, geometry.prefix :] for x in outputs], 1)
            loss_e = encoder_loss(features.patch_tokens, tokens, assumptions)
    if assumptions.objective != "encoder-only":
        targets = [g[:, geometry.prefix :] for g in (features.group1, features.group2)]
        groups = decode(features.group1, features.group2, w, geometry, masks)
        loss_d = decoder_loss(targets, groups, assumptions, share, normal)
    joined = objective(loss_e, loss_d, normal, assumptions.objective, assumptions.temperature)
    return Joint(joined.loss.mean(), loss_e, loss_d, joined, tokens, groups)


# ------------------------------------------------------------------------------------------------------- training


def hard_mining_share(iteration: int, final: float = 0.9, ramp: int = 1000) -> float:
    """p rises linearly 0 → final over the first `ramp` iterations (0-based)."""
    return min(final * iteration / ramp, final)


def learning_rates(total: int, rate: float, floor: str = "tenth", warmup: int = 100) -> List[float]:
    """The rate of every step: warm-up lr·i/(warm-up − 1), then a cosine to lr/10 ("tenth"), 0 ("zero"), or none."""
    if total < 1000:
        warmup = total // 10
    final = {"tenth": rate / 10, "zero": 0.0, "constant": rate}[floor]
    rates = [rate * i / (warmup - 1) if warmup > 1 else 0.0 for i in range(min(warmup, total))]
    rest = total - warmup
    rates += [final + 0.5 * (rate - final) * (1 + math.cos(math.pi * i / rest)) for i in range(rest)]
    return rates


def clip_gradients(gradients: Weights, limit: float = 0.1, clipping: str = "joint") -> Weights:
    """One norm over all parameters ("joint"), one per student ("per-student"), or none ("off"); reading 8."""
    if clipping == "off":
        return dict(gradients)
    clipped = {}
    students = [""] if clipping == "joint" else ["encoder_student.", "decoder_student."]
    for student in students:
        own = {name: g for name, g in gradients.items() if name.startswith(student)}
        if own:
            norm = torch.stack([g.norm() for g in own.values()]).norm()
            factor = (limit / (norm + CLIP_GUARD)).clamp(max=1)
            clipped.update({name: g * factor for name, g in own.items()})
    return {name: clipped[name] for name in gradients}


class StableAdamW:
    """StableAdamW with AMSGrad, per tensor (Wortsman et al. 2023; Reddi et al. 2019; as Dinomaly combines them).

    θ ← θ(1 − lr·wd); m, v moments of g; v̂ = running max of the uncorrected v; denom = √v̂/√(1 − β2^t) + eps;
    lr_t = lr / max(1, RMS(g/denom)); θ ← θ − lr_t/(1 − β1^t) · m/denom.
    """

    def __init__(self, parameters: Weights, betas=(0.9, 0.999), epsilon=1e-10, weight_decay=1e-4):
        self.parameters = parameters
        self.beta1, self.beta2 = betas
        self.epsilon, self.weight_decay = epsilon, weight_decay
        self.steps = 0
        self.m = {name: torch.zeros_like(p) for name, p in parameters.items()}
        self.v = {name: torch.zeros_like(p) for name, p in parameters.items()}
        self.v_max = {name: torch.zeros_like(p) for name, p in parameters.items()}

    @torch.no_grad()
    def step(self, gradients: Weights, rate: float) -> None:
        self.steps += 1
        correction1 = 1 - self.beta1**self.steps
        correction2 = 1 - self.beta2**self.steps
        for name, theta in self.parameters.items():
            g = gradients[name]
            theta.mul_(1 - rate * self.weight_decay)
            m, v, v_max = self.m[name], self.v[name], self.v_max[name]
            m.mul_(self.beta1).add_(g, alpha=1 - self.beta1)
            v.mul_(self.beta2).addcmul_(g, g, value=1 - self.beta2)
            torch.maximum(v_max, v, out=v_max)
            denominator = v_max.sqrt() / math.sqrt(correction2) + self.epsilon
            rms = (g / denominator).pow(2).mean().sqrt().item()
            theta.addcdiv_(m, denominator, value=-rate / max(1.0, rms) / correction1)


# ------------------------------------------------------------------------------------------------------ inference


def gaussian_kernel(size: int = 5, sigma: float = 4.0, dtype=torch.float64) -> Tensor:
    """exp(−(x² + y²) / 2σ²) around the centre, normalised to sum 1: (size, size)."""
    x = torch.arange(size, dtype=dtype) - (size - 1) / 2
    line = torch.exp(-(x**2) / (2 * sigma**2))
    return torch.outer(line, line) / line.sum() ** 2


class AnomalyMap(NamedTuple):
    distances: List[Tensor]  # per group 1 − cos, (B, h, w)
    input_map: Tensor  # (B, H, W), mean of the groups at the input's size
    resized: Tensor  # (B, size, size), before smoothing
    smoothed: Tensor  # (B, size, size), the anomaly map


def anomaly_map(
    teacher_groups: Sequence[Tensor],
    student_groups: Sequence[Tensor],
    geometry: Geometry,
    size: int = 256,
    kernel: int = 5,
    sigma: float = 4.0,
) -> AnomalyMap:
    """Per group 1 − cos → bilinear to the input (align_corners) → mean of groups → bilinear to size² → Gaussian."""
    height, width = geometry.grid_height * geometry.patch, geometry.grid_width * geometry.patch
    distances, enlarged = [], []
    for teacher, student in zip(teacher_groups, student_groups):
        distance = (1 - cosine(teacher, student)).reshape(-1, 1, geometry.grid_height, geometry.grid_width)
        distances.append(distance[:, 0])
        enlarged.append(F.interpolate(distance, size=(height, width), mode="bilinear", align_corners=True))
    mean = sum(enlarged) / len(enlarged)
    resized = F.interpolate(mean, size=(size, size), mode="bilinear", align_corners=False)
    weight = gaussian_kernel(kernel, sigma, resized.dtype)[None, None]
    smoothed = F.conv2d(resized, weight, padding=kernel // 2)  # zero padding
    return AnomalyMap(distances, mean[:, 0], resized[:, 0], smoothed[:, 0])


def decoder_score(smoothed: Tensor, share: float = 0.01) -> Tensor:
    """s_D: mean of the map's largest `share` of pixels; (B, size, size) to (B)."""
    pixels = smoothed.flatten(1)
    return pixels.topk(max(1, math.floor(pixels.shape[1] * share)), 1).values.mean(1)


def encoder_scores(teacher: Tensor, student: Tensor, assumptions: Assumptions) -> Tuple[Tensor, Tensor]:
    """s_E of the last token, and of all m (= L_E); (B) each."""
    distances = token_distances(teacher, student, assumptions)
    return distances[:, -1], distances.mean(1)


def fuse(s_encoder: Tensor, s_decoder: Tensor, fusion: str = "noisy-or", temperature: float = 1.0) -> Tensor:
    """s = 1 − P = (1 − exp(−s_E/τ))(1 − exp(−s_D/τ)); "sum", "encoder", "decoder". Higher is more anomalous."""
    if fusion == "noisy-or":
        return torch.expm1(-s_encoder / temperature) * torch.expm1(-s_decoder / temperature)
    return {"sum": s_encoder + s_decoder, "encoder": s_encoder, "decoder": s_decoder}[fusion]


def ranking(s_encoder: Tensor, s_decoder: Tensor, temperature: float = 1.0) -> Tensor:
    """log(1 − P) = log1mexp(s_E/τ) + log1mexp(s_D/τ) in double: orders as `fuse` does, without saturating."""
    s_e, s_d = s_encoder.double().clamp_min(0), s_decoder.double().clamp_min(0)
    return log1mexp(s_e / temperature) + log1mexp(s_d / temperature)
