"""PyTorch state dicts, `.pth`/`.pt` and safetensors, in the naming of tstandley, Cadene and timm.

Pickles are read without torch by an unpickler that knows the few things a state dict is made of
and refuses everything else, so that nothing a file brings along is ever executed.
"""
import collections
import pickle
import struct
import zipfile

import numpy as np

from .errors import ConversionError
from .model_file import read_tensors, to_float32
from .network import Dense, Weights

ZIP_SIGNATURE = b"PK\x03\x04"
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
STORAGES = {
    "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16", "DoubleStorage": "F64",
    "LongStorage": "I64", "IntStorage": "I32", "ByteStorage": "U8", "BoolStorage": "BOOL",
}
SIZES = {"F32": 4, "F16": 2, "BF16": 2, "F64": 8, "I64": 8, "I32": 4, "U8": 1, "BOOL": 1}

Storage = collections.namedtuple("Storage", "dtype key count")
Tensor = collections.namedtuple("Tensor", "storage offset shape stride")


def rebuild_tensor(storage, offset, shape, stride, *_):
    if not isinstance(storage, Storage):
        raise ConversionError("a tensor without storage")
    return Tensor(storage, offset, tuple(shape), tuple(stride))


def rebuild_parameter(tensor, *_):
    return tensor


ALLOWED = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): rebuild_parameter,
} | {("torch", name): dtype for name, dtype in STORAGES.items()}


# Values of a tuple and of all tuples in it: a tensor has some twenty.
MAXIMUM_TUPLE = 10_000


def limited(load_tuple):
    def load(unpickler):
        load_tuple(unpickler)
        if unpickler.size(unpickler.stack[-1]) > MAXIMUM_TUPLE:
            raise ConversionError("a tuple in its pickle is larger than any of a state dict")
    return load


class StateDictUnpickler(pickle._Unpickler):
    """Finds no class or function but those a state dict of tensors needs.

    In Python, since the C one takes memory for as many memo entries as a damaged index asks for. Its loaders of
    tuples are followed by a look at their size: one that holds another twice, forty levels deep, is small in memory
    and endless as soon as it is hashed, compared or printed.
    """
    dispatch = dict(pickle._Unpickler.dispatch)

    def __init__(self, file):
        super().__init__(file)
        # Of each tuple that was seen, by its id: itself, so that the id stays its own, and its size.
        self.tuples = {}

    def size(self, value):
        if not isinstance(value, tuple):
            return 1
        if id(value) not in self.tuples:
            self.tuples[id(value)] = value, 1 + sum(self.size(element) for element in value)
        return self.tuples[id(value)][1]

    for opcode in (pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3):
        dispatch[opcode[0]] = limited(dispatch[opcode[0]])

    def find_class(self, module, name):
        found = ALLOWED.get((module, name))
        if found is None:
            raise ConversionError(f"its pickle asks for {module}.{name}, which is code and is not run;"
                                  " save model.state_dict() instead")
        return found

    def persistent_load(self, identifier):
        match identifier:
            case ("storage", str(dtype), str(key), _, int(count), *_) if dtype in SIZES and count >= 0:
                return Storage(dtype, key, count)
        raise ConversionError(f"unknown kind of storage {identifier!r}"[:200])


def read_zip(path):
    """torch.save's layout since 1.6: data.pkl and one file a storage, none of them compressed."""
    with zipfile.ZipFile(path) as archive:
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
            raise ConversionError("compressed entries, which torch.save does not write")
        [index] = [name for name in archive.namelist() if name.endswith("/data.pkl") and name.count("/") == 1]
        prefix = index.removesuffix("data.pkl")
        if prefix + "byteorder" in archive.namelist() and archive.read(prefix + "byteorder") != b"little":
            raise ConversionError("big-endian tensors")
        with archive.open(index) as file:
            tree = StateDictUnpickler(file).load()
        return state_dict(tree, lambda storage: archive.read(f"{prefix}data/{storage.key}"))


def read_legacy(path):
    """torch.save's layout before 1.6: pickles one after the other, then each storage's count and bytes."""
    with open(path, "rb") as file:
        if StateDictUnpickler(file).load() != LEGACY_MAGIC:
            raise ConversionError("not a PyTorch file")
        StateDictUnpickler(file).load()  # protocol version
        if not StateDictUnpickler(file).load().get("little_endian"):
            raise ConversionError("big-endian tensors")
        storages = {}

        class Unpickler(StateDictUnpickler):
            def persistent_load(self, identifier):
                storage = super().persistent_load(identifier)
                storages[storage.key] = storage
                return storage

        tree = Unpickler(file).load()
        content = {}
        for key in StateDictUnpickler(file).load():
            [count] = struct.unpack("<q", file.read(8))
            if count != storages[key].count:
                raise ConversionError(f"storage {key} has {count} elements, expected {storages[key].count}")
            content[key] = file.read(count * SIZES[storages[key].dtype])
    return state_dict(tree, lambda storage: content[storage.key])


def materialized(tensor, read_storage):
    """The float32 array that a tensor shows of its storage."""
    dtype, offset, size = tensor.storage.dtype, tensor.offset, SIZES[tensor.storage.dtype]
    count = int(np.prod(tensor.shape, dtype=np.int64))
    last = offset + sum((extent - 1) * stride for extent, stride in zip(tensor.shape, tensor.stride))
    content = read_storage(tensor.storage)
    if (min(offset, *tensor.shape, *tensor.stride, 0) < 0 or len(tensor.shape) != len(tensor.stride)
            or count > tensor.storage.count or (last + 1) * size > len(content)):
        raise ConversionError(f"a tensor of shape {tensor.shape} reaches beyond its storage")
    window = to_float32(dtype, content[offset * size:(last + 1) * size])
    return np.lib.stride_tricks.as_strided(window, tensor.shape, [4 * stride for stride in tensor.stride])


