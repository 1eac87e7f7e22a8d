"""The manifest hash of builtin:fashion-mnist-small, split A, computed apart from Dyad.

    /usr/bin/python3 src/test/recipes/data_manifest.py
Python 3.11; the printed hash stands in LayoutTest. What is hashed: io.github.dyad.data.ManifestHash.
"""
import gzip
import hashlib
import os

FOLDER = os.path.join(os.path.dirname(__file__), "..", "..", "main", "resources", "data", "fashion-mnist-small")
NORMAL = "01234"


def part(name, prefix):
    with gzip.open(os.path.join(FOLDER, prefix + "-images-idx3-ubyte.gz")) as f:
        pixels = f.read()[16:]
    with gzip.open(os.path.join(FOLDER, prefix + "-labels-idx1-ubyte.gz")) as f:
        labels = f.read()[8:]
    for i, label in enumerate(labels):
        pgm = b"P5 28 28 255\n" + pixels[784 * i : 784 * (i + 1)]
        normal = str(label) in NORMAL
        yield "%s/%05d" % (name, i), str(label), normal, hashlib.sha256(pgm).hexdigest()


def add(digest, *fields):
    for field in fields:
        digest.update(field.encode() + b"\0")
    digest.update(b"\n")


digest = hashlib.sha256()
add(digest, "dyad split 1", "builtin:fashion-mnist-small")
train = [sample for sample in part("train", "train") if sample[2]]
test = list(part("test", "t10k"))
for name, samples in (("train", train), ("test", test)):
    add(digest, name, str(len(samples)))
    for path, label, normal, content in samples:
        add(digest, path, label, "normal" if normal else "anomalous", "good" if normal else label, content)
print(digest.hexdigest())
