"""Keras files: `.keras`, `.weights.h5` and the legacy `.h5`. Nothing in them is executed.

Each layout is first read into entries, a layer's name and its arrays in order, and the model's
config where the file has one. The arrays' shapes say what kind of layer it is.
"""
import io
import json
import re
import zipfile

import h5py
import numpy as np

from .errors import ConversionError
from .network import LAYERS, NORMALIZATION, Dense, Weights

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"

# Keras generates the names of the shortcuts' layers (conv2d_3), but their shapes are unlike any other's.
SHORTCUT_OF_KERNEL = {shapes["kernel"]: layer for layer, shapes in LAYERS.items() if layer.endswith("_shortcut")}
SHORTCUT_OF_CHANNELS = {kernel[3]: layer for kernel, layer in SHORTCUT_OF_KERNEL.items()}

# A `.keras` file is a zip, whose entries may unpack to a thousand times their size. Configs have some
# hundred kilobytes; the weights, at four bytes each with the optimizer's two copies, 275 MB.
MAXIMUM_CONFIG = 64 << 20
MAXIMUM_WEIGHTS = 2 << 30


def read(path):
    """Reads any Keras file into Weights."""
    with open(path, "rb") as file:
        if file.read(8) == HDF5_SIGNATURE:
            with h5py.File(path, "r") as weights:
                return read_h5(weights)
    with zipfile.ZipFile(path) as archive:
        config = json.loads(unpacked(archive, "config.json", MAXIMUM_CONFIG))
        with h5py.File(io.BytesIO(unpacked(archive, "model.weights.h5", MAXIMUM_WEIGHTS)), "r") as weights:
            return assemble("Keras model (.keras)", list(numbered_entries(config, weights)), config)


def unpacked(archive, name, limit):
    """An entry's bytes; zipfile never gives more of them than the archive announces."""
    size = archive.getinfo(name).file_size
    if size > limit:
        raise ConversionError(f"{name} unpacks to {size:,} bytes, more than any Xception's")
    return archive.read(name)


def read_h5(file):
    if "model_weights" in file:
        config = json.loads(file.attrs["model_config"]) if "model_config" in file.attrs else None
        if config and "training_config" in file.attrs:
            config["compile_config"] = json.loads(file.attrs["training_config"])
        return assemble("Keras legacy model (.h5)", list(legacy_entries(file["model_weights"])), config)
    if attribute(file, "layer_names"):
        return assemble("Keras legacy weights (.h5)", list(legacy_entries(file)), None)
    return assemble("Keras weights (.weights.h5)", list(unnamed_entries(file)), None)


# Layouts


def snake_case(name):
    """Keras' rule for turning a class name into a group's (keras.src.utils.naming.to_snake_case)."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def stored(group):
    """A Keras 3 layer's arrays: vars/0, vars/1, ..."""
    return [np.asarray(group[f"vars/{index}"], np.float32) for index in range(len(group["vars"]))]


def numbered_entries(model, group):
    """A `.keras` file numbers layers by class, in the order in which its config lists them."""
    counts = {}
    for layer in model["config"]["layers"]:
        kind = snake_case(layer["class_name"])
        number = counts.get(kind, 0)
        counts[kind] = number + 1
        child = group.get(f"layers/{kind}_{number}" if number else f"layers/{kind}")
        if child is None:
            continue  # what is missing shows when the network is put together
        if "layers" in layer["config"]:
            yield from numbered_entries(layer, child)
        elif len(child.get("vars", ())):
            yield layer["config"]["name"], stored(child)


def unnamed_entries(file):
    """A `.weights.h5` file has no config. Later versions of Keras 3 note each layer's name; in earlier
    ones the numbers follow the order of Keras' own layers, in which `LAYERS` stand."""
    convolutions = [name for name, shapes in LAYERS.items() if "kernel" in shapes]
    orders = {
        "conv2d": sorted(convolutions, key=lambda name: name.endswith("_shortcut")),
        "separable_conv2d": [name for name in LAYERS if name not in convolutions],
        "batch_normalization": [f"{name}_bn" for name in LAYERS],
    }
    groups = []
    file.visititems(lambda path, group: groups.append((path, group)) if path.endswith("/vars") and len(group) else None)

    def place(item):
        return [(re.sub(r"_\d+$", "", part), int((re.findall(r"_(\d+)$", part) or "0")[0])) for part in item[0].split("/")]

    for path, group in sorted(groups, key=place):
        if path.startswith("optimizer") or "seed_generator" in path:
            continue
        own = path.split("/")[-2]
        kind, _, number = own.rpartition("_") if re.search(r"_\d+$", own) else (own, "", "0")
        order = orders.get(kind, [])
        name = group.attrs.get("name") or (order[int(number)] if int(number) < len(order) else own)
        yield name, stored(group.parent)


