"""Goldens of the report's t-SNE from scikit-learn 1.2.1 (numpy 1.24.2).

Writes src/test/resources/goldens/report/tsne.json: points, joint probabilities, and KL divergence with
its gradient at a given embedding. Run from the repository's root: python3 src/test/recipes/tsne_goldens.py
"""
import json
import pathlib

import numpy as np
from scipy.spatial.distance import squareform
from sklearn.manifold import _t_sne as reference

random = np.random.RandomState(7)
points = np.concatenate([random.randn(8, 5) + 6 * np.eye(5)[k] for k in range(3)]).astype(np.float32)
embedding = random.randn(24, 2)
distances = ((points[:, None, :].astype(np.float64) - points[None].astype(np.float64)) ** 2).sum(-1)
joint = reference._joint_probabilities(distances, desired_perplexity=5, verbose=0)
kl, gradient = reference._kl_divergence(embedding.ravel(), joint, 1, 24, 2)

out = pathlib.Path("src/test/resources/goldens/report")
out.mkdir(parents=True, exist_ok=True)
(out / "tsne.json").write_text(json.dumps({
    "perplexity": 5,
    "points": points.tolist(),
    "embedding": embedding.tolist(),
    "joint": squareform(joint).tolist(),
    "kl": float(kl),
    "gradient": gradient.reshape(24, 2).tolist(),
}) + "\n")
