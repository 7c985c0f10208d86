"""Keras files: `.keras`, `.weights.h5` and the legacy `.h5`. Nothing in them is executed."""
import io
import json
import zipfile

import h5py
import numpy as np

from . import hdf5_file
from .errors import ConversionError
from .hdf5_file import HDF5Reader, attribute
from .keras_config import KerasConfig, last_activation
from .keras_layouts import legacy_entries, numbered_entries, unnamed_entries
from .pairing import DENSE, paired, recognized, tensors_of
from .weights import Dense, Weights

# A `.keras` file is a zip, whose entries may unpack to a thousand times their size. Configs have some
# hundred kilobytes; the weights, at four bytes each with the optimizer's two copies, 275 MB, and do not pack.
MAXIMUM_CONFIG = 8 << 20
MAXIMUM_WEIGHTS = 2 << 30
MAXIMUM_PACKING = 8


def read(path):
    """Reads any Keras file into Weights."""
    return assemble(*contents(path))


def read_head(path):
    """The dense layers of a Keras file that holds nothing else, and notes."""
    _, entries, config = contents(path)
    if not entries or any(tensors_of(entry) != DENSE for entry in entries):
        raise ConversionError("holds other layers than a head's, which are dense")
    weights = Weights("", {})
    put_head(weights, entries, config and KerasConfig(config, head_alone=True))
    return weights.head, weights.notes


def contents(path):
    """Returns the kind of file, its entries, and its config or None."""
    with open(path, "rb") as file:
        if file.read(8) == hdf5_file.SIGNATURE:
            with h5py.File(path, "r") as weights:
                return read_h5(HDF5Reader(weights))
    with zipfile.ZipFile(path) as archive:
        config = json.loads(unpacked(archive, "config.json", MAXIMUM_CONFIG))
        with h5py.File(io.BytesIO(unpacked(archive, "model.weights.h5", MAXIMUM_WEIGHTS)), "r") as weights:
            reader = HDF5Reader(weights)
            return "Keras model (.keras)", list(numbered_entries(reader, config, weights)), config


def unpacked(archive, name, limit):
    """An entry's bytes; zipfile never gives more of them than the archive announces."""
    entry = archive.getinfo(name)
    if entry.file_size > limit or entry.file_size > MAXIMUM_PACKING * entry.compress_size + MAXIMUM_CONFIG:
        raise ConversionError(f"{name} unpacks to {entry.file_size:,} bytes, more than any network's")
    return archive.read(name)


def parsed_attribute(file, name):
    text = file.attrs[name]
    if len(text) > MAXIMUM_CONFIG:
        raise ConversionError(f"{name} of {len(text):,} bytes")
    return json.loads(text)


def read_h5(reader):
    file = reader.file
    root = reader.get(file, "model_weights")
    if root is not None:
        config = parsed_attribute(file, "model_config") if "model_config" in file.attrs else None
        if config and "training_config" in file.attrs:
            config["compile_config"] = parsed_attribute(file, "training_config")
        return "Keras legacy model (.h5)", list(legacy_entries(reader, root)), config
    if attribute(file, "layer_names"):
        return "Keras legacy weights (.h5)", list(legacy_entries(reader, file)), None
    return "Keras weights (.weights.h5)", list(unnamed_entries(reader)), None


def assemble(description, entries, config):
    config = config and KerasConfig(config)
    dense = [entry for entry in entries if tensors_of(entry) == DENSE]
    backbone = [entry for entry in entries if tensors_of(entry) != DENSE]
    network = recognized(backbone)
    layers, places = paired(network, backbone)
    weights = Weights(description, layers, network=network)
    if config:
        config.check_network(network, places)
    else:
        weights.notes.append(f"the file has no config: epsilon 0.001, input size {network.input_size} and x / 127.5 - 1 are assumed")
    put_head(weights, dense, config)
    return weights


def put_head(weights, entries, config):
    """Sets `weights.head`; adds the config's settings, or the assumed ones without a config."""
    dense = []
    for name, (kernel, *bias) in entries:
        kernel = kernel.reshape(kernel.shape[-2:])
        dense.append((name, kernel, bias[0] if bias else np.zeros(kernel.shape[1], np.float32)))
    if config:
        activations = config.activations_of(dense)
        weights.facts |= config.facts
        weights.notes += config.notes
    else:
        activations = ["relu"] * (len(dense) - 1) + [last_activation(bias.size) for _, _, bias in dense[-1:]]
        if dense:
            weights.notes.append(("relu is taken to stand between dense layers, " if len(dense) > 1 else "")
                                 + f"{activations[-1]} is taken to come after the last dense layer")
    weights.head = [Dense(*layer, activation) for layer, activation in zip(dense, activations)]
