"""Sources as the frameworks write them, with weights made up here; the frameworks are not needed."""
import collections
import io
import json
import zipfile

import h5py
import numpy as np

from xception_weights.keras_layouts import snake_case
from xception_weights.network import NORMALIZATION, XCEPTION

LAYERS = XCEPTION.layers
SHORTCUTS = [name for name in LAYERS if name.endswith("_shortcut")]


def weights(network=XCEPTION):
    """A whole network: every tensor differs from the others, variances are positive."""
    pattern = np.random.default_rng(1).uniform(0.1, 1, 1 << 12).astype(np.float32)
    made = {}
    for layer, shapes in network.layers.items():
        made[layer] = {name: np.resize(np.roll(pattern, len(made) * 7 + index * 311), shape)
                       for index, (name, shape) in enumerate(shapes.items())}
    return made


def dense(*units, features=2048):
    rng = np.random.default_rng(2)
    widths = (features, *units)
    return [(rng.normal(0, 1, (a, b)).astype(np.float32), rng.normal(0, 1, b).astype(np.float32))
            for a, b in zip(widths, units)]


def kernels(tensors):
    return [tensors[name] for name in ("kernel", "depthwise_kernel", "pointwise_kernel") if name in tensors]


def keras_layers(layers, first_shortcut):
    """Keras' layers in its own order: class, name, arrays. Shortcuts are numbered, from 0 without a number."""
    def numbered(name, number):
        return f"{name}_{number}" if number else name

    for layer, tensors in layers.items():
        normalization = [tensors[name] for name in NORMALIZATION if name in tensors]
        number = SHORTCUTS.index(layer) + first_shortcut if layer in SHORTCUTS else None
        kind = "SeparableConv2D" if "depthwise_kernel" in tensors else "Conv2D"
        yield kind, layer if number is None else numbered("conv2d", number), kernels(tensors)
        yield ("BatchNormalization", f"{layer}_bn" if number is None else numbered("batch_normalization", number),
               normalization)


VARIABLES = {"Conv2D": ["kernel"], "SeparableConv2D": ["depthwise_kernel", "pointwise_kernel"],
             "BatchNormalization": list(NORMALIZATION), "Dense": ["kernel", "bias"]}


def legacy_h5(path, layers, head=(), first_shortcut=1, suffix=":0", slashes=True):
    """The official file's layout: a group a layer, with attributes that list names."""
    entries = list(keras_layers(layers, first_shortcut))
    entries += [("Dense", "predictions" if len(head) == 1 else f"dense_{number}", pair)
                for number, pair in enumerate(head, 1)]
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"input_1"] + [name.encode() for _, name, _ in entries]
        file.create_group("input_1").attrs["weight_names"] = np.array([], "S1")
        for kind, name, arrays in entries:
            group = file.create_group(name)
            names = [f"{name}/{variable}{suffix}" if slashes else f"{name}_{variable}" for variable in VARIABLES[kind]]
            group.attrs["weight_names"] = [variable.encode() for variable in names]
            for variable, array in zip(names, arrays):
                group[variable] = array


KERAS_1 = {"Conv2D": "convolution2d", "SeparableConv2D": "separableconvolution2d",
           "BatchNormalization": "batchnormalization", "Dense": "dense"}


def made_up_names_h5(path, layers, head=(), first=1, shortcuts_first=True, names=KERAS_1):
    """A legacy file whose layers are named after their class and a number, as Keras 1 named all of the official file's.

    A block's shortcut stands before its separable convolutions where layers are listed as they were made, and after
    them where they are listed by depth.
    """
    entries = list(keras_layers(layers, 0))
    if shortcuts_first:
        for block in (2, 3, 4, 13):
            begin = next(index for index, entry in enumerate(entries) if entry[1] == f"block{block}_sepconv1")
            entries[begin:begin + 6] = entries[begin + 4:begin + 6] + entries[begin:begin + 4]
    entries += [("Dense", "", pair) for pair in head]
    counts = collections.Counter()
    with h5py.File(path, "w") as file:
        order = ["input_1"]
        file.create_group("input_1").attrs["weight_names"] = np.array([], "S1")
        for kind, _, arrays in entries:
            name = f"{names[kind]}_{counts[kind] + first}"
            counts[kind] += 1
            order.append(name)
            variables = [f"{name}_{index}:0" for index in range(len(arrays))]
            group = file.create_group(name)
            group.attrs["weight_names"] = [variable.encode() for variable in variables]
            for variable, array in zip(variables, arrays):
                group[variable] = array
        file.attrs["layer_names"] = [name.encode() for name in order]


def mobilenet_layers(layers):
    """MobileNet's layers in Keras' order: class, name, arrays, settings."""
    for layer, tensors in layers.items():
        halves = layer in ("conv1", "conv_dw_2", "conv_dw_4", "conv_dw_6", "conv_dw_12")
        kind = "DepthwiseConv2D" if "depthwise_kernel" in tensors else "Conv2D"
        if halves and kind == "DepthwiseConv2D":
            yield "ZeroPadding2D", f"conv_pad_{layer[8:]}", [], {"padding": [[0, 1], [0, 1]]}
        yield kind, layer, kernels(tensors), {
            "strides": [2, 2] if halves else [1, 1], "padding": "valid" if halves and kind == "DepthwiseConv2D" else "same"}
        yield "BatchNormalization", f"{layer}_bn", [tensors[name] for name in NORMALIZATION], {"epsilon": 0.001, "axis": -1}
        yield "ReLU", f"{layer}_relu", [], {"max_value": 6.0, "negative_slope": 0.0, "threshold": 0.0}