def state_dict(tree, read_storage):
    """The tensors of a state dict or of a checkpoint that holds one."""
    for key in ("state_dict", "model_state_dict", "model", "net"):
        if isinstance(tree, dict) and isinstance(tree.get(key), dict):
            tree = tree[key]
    if not isinstance(tree, dict):
        raise ConversionError("no state dict in it; save model.state_dict()")
    return {name: materialized(tensor, read_storage) for name, tensor in tree.items()
            if isinstance(tensor, Tensor) and tensor.storage.dtype[0] != "I"}


def read(path):
    """Reads a state dict, pickled or in safetensors, into Weights."""
    with open(path, "rb") as file:
        start = file.read(9)
    if start[:4] != ZIP_SIGNATURE and start[8:] == b"{":
        return assemble("safetensors", read_tensors(path)[0])
    read_state_dict = read_zip if start[:4] == ZIP_SIGNATURE else read_legacy
    return assemble("PyTorch state dict", read_state_dict(path))


# Naming

NORMALIZATION = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


MODULES = {
    "conv1": ("block1_conv1", "conv"), "bn1": ("block1_conv1", "bn"),
    "conv2": ("block1_conv2", "conv"), "bn2": ("block1_conv2", "bn"),
    "conv3": ("block14_sepconv1", "sep"), "bn3": ("block14_sepconv1", "bn"),
    "conv4": ("block14_sepconv2", "sep"), "bn4": ("block14_sepconv2", "bn"),
}
"""Torch module -> Keras layer and what the module is there."""

for number in range(1, 13):
    block, keras = f"block{number}", f"block{number + 1}"
    MODULES[f"{block}.skip"] = (f"{keras}_shortcut", "conv")
    MODULES[f"{block}.skipbn"] = (f"{keras}_shortcut", "bn")
    # rep is a list of ReLU, separable convolution, BN, ReLU, ...; block1's starts without a ReLU.
    for order in (1, 2, 3):
        index = 3 * order - (3 if number == 1 else 2)
        MODULES[f"{block}.rep.{index}"] = (f"{keras}_sepconv{order}", "sep")
        MODULES[f"{block}.rep.{index + 1}"] = (f"{keras}_sepconv{order}", "bn")


def assemble(description, tensors):
    tensors = {name: array for name, array in tensors.items() if not name.endswith("num_batches_tracked")}
    stems = [name for name in tensors if name.endswith("conv1.weight") and tensors[name].shape[:2] == (32, 3)]
    if len(stems) != 1:
        raise ConversionError("no Xception in the naming of tstandley, Cadene or timm (conv1.weight, block1.rep.0...)")
    prefix = stems[0].removesuffix("conv1.weight")  # "module.", "model." and the like
    tensors = {name.removeprefix(prefix): array for name, array in tensors.items()}

    layers, linear = {}, {}
    for name, array in tensors.items():
        module, _, variable = name.rpartition(".")
        if module in MODULES:
            layer, kind = MODULES[module]
        elif MODULES.get(module.rpartition(".")[0], ("", ""))[1] == "sep":
            layer, kind = MODULES[module.rpartition(".")[0]][0], module.rpartition(".")[2]
        else:
            layer, kind = None, None
        if kind == "bn" and variable in NORMALIZATION:
            key, value = NORMALIZATION[variable], array
        elif kind == "conv" and variable == "weight" and array.ndim == 4:
            key, value = "kernel", array.transpose(2, 3, 1, 0)
        elif kind == "conv1" and variable == "weight" and array.ndim == 4:
            key, value = "depthwise_kernel", array.transpose(2, 3, 0, 1)
        elif kind == "pointwise" and variable == "weight" and array.ndim in (2, 4):
            # Files from before PyTorch 0.4 lack the 1x1.
            key, value = "pointwise_kernel", array.reshape(*array.shape[:2], 1, 1).transpose(2, 3, 1, 0)
        elif layer is None and variable in ("weight", "bias") and array.ndim == (2 if variable == "weight" else 1):
            linear.setdefault(module, {})[variable] = array
            continue
        else:
            raise ConversionError(f"{name} of shape {array.shape} is nothing that Xception has")
        layers.setdefault(layer, {})[key] = value

    def order(module):
        return [int(part) if part.isdigit() else -1 for part in module.split(".")]

    family = "cadene" if any(module.startswith("last_linear") for module in linear) else "timm"
    weights = Weights(f"{description}, naming of {'Cadene' if family == 'cadene' else 'tstandley and timm'}",
                      layers, preset=family)
    for module in sorted(linear, key=order):
        if "weight" not in linear[module]:
            raise ConversionError(f"{module}.weight missing")
        kernel = linear[module]["weight"].T
        bias = linear[module].get("bias", np.zeros(kernel.shape[1], np.float32))
        weights.head.append(Dense(module, kernel, bias, "relu"))
    if weights.head:
        weights.head[-1].activation = "softmax"
    weights.notes.append(f"a state dict holds no code: the {family} network's padding, pools, epsilon 1e-5 and"
                         " preprocessing are assumed" + (", relu between the head's layers" if len(linear) > 1 else ""))
    return weights
