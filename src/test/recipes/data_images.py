"""Goldens of io.github.dyad.data's image reading, in src/test/resources/goldens/data/images.

Made with Pillow 9.4.0 (libjpeg-turbo 6.2 API, libtiff 4.5.0), NumPy 1.24, PyTorch 1.13:
    /usr/bin/python3 src/test/recipes/data_images.py
decode/NAME       an image file
decode/NAME.rgb   Image.open(NAME).convert("RGB") at its own size, raw; tolerance 0
resize/NAME.png   sources; resize/cases.csv: source, width, height, SHA-256 of the raw RGB pixels of
                  convert("RGB").resize((width, height), BILINEAR); tolerance 0 (goal: 1/255)
normalise.f32     (3, 256) float32: (v/255 - mean)/std as torchvision computes it; tolerance 0
masks/NAME.png    sources; masks/NAME.256.png: mask != 0 -> 255, resize 448 BILINEAR, crop 392,
                  torch nearest to 256, > 0
Departure: grey images of 16 bits are golden as their high byte; Pillow's convert clips them at 255.
"""
import hashlib
import io
import os
import struct
import zlib

import numpy as np
import torch
from PIL import Image

ROOT = os.path.join(os.path.dirname(__file__), "..", "resources", "goldens", "data", "images")
rng = np.random.RandomState(7)