def attribute(group, name):
    """Keras splits long lists over attributes name0, name1, ..."""
    if name in group.attrs:
        values = group.attrs[name]
    else:
        values = []
        while f"{name}{len(values)}" in group.attrs:
            values.append(group.attrs[f"{name}{len(values)}"])
        values = np.concatenate(values) if values else []
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values]


def legacy_entries(group):
    """A legacy file has a group a layer; that of a nested model holds the variables of all its layers."""
    for name in attribute(group, "layer_names"):
        variables = attribute(group[name], "weight_names")
        by_layer = {}
        for variable in variables:
            owner = variable.split("/")[-2] if "/" in variable else name
            by_layer.setdefault(owner, []).append(np.asarray(group[name][variable], np.float32))
        for owner, arrays in by_layer.items():
            yield (owner if len(by_layer) > 1 else name), arrays


# Putting the network together


def canonical(name, arrays):
    """The layer of LAYERS that these arrays belong to and their names there; None for a dense layer."""
    shapes = [array.shape for array in arrays]
    ranks = [array.ndim for array in arrays]
    if ranks == [4]:
        return (name if name in LAYERS else SHORTCUT_OF_KERNEL.get(shapes[0], name)), ("kernel",)
    if ranks == [4, 4]:
        return name, ("depthwise_kernel", "pointwise_kernel")
    if ranks == [1, 1, 1, 1]:
        known = name.removesuffix("_bn")
        return (known if known in LAYERS else SHORTCUT_OF_CHANNELS.get(shapes[0][0], name)), NORMALIZATION
    if ranks in ([2, 1], [2]):
        return None
    raise ConversionError(f"{name} holds arrays of shapes {shapes}, which no layer of Xception or of a head has")


def assemble(description, entries, config):
    layers, dense = {}, []
    for name, arrays in entries:
        found = canonical(name, arrays)
        if found is None:
            dense.append((name, *arrays, *([] if len(arrays) == 2 else [np.zeros(arrays[0].shape[1], np.float32)])))
            continue
        layer, names = found
        tensors = layers.setdefault(layer, {})
        if tensors.keys() & set(names):
            raise ConversionError(f"{layer} is there twice")
        tensors.update(zip(names, arrays))

    weights = Weights(description, layers)
    if config is None:
        last = "sigmoid" if dense and dense[-1][1].shape[1] == 1 else "softmax"
        activations = ["relu"] * (len(dense) - 1) + [last]
        weights.notes.append("the file has no config: epsilon 0.001, input size 299 and x / 127.5 - 1 are assumed"
                             + (f", relu between dense layers, {last} after the last" if dense else ""))
    else:
        activations = read_config(config, weights, dense)
    weights.head = [Dense(name, kernel, bias, activation)
                    for (name, kernel, bias), activation in zip(dense, activations)]
    return weights


# What the config says

# As in keras.applications.Xception; what differs would compute something else with the same weights.
SETTINGS = {
    "Conv2D": {"strides": [2, 2], "padding": "same", "dilation_rate": [1, 1], "activation": "linear"},
    "SeparableConv2D": {"strides": [1, 1], "padding": "same", "dilation_rate": [1, 1], "depth_multiplier": 1, "activation": "linear"},
    "MaxPooling2D": {"pool_size": [3, 3], "strides": [2, 2], "padding": "same"},
    "Activation": {"activation": "relu"},
    "ReLU": {}, "BatchNormalization": {}, "Add": {},
}
STEM = {"block1_conv1": {"padding": "valid"}, "block1_conv2": {"padding": "valid", "strides": [1, 1]}}
IDENTITY_IN_INFERENCE = re.compile("InputLayer|.*Dropout.*|GaussianNoise|ActivityRegularization|Random.*|Flatten")
ARITHMETIC = {  # on the network's input: scale and offset so far, a number -> scale and offset
    "TrueDivide": lambda scale, offset, number: (scale / number, offset / number),
    "Multiply": lambda scale, offset, number: (scale * number, offset * number),
    "Subtract": lambda scale, offset, number: (scale, offset - number),
    "Add": lambda scale, offset, number: (scale, offset + number),
}
KERAS_2_FUNCTIONS = {"math.truediv": "TrueDivide", "math.multiply": "Multiply", "math.subtract": "Subtract",
                     "__operators__.add": "Add"}


