"""Makes src/main/resources/data/fashion-mnist-small: the first 200 training and the first 200 test
images of each of Fashion-MNIST's ten classes, in file order, as IDX files packed by gzip.

    python3 src/main/scripts/make_fashion_mnist_small.py FOLDER_OF_THE_FOUR_FILES

Needs Python 3.8 or later alone. The same input gives the same bytes (with the same zlib).
"""
import gzip
import os
import struct
import sys

PER_CLASS = 200
TARGET = os.path.join(os.path.dirname(__file__), "..", "resources", "data", "fashion-mnist-small")


def read(folder, name, rank):
    with gzip.open(os.path.join(folder, name), "rb") as f:
        data = f.read()
    axes = struct.unpack(">" + "i" * rank, data[4 : 4 + 4 * rank])
    return data[: 4], axes, data[4 + 4 * rank :]


def write(name, magic, axes, values):
    with open(os.path.join(TARGET, name), "wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as f:
            f.write(magic + struct.pack(">" + "i" * len(axes), *axes) + values)


def main(folder):
    os.makedirs(TARGET, exist_ok=True)
    for part in ("train", "t10k"):
        image_magic, (count, height, width), pixels = read(folder, part + "-images-idx3-ubyte.gz", 3)
        label_magic, _, labels = read(folder, part + "-labels-idx1-ubyte.gz", 1)
        taken = [0] * 10
        chosen = []
        for i in range(count):
            if taken[labels[i]] < PER_CLASS:
                taken[labels[i]] += 1
                chosen.append(i)
        assert taken == [PER_CLASS] * 10, taken
        area = height * width
        images = b"".join(pixels[i * area : (i + 1) * area] for i in chosen)
        write(part + "-images-idx3-ubyte.gz", image_magic, (len(chosen), height, width), images)
        write(part + "-labels-idx1-ubyte.gz", label_magic, (len(chosen),), bytes(labels[i] for i in chosen))


main(sys.argv[1])
