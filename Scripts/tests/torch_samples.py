"""PyTorch files as torch.save writes them, without torch."""
import collections
import io
import pickle
import struct
import sys
import types
import unittest.mock
import zipfile

import numpy as np


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


def aligned_state(layers, head=()):
    """The naming of timm's xception41, xception65 and xception71."""
    state = collections.OrderedDict()
    for layer, tensors in layers.items():
        path, _, part = layer.rpartition(".")
        separable = part in ("conv_dw", "conv_pw")
        convolution = layer if separable else f"{layer}.conv"
        normalization = f"{path}.bn_{part.removeprefix('conv_')}" if separable else f"{layer}.bn"
        if "depthwise_kernel" in tensors:
            state[f"{convolution}.weight"] = tensors["depthwise_kernel"].transpose(2, 3, 0, 1)
        else:
            state[f"{convolution}.weight"] = tensors["kernel"].transpose(3, 2, 0, 1)
        for torch_name, keras_name in (("weight", "gamma"), ("bias", "beta"), ("running_mean", "moving_mean"),
                                       ("running_var", "moving_variance")):
            state[f"{normalization}.{torch_name}"] = tensors[keras_name]
        state[f"{normalization}.num_batches_tracked"] = np.zeros((), np.float32)
    for kernel, bias in head:
        state["head.fc.weight"], state["head.fc.bias"] = kernel.T, bias
    return state