def scene(height, width, seed):
    """Smooth gradients, an edge and noise: something of every frequency."""
    r = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([x * 255 / width, y * 255 / height, 128 + 90 * np.sin(x * y / 40.0)], -1)
    rgb[height // 3 : height // 2, width // 4 :] = [20, 230, 90]
    return np.clip(rgb + r.normal(0, 12, rgb.shape), 0, 255).astype(np.uint8)


def png(path, samples, colour_type, depth, interlaced=False):
    """PNG kinds that Pillow does not write: 16-bit colour, 2- and 4-bit grey, Adam7."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    def lines(part):
        out = b""
        for row in part:
            if depth == 16:
                body = row.astype(">u2").tobytes()
            elif depth == 8:
                body = row.astype(np.uint8).tobytes()
            else:
                bits = np.unpackbits(row.astype(np.uint8).reshape(-1, 1), axis=1)[:, 8 - depth :]
                body = np.packbits(bits.reshape(-1)).tobytes()
            out += b"\0" + body
        return out

    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    body = b"".join(lines(samples[y::dy, x::dx]) for y, x, dy, dx in passes)
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, int(interlaced))
    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b""))


def decode():
    folder = os.path.join(ROOT, "decode")
    os.makedirs(folder, exist_ok=True)
    a = scene(23, 29, 1)
    image = Image.fromarray(a)
    alpha = Image.fromarray(np.dstack([a, rng.randint(0, 256, a.shape[:2])]).astype(np.uint8), "RGBA")
    grey = image.convert("L")
    palette = image.quantize(17)
    save = lambda im, name, **k: im.save(os.path.join(folder, name), **k)
    save(image, "rgb.png")
    save(alpha, "rgba.png")
    save(alpha.convert("LA"), "grey-alpha.png")
    save(grey, "grey.png")
    save(palette, "palette.png")
    save(palette, "palette-transparent.png", transparency=3)
    save(grey.convert("1"), "bit1.png")
    save(image, "animated.png", save_all=True, append_images=[Image.fromarray(255 - a)])
    png(os.path.join(folder, "rgb16.png"), rng.randint(0, 65536, a.shape), 2, 16)
    png(os.path.join(folder, "bit2.png"), rng.randint(0, 4, a.shape[:2]), 0, 2)
    png(os.path.join(folder, "bit4.png"), rng.randint(0, 16, a.shape[:2]), 0, 4)
    png(os.path.join(folder, "interlaced.png"), a, 2, 8, interlaced=True)
    grey16 = rng.randint(0, 65536, a.shape[:2])
    png(os.path.join(folder, "grey16.png"), grey16, 0, 16)
    save(Image.fromarray(grey16.astype(np.uint16)), "grey16.tif")
    save(image, "420.jpg", quality=80)
    save(image, "422.jpg", quality=60, subsampling=1)
    save(image, "444.jpg", quality=92, subsampling=0)
    save(image, "progressive.jpg", progressive=True)
    save(grey, "grey.jpg")
    cmyk = Image.fromarray(rng.randint(0, 256, a.shape[:2] + (4,)).astype(np.uint8), "CMYK")
    save(cmyk, "cmyk.jpg", quality=90)
    # Colour told by Adobe's marker: RGB as it stands, and YCCK.
    plain = open(os.path.join(folder, "444.jpg"), "rb").read()
    adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00"
    with open(os.path.join(folder, "adobe-rgb.jpg"), "wb") as f:
        f.write(plain[:2] + adobe + b"\x00" + plain[20:])
    plain = open(os.path.join(folder, "cmyk.jpg"), "rb").read()
    at = plain.index(b"Adobe") + 11
    with open(os.path.join(folder, "ycck.jpg"), "wb") as f:
        f.write(plain[:at] + b"\x02" + plain[at + 1 :])
    exif = Image.Exif()
    exif[0x0112] = 6
    save(image, "orientation.jpg", exif=exif)
    save(image, "jpeg-called.png.jpg")
    os.replace(os.path.join(folder, "jpeg-called.png.jpg"), os.path.join(folder, "jpeg-called.png"))
    save(image, "raw.tif")
    save(image, "lzw.tif", compression="tiff_lzw")
    save(image, "deflate.tif", compression="tiff_deflate")
    save(image, "jpeg.tif", compression="jpeg")
    save(image, "pages.tif", save_all=True, append_images=[Image.fromarray(255 - a)])
    save(alpha, "rgba.tif")
    save(grey, "grey.tif")
    save(grey.convert("1"), "bit1.tif", compression="group4")
    white_is_zero = grey.copy()
    save(white_is_zero, "white-is-zero.tif", tiffinfo={262: 0})
    save(palette, "palette.tif")
    save(cmyk, "cmyk.tif")
    save(image, "rgb.bmp")
    save(palette, "palette.bmp")
    save(grey, "grey.bmp")
    save(grey.convert("1"), "bit1.bmp")
    save(alpha, "rgba.bmp")
    save(palette, "one.gif")
    save(palette, "animated.gif", save_all=True, append_images=[Image.fromarray(255 - a).quantize(9)])
    for name in sorted(os.listdir(folder)):
        if name.endswith(".rgb"):
            continue
        path = os.path.join(folder, name)
        if name.startswith("grey16"):
            rgb = np.repeat((grey16 >> 8)[:, :, None], 3, 2).astype(np.uint8).tobytes()
        else:
            rgb = Image.open(path).convert("RGB").tobytes()
        with open(path + ".rgb", "wb") as f:
            f.write(rgb)


def resize():
    folder = os.path.join(ROOT, "resize")
    os.makedirs(folder, exist_ok=True)
    sources = {"scene": scene(97, 131, 3), "noise": rng.randint(0, 256, (61, 47, 3)).astype(np.uint8)}
    sources["line"] = np.zeros((1, 64, 3), np.uint8)
    sources["line"][0, ::7] = 255
    sources["small"] = scene(28, 28, 5)
    sources["grey"] = scene(40, 33, 6)[:, :, 0]
    sizes = [(1, 1), (7, 3), (28, 28), (32, 32), (47, 61), (64, 64), (96, 200), (224, 224), (448, 448)]
    with open(os.path.join(folder, "cases.csv"), "w", newline="\n") as f:
        for name, pixels in sources.items():
            Image.fromarray(pixels).save(os.path.join(folder, name + ".png"))
            for width, height in sizes:
                out = Image.fromarray(pixels).convert("RGB").resize((width, height), Image.BILINEAR)
                f.write("%s,%d,%d,%s\n" % (name, width, height, hashlib.sha256(out.tobytes()).hexdigest()))
    out = Image.fromarray(sources["scene"]).resize((33, 33), Image.BILINEAR)
    out.save(os.path.join(folder, "scene.33x33.png"))
    # Resize and centre crop with an odd margin, as torchvision's Resize and CenterCrop.
    out = Image.fromarray(sources["scene"]).resize((39, 39), Image.BILINEAR)
    margin = int(round((39 - 32) / 2.0))
    out.crop((margin, margin, margin + 32, margin + 32)).save(os.path.join(folder, "scene.39.crop32.png"))


def normalise():
    v = torch.arange(256, dtype=torch.uint8).to(torch.float32).div(255)
    mean = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float32).view(3, 1)
    std = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float32).view(3, 1)
    table = v.repeat(3, 1).sub_(mean).div_(std).numpy().astype("<f4")
    table.tofile(os.path.join(ROOT, "normalise.f32"))


def masks():
    folder = os.path.join(ROOT, "masks")
    os.makedirs(folder, exist_ok=True)
    y, x = np.mgrid[0:120, 0:90]
    blob = ((y - 50) ** 2 / 400.0 + (x - 30) ** 2 / 90.0 < 1) | ((y + x == 120) & (x > 50))
    # 255 and a defect number mark alike, and a 1 in 16 bits is not lost.
    Image.fromarray(np.where(blob, 255, 0).astype(np.uint8)).save(os.path.join(folder, "blob.png"))
    Image.fromarray(np.where(blob, 3, 0).astype(np.uint8)).save(os.path.join(folder, "numbered.png"))
    Image.fromarray(np.where(blob, 1, 0).astype(np.uint16)).save(os.path.join(folder, "deep.png"))
    mask = Image.fromarray(np.where(blob, 255, 0).astype(np.uint8))
    small = np.asarray(mask.resize((448, 448), Image.BILINEAR).crop((28, 28, 420, 420)))
    tensor = torch.from_numpy(small.copy()).float()[None, None]
    nearest = torch.nn.functional.interpolate(tensor, size=256, mode="nearest")[0, 0].numpy()
    Image.fromarray(np.where(nearest > 0, 255, 0).astype(np.uint8)).save(os.path.join(folder, "blob.256.png"))


decode()
resize()
normalise()
masks()
