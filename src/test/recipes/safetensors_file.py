"""Reads and writes safetensors files (https://github.com/huggingface/safetensors, "Format").

A file is an unsigned 64-bit little-endian length n, n bytes of JSON, then the tensors' bytes. The JSON maps each
name to {"dtype", "shape", "data_offsets": [begin, end)} with offsets after the JSON, and "__metadata__" to a map of
strings. Tensors lie in C order, little-endian, without gaps. The JSON is padded with spaces to a multiple of 8.
"""

import json
import struct

import numpy as np

_DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "|i1",
    "U8": "|u1",
    "BOOL": "|b1",
}
_NAMES = {np.dtype(code).str: name for name, code in _DTYPES.items()}


def write(path, tensors, metadata=None):
    """Writes a map of names to NumPy arrays; names keep their order, so equal input gives equal bytes."""
    header, chunks, offset = {}, [], 0
    if metadata:
        header["__metadata__"] = {key: str(value) for key, value in metadata.items()}
    for name, tensor in tensors.items():
        array = np.asarray(tensor)
        code = array.dtype.newbyteorder("<").str
        if code not in _NAMES:
            raise ValueError(f"{name}: dtype {array.dtype} has no safetensors name here")
        data = array.astype(code, copy=False).tobytes(order="C")
        header[name] = {
            "dtype": _NAMES[code],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        file.writelines(chunks)


def read(path):
    """Returns (tensors, metadata): a map of names to writable NumPy arrays, and the map of strings."""
    with open(path, "rb") as file:
        content = file.read()
    if len(content) < 8:
        raise ValueError(f"{path}: {len(content)} bytes are no safetensors file")
    (length,) = struct.unpack_from("<Q", content)
    if length > len(content) - 8:
        raise ValueError(f"{path}: the header of {length} bytes is longer than the file")
    header = json.loads(content[8 : 8 + length].decode("utf-8"))
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        dtype = np.dtype(_DTYPES[entry["dtype"]])
        shape = tuple(entry["shape"])
        count = int(np.prod(shape, dtype=np.int64))
        if not 0 <= begin <= end <= len(content) - 8 - length or end - begin != count * dtype.itemsize:
            raise ValueError(f"{path}: {name} has offsets [{begin}, {end}) for shape {list(shape)}")
        tensors[name] = np.frombuffer(content, dtype, count, 8 + length + begin).reshape(shape).copy()
    return tensors, metadata