def flattened(model):
    for layer in model["config"]["layers"]:
        if "layers" in layer["config"]:
            yield from flattened(layer)
        else:
            yield layer


def number_of(layer):
    """The one number that an arithmetic layer applies to its input, or None."""
    numbers = []

    def visit(value):
        if isinstance(value, dict):
            for key, item in value.items():
                if key != "config":  # of another tensor
                    visit(item)
        elif isinstance(value, list):
            # Keras 2 names a tensor as [layer, node, index, {"y": number}].
            for item in value[3:] if value and isinstance(value[0], str) else value:
                visit(item)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            numbers.append(value)

    visit(layer.get("inbound_nodes", []))
    return float(numbers[0]) if len(numbers) == 1 and numbers[0] else None


def rescaled(layer, scale, offset):
    """Scale and offset after a layer that does arithmetic on the input; None if it is no such layer."""
    kind, settings = layer["class_name"], layer["config"]
    if kind == "Rescaling" and isinstance(settings["scale"], (int, float)):
        return scale * settings["scale"], offset * settings["scale"] + settings["offset"]
    operation = ARITHMETIC.get(KERAS_2_FUNCTIONS.get(settings.get("function"), kind))
    number = number_of(layer)
    return operation(scale, offset, number) if operation and number else None


def check_settings(layer):
    """Raises ConversionError if a layer is none of the network's or set otherwise than there."""
    kind, settings = layer["class_name"], layer["config"]
    name = settings.get("name")
    if kind not in SETTINGS:
        raise ConversionError(f"layer {name} ({kind}) is none that an Xception model file can hold")
    for key, expected in (SETTINGS[kind] | STEM.get(name, {})).items():
        found = settings.get(key, expected)
        if found != expected and list(np.ravel(found)) != list(np.ravel(expected)):
            raise ConversionError(f"layer {name} has {key} {found}, Xception has {expected}")


def read_config(config, weights, dense):
    """Fills in `weights.facts` and `weights.notes`; returns the activation of each dense layer."""
    facts, notes = weights.facts, weights.notes
    activations, epsilons, scaling, part = [], set(), None, "input"
    for layer in flattened(config):
        kind, settings = layer["class_name"], layer["config"]
        shape = settings.get("batch_shape") or settings.get("batch_input_shape")
        if shape and len(shape) == 4 and shape[1] and "input_size" not in facts:
            facts["input_size"] = shape[1]
            if shape[1] != shape[2]:
                notes.append(f"trained on {shape[2]}x{shape[1]}; photos are made square, with sides of {shape[1]}")
        if part == "input" and (after := rescaled(layer, *(scaling or (1.0, 0.0)))):
            scaling = after
        elif IDENTITY_IN_INFERENCE.fullmatch(kind):
            pass
        elif kind == "GlobalAveragePooling2D":
            part = "head"
        elif part != "head":
            part = "network"
            check_settings(layer)
            if kind == "BatchNormalization":
                epsilons.add(settings["epsilon"])
        elif kind == "Dense":
            activations.append(settings["activation"])
        elif kind in ("Activation", "ReLU", "Softmax") and activations and activations[-1] == "linear":
            activations[-1] = settings.get("activation", kind.lower())
        else:
            raise ConversionError(f"{settings.get('name')} ({kind}) in the head: only dense layers and dropout can stand there")

    if len(epsilons) != 1:
        raise ConversionError(f"batch normalization epsilons {sorted(epsilons)}: expected one for all layers")
    facts["batch_norm_epsilon"] = epsilons.pop()
    if scaling:
        scale, offset = scaling
        std = 1 / (255 * scale)
        facts["input_mean"], facts["input_std"] = (-offset * std,) * 3, (std,) * 3
    else:
        notes.append("the network's input is taken to be x / 127.5 - 1, as Keras' preprocess_input makes it")

    if len(activations) != len(dense):
        raise ConversionError(f"{len(activations)} dense layers in the config, {len(dense)} in the weights")
    if activations and activations[-1] == "linear":
        binary = "binary" in json.dumps((config.get("compile_config") or {}).get("loss")).lower()
        activations[-1] = "sigmoid" if binary or dense[-1][1].shape[1] == 1 else "softmax"
        notes.append(f"the last layer is linear (trained from logits): {activations[-1]} is put after it")
    for (name, *_), activation in zip(dense, activations):
        allowed = ("softmax", "sigmoid") if name == dense[-1][0] else ("relu",)
        if activation not in allowed:
            raise ConversionError(f"dense layer {name} has activation {activation}; {' or '.join(allowed)} can stand there")
    return activations
