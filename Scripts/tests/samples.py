"""Sources as the frameworks write them, with weights made up here; the frameworks are not needed."""
import collections
import io
import json
import pickle
import struct
import sys
import types
import unittest.mock
import zipfile

import h5py
import numpy as np

from xception_weights.keras_file import snake_case
from xception_weights.network import LAYERS, NORMALIZATION

SHORTCUTS = [name for name in LAYERS if name.endswith("_shortcut")]


def weights():
    """A whole network: every tensor differs from the others, variances are positive."""
    pattern = np.random.default_rng(1).uniform(0.1, 1, 1 << 12).astype(np.float32)
    made = {}
    for layer, shapes in LAYERS.items():
        made[layer] = {name: np.resize(np.roll(pattern, len(made) * 7 + index * 311), shape)
                       for index, (name, shape) in enumerate(shapes.items())}
    return made


def dense(*units):
    rng = np.random.default_rng(2)
    widths = (2048, *units)
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


def torch_state(layers, head=(), classifier="fc", flat_pointwise=False):
    """The same network in the naming of tstandley, Cadene and timm."""
    state = collections.OrderedDict()
    for layer, tensors in layers.items():
        block, _, part = layer.partition("_")
        number = int(block.removeprefix("block"))
        if number == 1:
            module, normalization = part, part.replace("conv", "bn")
        elif number == 14:
            index = 2 + int(part[-1])
            module, normalization = f"conv{index}", f"bn{index}"
        elif part == "shortcut":
            module, normalization = f"block{number - 1}.skip", f"block{number - 1}.skipbn"
        else:
            index = 3 * int(part[-1]) - (3 if number == 2 else 2)
            module, normalization = f"block{number - 1}.rep.{index}", f"block{number - 1}.rep.{index + 1}"
        if "kernel" in tensors:
            state[f"{module}.weight"] = tensors["kernel"].transpose(3, 2, 0, 1)
        if "depthwise_kernel" in tensors:
            state[f"{module}.conv1.weight"] = tensors["depthwise_kernel"].transpose(2, 3, 0, 1)
        if "pointwise_kernel" in tensors:
            pointwise = tensors["pointwise_kernel"].transpose(3, 2, 0, 1)
            state[f"{module}.pointwise.weight"] = pointwise[:, :, 0, 0] if flat_pointwise else pointwise
        for torch_name, keras_name in (("weight", "gamma"), ("bias", "beta"), ("running_mean", "moving_mean"),
                                       ("running_var", "moving_variance")):
            if keras_name in tensors:
                state[f"{normalization}.{torch_name}"] = tensors[keras_name]
    for number, (kernel, bias) in enumerate(head):
        module = classifier if len(head) == 1 else f"{classifier}.{number * 3}"
        state[f"{module}.weight"], state[f"{module}.bias"] = kernel.T, bias
    return state


class Pickler(pickle.Pickler):
    """Pickles numpy arrays as torch.save pickles tensors."""

    def __init__(self, file, legacy):
        super().__init__(file, protocol=2)
        self.legacy, self.storages = legacy, []

    def persistent_id(self, value):
        if isinstance(value, tuple) and value and value[0] == "storage":
            return value
        return None

    def reducer_override(self, value):
        if not isinstance(value, np.ndarray):
            return NotImplemented
        key = str(len(self.storages))
        order = np.argsort([-stride for stride in value.strides], kind="stable")  # as it lies in memory
        self.storages.append((key, value.transpose(order)))
        identifier = ("storage", sys.modules["torch"].FloatStorage, key, "cpu", value.size) + ((None,) if self.legacy else ())
        strides = tuple(stride // value.itemsize for stride in value.strides)
        return sys.modules["torch._utils"]._rebuild_tensor_v2, (
            identifier, 0, value.shape, strides, False, collections.OrderedDict())


def torch_modules():
    """Stands for torch while something is pickled: what its pickles name must be importable then."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")

    def rebuild(*_):
        raise AssertionError("only named")

    rebuild.__module__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = rebuild
    torch._utils = utils
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
    return unittest.mock.patch.dict(sys.modules, {"torch": torch, "torch._utils": utils})


def torch_zip(path, tree):
    content = io.BytesIO()
    with torch_modules():
        pickler = Pickler(content, legacy=False)
        pickler.dump(tree)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/data.pkl", content.getvalue())
        for key, array in pickler.storages:
            archive.writestr(f"model/data/{key}", np.ascontiguousarray(array).tobytes())


def torch_legacy(path, tree):
    with open(path, "wb") as file, torch_modules():
        pickle.dump(0x1950A86A20F9469CFC6C, file, protocol=2)
        pickle.dump(1001, file, protocol=2)
        pickle.dump({"protocol_version": 1001, "little_endian": True}, file, protocol=2)
        pickler = Pickler(file, legacy=True)
        pickler.dump(tree)
        pickle.dump([key for key, _ in pickler.storages], file, protocol=2)
        for _, array in pickler.storages:
            file.write(struct.pack("<q", array.size) + array.tobytes())
