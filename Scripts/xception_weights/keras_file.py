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

NETWORK = {"Conv2D", "SeparableConv2D", "BatchNormalization", "MaxPooling2D", "Add", "Functional", "Model", "Sequential"}
IDENTITY_IN_INFERENCE = re.compile("InputLayer|.*Dropout.*|GaussianNoise|ActivityRegularization|Random.*|Flatten")
ARITHMETIC = {  # on the input, before the network: class or TFOpLambda function -> new (scale, offset)
    "TrueDivide": lambda scale, offset, number: (scale / number, offset / number),
    "Multiply": lambda scale, offset, number: (scale * number, offset * number),
    "Subtract": lambda scale, offset, number: (scale, offset - number),
    "Add": lambda scale, offset, number: (scale, offset + number),
    "math.truediv": lambda scale, offset, number: (scale / number, offset / number),
    "math.multiply": lambda scale, offset, number: (scale * number, offset * number),
    "math.subtract": lambda scale, offset, number: (scale, offset - number),
    "__operators__.add": lambda scale, offset, number: (scale, offset + number),
}


def read(path):
    """Reads any Keras file into Weights."""
    with open(path, "rb") as file:
        if file.read(8) == HDF5_SIGNATURE:
            with h5py.File(path, "r") as weights:
                return read_h5(weights)
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
        with h5py.File(io.BytesIO(archive.read("model.weights.h5")), "r") as weights:
            return assemble("Keras 3 model (.keras)", list(numbered_entries(config, weights)), config)


def read_h5(file):
    if "model_weights" in file:
        config = json.loads(file.attrs["model_config"]) if "model_config" in file.attrs else None
        if config and "training_config" in file.attrs:
            config["compile_config"] = json.loads(file.attrs["training_config"])
        return assemble("Keras legacy model (.h5)", list(legacy_entries(file["model_weights"])), config)
    if attribute(file, "layer_names"):
        return assemble("Keras legacy weights (.h5)", list(legacy_entries(file)), None)
    return assemble("Keras 3 weights (.weights.h5)", list(unnamed_entries(file)), None)


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


def flattened(model):
    for layer in model["config"]["layers"]:
        if "layers" in layer["config"]:
            yield from flattened(layer)
        else:
            yield layer


def constant(layer):
    """The number that an arithmetic layer applies to its input."""
    numbers = []

    def visit(value):
        if isinstance(value, dict):
            for key, item in value.items():
                if key != "config":
                    visit(item)
        elif isinstance(value, list):
            if len(value) in (3, 4) and isinstance(value[0], str):
                visit(value[3:])  # Keras 2: [layer, node, tensor, {"y": number}]
            else:
                for item in value:
                    visit(item)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            numbers.append(value)

    visit(layer.get("inbound_nodes", []))
    return float(numbers[0]) if len(numbers) == 1 and numbers[0] else None


def activation_of(layer):
    kind, settings = layer["class_name"], layer["config"]
    if kind == "Activation" or kind == "Dense":
        return settings["activation"]
    return {"ReLU": "relu", "Softmax": "softmax"}.get(kind)


def read_config(config, weights, dense):
    """Fills in `weights.facts` and `weights.notes`; returns the activation of each dense layer."""
    activations, epsilons, scaling, pooled, inside = [], set(), None, False, False
    for layer in flattened(config):
        kind, settings = layer["class_name"], layer["config"]
        shape = settings.get("batch_shape") or settings.get("batch_input_shape")
        if shape and len(shape) == 4 and shape[1] and "input_size" not in weights.facts:
            if shape[1] != shape[2]:
                weights.notes.append(f"trained on {shape[2]}x{shape[1]}; photos are made square, with sides of {shape[1]}")
            weights.facts["input_size"] = shape[1]
        operation = ARITHMETIC.get(settings.get("function", kind))
        if kind == "Dense":
            if not pooled:
                raise ConversionError(f"dense layer {settings['name']} does not stand on global average pooling")
            activations.append(settings["activation"])
        elif kind == "GlobalAveragePooling2D":
            pooled = True
        elif not inside and kind == "Rescaling" and isinstance(settings["scale"], (int, float)):
            scale, offset = scaling or (1, 0)
            scaling = scale * settings["scale"], offset * settings["scale"] + settings["offset"]
        elif not inside and operation and constant(layer):
            scaling = operation(*(scaling or (1, 0)), constant(layer))
        elif activations and activation_of(layer):
            if activations[-1] != "linear":
                raise ConversionError(f"{settings['name']} is a second activation after {activations[-1]}")
            activations[-1] = activation_of(layer)
        elif pooled and kind in NETWORK:
            raise ConversionError(f"{settings['name']} ({kind}) in the head: only dense layers and dropout can stand there")
        elif kind in NETWORK or activation_of(layer):
            inside = inside or kind == "Conv2D"
            if kind == "BatchNormalization":
                epsilons.add(settings["epsilon"])
        elif not IDENTITY_IN_INFERENCE.fullmatch(kind):
            raise ConversionError(f"layer {settings.get('name')} ({kind}) is none that an Xception model file can hold")
    if len(epsilons) != 1:
        raise ConversionError(f"batch normalization epsilons {sorted(epsilons)}: expected one for all layers")
    weights.facts["batch_norm_epsilon"] = epsilons.pop()
    if len(activations) != len(dense):
        raise ConversionError(f"{len(activations)} dense layers in the config, {len(dense)} in the weights")
    if scaling:
        scale, offset = scaling
        std = 1 / (255 * scale)
        weights.facts["input_mean"], weights.facts["input_std"] = (-offset * std,) * 3, (std,) * 3
    else:
        weights.notes.append("the network's input is taken to be x / 127.5 - 1, as Keras' preprocess_input makes it")
    for index, activation in enumerate(activations[:-1]):
        if activation != "relu":
            raise ConversionError(f"hidden dense layer {index + 1} has activation {activation}; only relu can be run")
    if activations and activations[-1] == "linear":
        binary = "binary" in json.dumps((config.get("compile_config") or {}).get("loss")).lower()
        activations[-1] = "sigmoid" if binary or dense[-1][1].shape[1] == 1 else "softmax"
        weights.notes.append(f"the last layer is linear (trained from logits): {activations[-1]} is put after it")
    if activations and activations[-1] not in ("softmax", "sigmoid"):
        raise ConversionError(f"the last layer's activation is {activations[-1]}; softmax and sigmoid can be run")
    return activations
