"""A head by itself, as --head names it: an .npz of a kernel and a bias, or a Keras model of dense layers."""
import math
import zipfile

import numpy as np

from . import keras_file
from .errors import ConversionError
from .hdf5_file import MAXIMUM_BYTES, SIGNATURE
from .keras_config import last_activation
from .weights import Dense


def read_head(path):
    """Returns the dense layers in a file, and notes. Raises ConversionError, or numpy's error for a damaged file."""
    with open(path, "rb") as file:
        start = file.read(8)
    if start == SIGNATURE or (start[:4] == b"PK\x03\x04" and is_keras(path)):
        return keras_file.read_head(path)
    with zipfile.ZipFile(path) as archive:
        kernel, bias = (npy_array(archive, name) for name in ("kernel", "bias"))
    activation = last_activation(bias.size)
    notes = ["one output, and softmax of one is always 1: sigmoid is put after it"] if activation == "sigmoid" else []
    return [Dense("predictions", kernel, bias, activation)], notes


def is_keras(path):
    with zipfile.ZipFile(path) as archive:
        return "model.weights.h5" in archive.namelist()


def npy_array(archive, name):
    """An array of an .npz; its shape is compared with its bytes before it is made."""
    entry = archive.getinfo(f"{name}.npy")
    with archive.open(entry) as file:
        version = np.lib.format.read_magic(file)
        read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, _, dtype = read_header(file)
    size = math.prod(shape) * dtype.itemsize
    if dtype.kind not in "fiu" or size > min(entry.file_size, MAXIMUM_BYTES):
        raise ConversionError(f"{name} of shape {shape} is not in the file, or too large")
    with archive.open(entry) as file:
        return np.lib.format.read_array(file, allow_pickle=False).astype(np.float32)
