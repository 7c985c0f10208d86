"""The two files a model is: backbone and head, in safetensors.

8 bytes of header length (little-endian), a JSON header, raw tensors one after the other. The
header is padded with spaces to end at a multiple of 64 bytes, a cache line, since the file is
used where it is mapped. The same tensors and metadata always give the same bytes.
"""
import hashlib
import json
import os
import struct
import tempfile

import numpy as np

from .errors import ConversionError

BACKBONE_FORMAT = "xception.backbone/1"
HEAD_FORMAT = "xception.head/1"
ALIGNMENT = 64
MAXIMUM_HEADER = 8 << 20
"""Bytes of the longest header; the list of 21,000 classes takes two million."""
DTYPES = {"float16": ("F16", "<f2"), "float32": ("F32", "<f4")}


def encode(array, dtype):
    """The array's safetensors type and bytes; one-dimensional arrays (biases) are always float32."""
    if array.ndim == 1:
        dtype = "float32"
    name, numpy_dtype = DTYPES[dtype]
    with np.errstate(over="ignore"):
        stored = np.ascontiguousarray(array).astype(numpy_dtype)
    if not np.isfinite(stored).all():
        raise ConversionError(f"values up to {np.abs(array).max():.3g} do not fit {dtype}; use --dtype float32")
    return name, stored.tobytes()


def serialize(tensors, metadata, dtype):
    """The whole file's bytes, and the SHA-256 of its tensor data, which the metadata carries too."""
    encoded = {name: (*encode(array, dtype), list(array.shape)) for name, array in tensors.items()}
    # Gaps are not allowed between tensors, so those that would break the alignment of the next go last.
    order = sorted(encoded, key=lambda name: -(min(ALIGNMENT, len(encoded[name][1]) & -len(encoded[name][1]))))
    data = b"".join(encoded[name][1] for name in order)
    digest = hashlib.sha256(data).hexdigest()
    header = {"__metadata__": metadata | {"data_sha256": digest}}
    offset = 0
    for name in order:
        kind, content, shape = encoded[name]
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [offset, offset + len(content)]}
        offset += len(content)
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % ALIGNMENT)
    return struct.pack("<Q", len(text)) + text + data, digest


def to_float32(kind, content):
    """A safetensors type's bytes as a flat float32 array."""
    if kind == "BF16":  # the upper half of a float32
        return (np.frombuffer(content, "<u2").astype(np.uint32) << 16).view(np.float32)
    types = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}
    if kind not in types:
        raise ConversionError(f"tensors of type {kind}, expected F16, BF16, F32 or F64")
    return np.frombuffer(content, types[kind]).astype(np.float32)


def read_header(file, path):
    """A safetensors file's JSON header; `file` is left at the tensors."""
    [length] = struct.unpack("<Q", file.read(8))
    if length > os.path.getsize(path) - 8:
        raise ConversionError(f"header of {length} bytes in a file of {os.path.getsize(path)}")
    if length > MAXIMUM_HEADER:
        raise ConversionError(f"header of {length:,} bytes, more than any network's")
    return json.loads(file.read(length))


def is_model_file(path):
    """Reports if a file is one of this format: a backbone or a head."""
    with open(path, "rb") as file:
        if file.read(9)[8:] != b"{":
            return False
        file.seek(0)
        try:
            metadata = read_header(file, path).get("__metadata__", {})
        except (ValueError, RecursionError, AttributeError) as error:
            raise ConversionError(f"damaged, or no safetensors file: {str(error).splitlines()[0]}") from error
    return isinstance(metadata, dict) and str(metadata.get("format")).startswith("xception.")


def backbone_facts(path):
    """A backbone file's metadata, and how many features it gives: the channels of its last convolution.

    Raises ConversionError unless its tensors are the ones it was written with.
    """
    with open(path, "rb") as file:
        header = read_header(file, path)
        metadata = header.get("__metadata__", {})
        if metadata.get("format") != BACKBONE_FORMAT:
            raise ConversionError(f"its format is {str(metadata.get('format'))[:100]}, expected {BACKBONE_FORMAT}")
        if hashlib.file_digest(file, "sha256").hexdigest() != metadata["data_sha256"]:
            raise ConversionError("damaged: its tensors are not the ones it was written with")
    last = next(name for name in ("block14_sepconv2/bias", "conv_pw_13/bias") if name in header)
    return metadata, header[last]["shape"][0]


def read_tensors(path):
    """A safetensors file's floating-point tensors as float32, and its metadata."""
    with open(path, "rb") as file:
        header = read_header(file, path)
        data = file.read()
    metadata = header.pop("__metadata__", {})
    tensors, size = {}, 0
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        if not 0 <= begin <= end <= len(data):
            raise ConversionError(f"{name} lies beyond the end of the file")
        size += end - begin
        if size > len(data):
            raise ConversionError(f"{name} shares its bytes with another tensor")
        if entry["dtype"] not in ("I64", "I32"):
            tensors[name] = to_float32(entry["dtype"], data[begin:end]).reshape(entry["shape"])
    return tensors, metadata


def write_atomically(files):
    """Writes `{path: bytes}`: all of them are on disk before the first takes its name."""
    pending = []
    try:
        for path, content in files.items():
            directory = os.path.dirname(path) or "."
            os.makedirs(directory, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=directory, prefix=".converting-", delete=False) as file:
                pending.append((file.name, path))
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), 0o644)
        for temporary, path in pending:
            os.replace(temporary, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None
    finally:
        for temporary, _ in pending:
            if os.path.exists(temporary):
                os.unlink(temporary)
