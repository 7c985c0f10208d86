"""The networks that model files hold: their layers by Keras' names, in Keras' order."""
from dataclasses import dataclass

NORMALIZATION = ("gamma", "beta", "moving_mean", "moving_variance")


@dataclass(frozen=True)
class Network:
    """An architecture.

    `layers` maps each convolution, in the order in which Keras lists them, to its tensors' shapes: its kernels' and
    those of the batch normalization that follows it. `features` is the length of the vector that goes into the head, `variant`
    which one of its kind it is, where the file has to say so.
    """

    name: str
    title: str
    layers: dict[str, dict[str, tuple[int, ...]]]
    features: int
    input_size: int
    default_name: str
    variant: str = ""


def separable(size, channels_in, channels_out):
    return {"depthwise_kernel": (size, size, channels_in, 1), "pointwise_kernel": (1, 1, channels_in, channels_out)}


def normalized(kernels, channels):
    return kernels | {name: (channels,) for name in NORMALIZATION}


def xception_layers():
    """Xception (Chollet 2017, figure 5): name, kernel size (None: separable 3x3), channels in, channels out."""
    yield "block1_conv1", 3, 3, 32
    yield "block1_conv2", 3, 32, 64
    channels = 64
    for block, middle, out in ((2, 128, 128), (3, 256, 256), (4, 728, 728)):
        yield f"block{block}_sepconv1", None, channels, middle
        yield f"block{block}_sepconv2", None, middle, out
        yield f"block{block}_shortcut", 1, channels, out
        channels = out
    for block in range(5, 13):
        for index in (1, 2, 3):
            yield f"block{block}_sepconv{index}", None, 728, 728
    yield "block13_sepconv1", None, 728, 728
    yield "block13_sepconv2", None, 728, 1024
    yield "block13_shortcut", 1, 728, 1024
    yield "block14_sepconv1", None, 1024, 1536
    yield "block14_sepconv2", None, 1536, 2048


def xception_shapes(size, channels_in, channels_out):
    kernels = {"kernel": (size, size, channels_in, channels_out)} if size else separable(3, channels_in, channels_out)
    return normalized(kernels, channels_out)


XCEPTION = Network("xception", "Xception", {name: xception_shapes(*rest) for name, *rest in xception_layers()},
                   features=2048, input_size=299, default_name="xception")
"""40 layers, 234 tensors, 20,861,480 parameters."""

WIDTHS = (0.25, 0.5, 0.75, 1.0)


def mobilenet(width):
    """MobileNet v1 (Howard et al. 2017, table 1), each layer `width` times as wide."""
    channels = int(32 * width)
    layers = {"conv1": normalized({"kernel": (3, 3, 3, channels)}, channels)}
    for number, out in enumerate((64, 128, 128, 256, 256, *[512] * 6, 1024, 1024), 1):
        layers[f"conv_dw_{number}"] = normalized({"depthwise_kernel": (3, 3, channels, 1)}, channels)
        layers[f"conv_pw_{number}"] = normalized({"kernel": (1, 1, channels, int(out * width))}, int(out * width))
        channels = int(out * width)
    return Network("mobilenet_v1", "MobileNet", layers, features=channels, input_size=224, default_name="mobilenet")


ALIGNED_ENTRIES = {
    "41": ((128, 2), (256, 2), (728, 2)),
    "65": ((128, 2), (256, 2), (728, 2)),
    "71": ((128, 2), (256, 1), (256, 2), (728, 1), (728, 2)),
}
"""Channels and stride of each block of the entry flow."""


def aligned_xception(variant):
    """The "modified aligned Xception" of DeepLabv3+ (Chen et al. 2018), "41", "65" or "71"; layers are named as timm names them."""
    blocks = [((out,) * 3, stride) for out, stride in ALIGNED_ENTRIES[variant]]
    blocks += [((728,) * 3, 1)] * (8 if variant == "41" else 16)
    blocks += [((728, 1024, 1024), 2), ((1536, 1536, 2048), 1)]
    layers = {"stem.0": normalized({"kernel": (3, 3, 3, 32)}, 32), "stem.1": normalized({"kernel": (3, 3, 32, 64)}, 64)}
    channels = 64
    for number, (filters, stride) in enumerate(blocks):
        if number < len(blocks) - 1 and (stride == 2 or filters[2] != channels):
            layers[f"blocks.{number}.shortcut"] = normalized({"kernel": (1, 1, channels, filters[2])}, filters[2])
        for order, out in enumerate(filters, 1):
            module = f"blocks.{number}.stack.conv{order}"
            layers[f"{module}.conv_dw"] = normalized({"depthwise_kernel": (3, 3, channels, 1)}, channels)
            layers[f"{module}.conv_pw"] = normalized({"kernel": (1, 1, channels, out)}, out)
            channels = out
    return Network("aligned_xception", f"xception{variant}", layers, features=2048, input_size=299,
                   default_name=f"xception{variant}", variant=variant)


def kernels_of(shapes):
    """The names of a layer's tensors but batch normalization's."""
    return tuple(name for name in shapes if name not in NORMALIZATION)