def mobilenet_h5(path, layers, head=(), whole=True, size=224, **changes):
    """`keras.applications.MobileNet`, its weights alone or the whole model, in the legacy layout; its classifier is a convolution."""
    entries = list(mobilenet_layers(layers))
    stack = [("GlobalAveragePooling2D", "global_average_pooling2d", [], {"keepdims": True}), ("Dropout", "dropout", [], {})]
    for kernel, bias in head:
        stack += [("Conv2D", "conv_preds", [kernel[None, None], bias], {"kernel_size": [1, 1], "activation": "linear"}),
                  ("Reshape", "reshape_2", [], {}), ("Activation", "predictions", [], {"activation": "softmax"})]
    entries += stack if head else []
    config = {"config": {"layers": [{"class_name": "InputLayer", "config": {"name": "in", "batch_shape": [None, size, size, 3]}}] + [
        {"class_name": kind, "config": {"name": name} | settings | changes.get(name, {})} for kind, name, _, settings in entries]}}
    with h5py.File(path, "w") as file:
        if whole:
            file.attrs["model_config"] = json.dumps(config)
        root = file.create_group("model_weights") if whole else file
        root.attrs["layer_names"] = [name.encode() for _, name, _, _ in entries]
        for _, name, arrays, _ in entries:
            group = root.create_group(name)
            variables = [f"{name}/{index}:0" for index in range(len(arrays))]
            group.attrs["weight_names"] = np.array([variable.encode() for variable in variables] or [], "S40")
            for variable, array in zip(variables, arrays):
                group[variable] = array


def config(layers, head, activations, size, nested, top=()):
    """A model's config: as much of it as the converter reads."""
    def layer(kind, name, **settings):
        return {"class_name": kind, "config": {"name": name} | settings, "inbound_nodes": []}

    network = [layer("InputLayer", "input", batch_shape=[None, size, size, 3])]
    for kind, name, _ in keras_layers(layers, 0):
        network.append(layer(kind, name, **({"epsilon": 0.001} if kind == "BatchNormalization" else {})))
    stack = [layer("GlobalAveragePooling2D", "pool"), layer("Dropout", "dropout")]
    for number, activation in enumerate(activations):
        stack.append(layer("Dense", f"dense_{number}", activation=activation))
    if nested:
        network = [layer("InputLayer", "outer", batch_shape=[None, size, size, 3]), *top,
                   {"class_name": "Functional", "config": {"name": "xception", "layers": network}}]
    return {"class_name": "Functional", "config": {"name": "model", "layers": network + (stack if head else [])}}


def legacy_whole_h5(path, layers, head, activations, size=150, loss=None):
    """`model.save("model.h5")` of a network nested as the layer xception: one group for all its variables."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config(layers, head, activations, size, nested=True))
        if loss:
            file.attrs["training_config"] = json.dumps({"loss": loss})
        root = file.create_group("model_weights")
        names = ["outer", "xception", "pool", "dropout"] + [f"dense_{number}" for number in range(len(head))]
        root.attrs["layer_names"] = names
        for name in names:
            root.create_group(name).attrs["weight_names"] = np.array([], "S1")
        entries = list(keras_layers(layers, 0))
        # Trainable variables come first, so that a layer's are not side by side.
        variables = [(f"{name}/{variable}", array) for kind, name, arrays in entries
                     for variable, array in zip(VARIABLES[kind], arrays)]
        variables.sort(key=lambda item: "moving" in item[0])
        root["xception"].attrs["weight_names"] = [name for name, _ in variables]
        for name, array in variables:
            root["xception"][name] = array
        for number, (kernel, bias) in enumerate(head):
            group = root[f"dense_{number}"]
            group.attrs["weight_names"] = ["kernel", "bias"]
            group["kernel"], group["bias"] = kernel, bias


def weights_h5(file, layers, head=(), nested=False, named=True):
    """Keras 3: groups numbered by class; later versions note each layer's name."""
    counts = collections.Counter()
    entries = [("layers/functional/" if nested else "", *entry) for entry in keras_layers(layers, 0)]
    entries += [("", "Dense", f"dense_{number}", pair) for number, pair in enumerate(head)]
    for place, kind, name, arrays in entries:
        group = snake_case(kind)
        number = counts[group]
        counts[group] += 1
        variables = file.create_group(f"{place}layers/{group}{f'_{number}' if number else ''}/vars")
        if named:
            variables.attrs["name"] = name
        for index, array in enumerate(arrays):
            variables[str(index)] = array
    file.create_group("layers/dropout/vars")
    file.create_group("layers/dropout/seed_generator/vars")["0"] = np.array([1, 2], np.uint32)


def keras_zip(path, layers, head, activations, size=299, nested=False, top=()):
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        weights_h5(file, layers, head, nested, named=False)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", json.dumps(config(layers, head, activations, size, nested, top)))
        archive.writestr("model.weights.h5", content.getvalue())
