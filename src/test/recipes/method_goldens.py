"""Goldens of the methods without students: scikit-learn 1.2.1, NumPy 1.24.2, Python 3.11.

    /usr/bin/python3 src/test/recipes/method_goldens.py src/test/resources/goldens/method

methods.safetensors: 24 training and 6 test images of a made-up teacher; m 3, D 5, one register, grid 3×4.
  train_class_tokens, test_class_tokens   (B, m, D)
  train_group1, …, test_group2            (B, N, D), N = 2 + 12
  knn_kth, knn_mean, knn_raw              (6), s(x) at k = 4: k-th distance, mean distance, k-th of raw tokens
  coreset                                 (29), indices of the chosen patches, in their order, of all 24·12
  patchcore_patches                       (6, 12), distance of every patch to the memory
  patchcore_score, patchcore_unweighted   (6), at b = 5, and at b = 1
KNN distances are scikit-learn's NearestNeighbors (brute force). The coreset is algorithm 1 of Roth et al. (CVPR 2022)
written with NumPy's broadcasting, without projection, begun at the patch farthest from the mean. All in float64 from
float32 features. Tolerance of the tests: 1e-6 relative for distances, since Dyad rounds normalised and averaged
features to float32 (6e-8 each); the coreset's indices are equal: the smallest margin of an argmax here is printed.
"""

import pathlib
import sys

import numpy as np
from sklearn.neighbors import NearestNeighbors

import safetensors_file

TRAIN, TEST, M, D, PREFIX, HEIGHT, WIDTH = 24, 6, 3, 5, 2, 3, 4
NEIGHBOURS, SHARE, AROUND = 4, 0.1, 5


def knn(train, test):
    distances, _ = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(train).kneighbors(test)
    return distances


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def patches(group1, group2):
    """Mean over the 3×3 neighbourhood inside the grid, both groups side by side: (B, h·w, 2D)."""
    sides = []
    for group in (group1, group2):
        grid = group[:, PREFIX:].reshape(-1, HEIGHT, WIDTH, D)
        out = np.empty_like(grid)
        for y in range(HEIGHT):
            for x in range(WIDTH):
                window = grid[:, max(0, y - 1) : y + 2, max(0, x - 1) : x + 2]
                out[:, y, x] = window.mean(axis=(1, 2))
        sides.append(out.reshape(len(group), HEIGHT * WIDTH, D))
    return np.concatenate(sides, axis=2)


def coreset(points, size):
    chosen = [int(np.argmax(np.linalg.norm(points - points.mean(0), axis=1)))]
    nearest = np.full(len(points), np.inf)
    margin = np.inf
    while len(chosen) < size:
        nearest = np.minimum(nearest, np.linalg.norm(points - points[chosen[-1]], axis=1))
        top = np.sort(nearest)[-2:]
        margin = min(margin, top[1] - top[0])
        chosen.append(int(np.argmax(nearest)))
    return chosen, margin


def patchcore(memory, test, around):
    per_patch, scores = [], []
    for image in test:
        distances, rows = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(memory).kneighbors(image)
        per_patch.append(distances[:, 0])
        worst = int(np.argmax(distances[:, 0]))
        if around > 1:
            support = NearestNeighbors(n_neighbors=around, algorithm="brute").fit(memory)
            _, near = support.kneighbors(memory[rows[worst]])
            to_support = np.exp(np.linalg.norm(image[worst] - memory[near[0]], axis=1))
            weight = 1 - np.exp(distances[worst, 0]) / to_support.sum()
        else:
            weight = 1
        scores.append(weight * distances[worst, 0])
    return np.array(per_patch), np.array(scores)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(11)
    tensors = {}
    for part, count, spread in (("train", TRAIN, 1.0), ("test", TEST, 1.4)):
        tensors[f"{part}_class_tokens"] = random.normal(0.3, spread, (count, M, D))
        for group in ("group1", "group2"):
            tensors[f"{part}_{group}"] = random.normal(0.1, spread, (count, PREFIX + HEIGHT * WIDTH, D))
    tensors = {name: array.astype(np.float32) for name, array in tensors.items()}
    exact = {name: array.astype(np.float64) for name, array in tensors.items()}

    train, test = exact["train_class_tokens"][:, -1], exact["test_class_tokens"][:, -1]
    near = knn(unit(train), unit(test))
    tensors["knn_kth"] = near[:, -1]
    tensors["knn_mean"] = near.mean(1)
    tensors["knn_raw"] = knn(train, test)[:, -1]

    points = patches(exact["train_group1"], exact["train_group2"]).reshape(-1, 2 * D)
    chosen, margin = coreset(points, round(SHARE * len(points)))
    images = patches(exact["test_group1"], exact["test_group2"])
    memory = points[chosen]
    tensors["coreset"] = np.array(chosen)
    tensors["patchcore_patches"], tensors["patchcore_score"] = patchcore(memory, images, AROUND)
    _, tensors["patchcore_unweighted"] = patchcore(memory, images, 1)
    safetensors_file.write(
        folder / "methods.safetensors",
        {name: array.astype(np.float32) for name, array in tensors.items()},
        {"recipe": "src/test/recipes/method_goldens.py", "coreset_margin": f"{margin:.1e}"},
    )
    print(f"coreset of {len(chosen)} of {len(points)}, smallest margin {margin:.1e}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
