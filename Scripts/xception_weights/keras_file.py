"""Keras 3 `.keras` files: a zip of config.json and model.weights.h5. Nothing in them is executed."""
import io
import json
import re
import zipfile

import h5py
import numpy as np

from .errors import ConversionError
from .network import NORMALIZATION, Dense, Weights

VARIABLES = {
    "Conv2D": ("kernel",),
    "SeparableConv2D": ("depthwise_kernel", "pointwise_kernel"),
    "BatchNormalization": NORMALIZATION,
    "Dense": ("kernel", "bias"),
}


def snake_case(name):
    """Keras' own rule for turning a class name into a group's (keras.src.utils.naming)."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def layers_of(config, group):
    """Yields each layer's config and its group of the h5 file, nested models opened, in order.

    The h5 file numbers layers by class in the order in which the config lists them.
    """
    counts = {}
    for layer in config["config"]["layers"]:
        kind = snake_case(layer["class_name"])
        number = counts.get(kind, 0)
        counts[kind] = number + 1
        child = group.get(f"layers/{kind}_{number}" if number else f"layers/{kind}")
        if "layers" in layer["config"]:
            if child is None:
                raise ConversionError(f"no weights for {layer['config'].get('name', kind)}")
            yield from layers_of(layer, child)
        else:
            yield layer, child


def variables(layer, group):
    name = layer["config"]["name"]
    names = VARIABLES[layer["class_name"]]
    arrays = {}
    for index, variable in enumerate(names):
        dataset = None if group is None else group.get(f"vars/{index}")
        if dataset is None:
            raise ConversionError(f"{name}/{variable} missing")
        arrays[variable] = np.asarray(dataset, np.float32)
    return arrays


def canonical_name(name, inputs):
    """Shortcut layers have generated names in Keras (conv2d_3): their input names them better."""
    return name[:-3] if name.endswith("_bn") else name


def inputs_of(layer):
    """Names of the layers that feed this one."""
    found = []

    def visit(value):
        if isinstance(value, dict):
            history = value.get("config", {}).get("keras_history") if isinstance(value.get("config"), dict) else None
            if history:
                found.append(history[0])
            else:
                for item in value.values():
                    visit(item)
        elif isinstance(value, list):
            for item in value:
                visit(item)

    visit(layer.get("inbound_nodes", []))
    return found


def read(path):
    """Reads a `.keras` file, the network nested in it or flat."""
    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
            weights = h5py.File(io.BytesIO(archive.read("model.weights.h5")), "r")
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise ConversionError(f"not a readable .keras file: {error}") from None

    backbone, head, epsilons, shortcuts = {}, [], set(), iter((2, 3, 4, 13))
    shortcut_of = {}
    for layer, group in layers_of(config, weights):
        kind, settings = layer["class_name"], layer["config"]
        name = settings.get("name")
        if kind not in VARIABLES:
            continue
        arrays = variables(layer, group)
        if kind == "Dense":
            head.append(Dense(name, arrays["kernel"], arrays["bias"], settings["activation"]))
            continue
        if kind == "BatchNormalization":
            epsilons.add(settings["epsilon"])
            feeding = inputs_of(layer)[0]
            canonical = shortcut_of.get(feeding, feeding)
        elif name.startswith("block"):
            canonical = name
        else:
            canonical = shortcut_of[name] = f"block{next(shortcuts, 0)}_shortcut"
        backbone.setdefault(canonical, {}).update(arrays)
    if len(epsilons) != 1:
        raise ConversionError(f"batch normalization epsilons {sorted(epsilons)}: expected one for all layers")
    return Weights("Keras 3 model", backbone, head, epsilon=epsilons.pop())
