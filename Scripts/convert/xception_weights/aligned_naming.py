"""timm's names of the "modified aligned Xceptions": xception41, xception65 and xception71."""
from .errors import ConversionError
from .keras_config import last_activation
from .network import aligned_xception
from .torch_naming import NORMALIZATION
from .weights import Dense, Weights

STEM = "stem.0.conv.weight"
VARIANTS = {13: "41", 21: "65", 23: "71"}
"""By the number of blocks."""


def recognizes(tensors):
    return any(name.endswith(STEM) for name in tensors)


def layer_of(module):
    """The layer that a module is part of, and what it is there: "conv" or "bn"."""
    path, _, part = module.rpartition(".")
    if part in ("conv_dw", "conv_pw"):
        return module, "conv"
    if part in ("bn_dw", "bn_pw"):
        return f"{path}.conv_{part.removeprefix('bn_')}", "bn"
    return path, part


def assemble(description, tensors):
    prefix = next(name for name in tensors if name.endswith(STEM)).removesuffix(STEM)
    tensors = {name.removeprefix(prefix): array for name, array in tensors.items() if not name.endswith("num_batches_tracked")}
    blocks = {name.split(".")[1] for name in tensors if name.startswith("blocks.")}
    variant = VARIANTS.get(len(blocks))
    if variant is None:
        raise ConversionError(f"{len(blocks)} blocks; xception41 has 13, xception65 21 and xception71 23")
    if any(name.startswith("blocks.0.norm.") for name in tensors):
        raise ConversionError(f"xception{variant}p: the networks that normalize before they convolve are not supported, because they"
                              " scale the sum of a block and its shortcut")
    network = aligned_xception(variant)
    layers, linear = {}, {}
    for name, array in tensors.items():
        module, _, variable = name.rpartition(".")
        layer, kind = layer_of(module)
        if module == "head.fc" and variable in ("weight", "bias"):
            linear[variable] = array
            continue
        if layer not in network.layers:
            raise ConversionError(f"{name} of shape {array.shape} is nothing that {network.title} has")
        if kind == "bn" and variable in NORMALIZATION:
            key, value = NORMALIZATION[variable], array
        elif kind == "conv" and variable == "weight" and array.ndim == 4:
            depthwise = "depthwise_kernel" in network.layers[layer]
            key = "depthwise_kernel" if depthwise else "kernel"
            value = array.transpose(2, 3, 0, 1) if depthwise else array.transpose(2, 3, 1, 0)
        else:
            raise ConversionError(f"{name} of shape {array.shape} is nothing that {network.title} has")
        layers.setdefault(layer, {})[key] = value
    weights = Weights(f"{description}, timm's {network.title}", layers, preset="aligned", network=network)
    if linear:
        if linear.keys() != {"weight", "bias"}:
            raise ConversionError(f"head.fc.{'bias' if 'weight' in linear else 'weight'} missing")
        weights.head.append(Dense("head.fc", linear["weight"].T, linear["bias"], last_activation(linear["bias"].size)))
    weights.notes.append("a state dict holds no code: epsilon 1e-3 and the preprocessing of timm's tf_in1k weights are assumed;"
                         " those of ra3_in1k are --resize crop:318")
    return weights
