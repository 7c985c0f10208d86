"""PyTorch state dicts: pickled, `.pth`, `.pt`, `.ckpt` by name, and safetensors."""
import functools
import os
import struct
import zipfile

import numpy as np

from . import aligned_naming, torch_naming, torch_pickle
from .errors import ConversionError
from .model_file import read_tensors, to_float32
from .torch_pickle import StateDictUnpickler, Tensor

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
SIZES = {"F32": 4, "F16": 2, "BF16": 2, "F64": 8, "I64": 8, "I32": 4, "U8": 1, "BOOL": 1}
FLOATING = ("F32", "F16", "BF16", "F64")

MAXIMUM_BYTES = 1 << 30
"""Bytes of all tensors as float32; any number of them may be views of one storage."""


def data_index(archive):
    """The name of the pickle in torch.save's zip, or None."""
    names = [name for name in archive.namelist() if name.endswith("/data.pkl") and name.count("/") == 1]
    return names[0] if len(names) == 1 else None


def read_zip(path):
    """torch.save's layout since 1.6: data.pkl and one file a storage, none of them compressed."""
    with zipfile.ZipFile(path) as archive:
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
            raise ConversionError("compressed entries, which torch.save does not write")
        index = data_index(archive)
        prefix = index.removesuffix("data.pkl")
        if prefix + "byteorder" in archive.namelist() and archive.read(prefix + "byteorder") != b"little":
            raise ConversionError("big-endian tensors")
        with archive.open(index) as file:
            tree = torch_pickle.load(file)
        return state_dict(tree, functools.cache(lambda storage: archive.read(f"{prefix}data/{storage.key}")))


def read_legacy(path):
    """torch.save's layout before 1.6: pickles one after the other, then each storage's count and bytes."""
    with open(path, "rb") as file:
        if torch_pickle.load(file) != LEGACY_MAGIC:
            raise ConversionError("not a PyTorch file")
        torch_pickle.load(file)  # protocol version
        if not torch_pickle.load(file).get("little_endian"):
            raise ConversionError("big-endian tensors")
        storages = {}

        class Unpickler(StateDictUnpickler):
            def persistent_load(self, identifier):
                storage = super().persistent_load(identifier)
                storages[storage.key] = storage
                return storage

        tree = Unpickler(file).load()
        content = {}
        for key in torch_pickle.load(file):
            [count] = struct.unpack("<q", file.read(8))
            if count != storages[key].count:
                raise ConversionError(f"storage {key} has {count} elements, expected {storages[key].count}")
            size = count * SIZES[storages[key].dtype]
            if size > os.path.getsize(path) - file.tell():
                raise ConversionError(f"storage {key} ends beyond the end of the file")
            content[key] = file.read(size)
    return state_dict(tree, lambda storage: content[storage.key])


def materialized(tensor, read_storage):
    """The float32 array that a tensor shows of its storage."""
    storage, size = tensor.storage, SIZES[tensor.storage.dtype]
    count = int(np.prod(tensor.shape, dtype=object))
    last = tensor.offset + sum((extent - 1) * stride for extent, stride in zip(tensor.shape, tensor.stride))
    content = read_storage(storage)
    # Strides of 0 show one element as many, which no state dict does.
    if (min(tensor.offset, *tensor.shape, *tensor.stride, 0) < 0 or storage.count * size != len(content)
            or count > storage.count or last >= storage.count):
        raise ConversionError(f"a tensor of shape {tensor.shape} reaches beyond its storage")
    window = to_float32(storage.dtype, content[tensor.offset * size:(last + 1) * size])
    return np.lib.stride_tricks.as_strided(window, tensor.shape, [4 * stride for stride in tensor.stride])


def state_dict(tree, read_storage):
    """The tensors of a state dict or of a checkpoint that holds one."""
    for key in ("state_dict", "model_state_dict", "model", "net"):
        if isinstance(tree, dict) and isinstance(tree.get(key), dict):
            tree = tree[key]
    if not isinstance(tree, dict):
        raise ConversionError("no state dict in it; save model.state_dict()")
    tensors, size = {}, 0
    for name, tensor in tree.items():
        if isinstance(name, str) and isinstance(tensor, Tensor) and tensor.storage.dtype in FLOATING:
            size += 4 * tensor.storage.count
            if size > MAXIMUM_BYTES:
                raise ConversionError(f"{size:,} bytes of tensors, more than any network here has")
            tensors[name] = materialized(tensor, read_storage)
    return tensors


def read(path, kind):
    """Reads a state dict into Weights; `kind` is one of file_kind's."""
    description = "safetensors" if kind == "safetensors" else "PyTorch state dict"
    if kind == "safetensors":
        tensors = read_tensors(path)[0]
    else:
        tensors = read_zip(path) if kind == "torch zip" else read_legacy(path)
    refuse_segmentation(tensors)
    naming = aligned_naming if aligned_naming.recognizes(tensors) else torch_naming
    return naming.assemble(description, tensors)


def refuse_segmentation(tensors):
    """Raises ConversionError where there is more than a classifier: DeepLab's, segmentation_models_pytorch's, mmsegmentation's."""
    for name in tensors:
        if any(part.startswith("aspp") or part in ("segmentation_head", "decode_head") for part in name.split(".")):
            raise ConversionError(f"a segmentation network ({name}): its convolutions are dilated and it has no classifier;"
                                  " convert a checkpoint of the classification network")
