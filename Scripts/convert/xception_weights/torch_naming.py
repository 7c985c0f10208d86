"""PyTorch's names of the network's tensors: those of tstandley, Cadene and timm."""
import numpy as np

from .errors import ConversionError
from .keras_config import last_activation
from .weights import Dense, Weights

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

    # DeepfakeBench's checkpoints contain an adapter that its forward pass skips, unless the head takes its output.
    adapter = [name for name in tensors if name.startswith("adjust_channel.")]
    tensors = {name: array for name, array in tensors.items() if name not in adapter}

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
        last = weights.head[-1]
        last.activation = last_activation(last.bias.size)
        if last.activation == "sigmoid":
            weights.notes.append("one output, and softmax of one is always 1: sigmoid is put after it")
    if adapter:
        if weights.head and weights.head[0].kernel.shape[0] != weights.network.features:
            raise ConversionError("adjust_channel before the head: a model file can hold dense layers alone there")
        weights.notes.append("adjust_channel is left out, as DeepfakeBench's forward pass leaves it out")
    weights.notes.append(f"a state dict holds no code: the {family} network's padding, pools, epsilon 1e-5 and"
                         " preprocessing are assumed" + (", relu between the head's layers" if len(linear) > 1 else ""))
    return weights
