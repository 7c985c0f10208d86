"""The layers of Xception (Chollet 2017, figure 5) by their Keras names, and what they become when
batch normalization is folded into them.

A source, whatever its format, is first read into `Weights`: arrays in Keras' layouts,
convolutions (height, width, in, out), depthwise (height, width, in, 1), dense (in, out).
"""
from dataclasses import dataclass, field

import numpy as np

from .errors import ConversionError

FEATURES = 2048
NORMALIZATION = ("gamma", "beta", "moving_mean", "moving_variance")


def _layers():
    """Yields name, kernel size (None: separable 3x3), channels in, channels out; in Keras' order."""
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
    yield "block14_sepconv2", None, 1536, FEATURES


def _shapes(size, channels_in, channels_out):
    kernels = {"kernel": (size, size, channels_in, channels_out)} if size else {
        "depthwise_kernel": (3, 3, channels_in, 1),
        "pointwise_kernel": (1, 1, channels_in, channels_out),
    }
    return kernels | {name: (channels_out,) for name in NORMALIZATION}


LAYERS = {name: _shapes(*rest) for name, *rest in _layers()}
"""Layer name -> tensor name -> shape; 40 layers, 234 tensors, 20,861,480 parameters."""


@dataclass
class Dense:
    """A dense layer of the head: `activation(x @ kernel + bias)`."""

    name: str
    kernel: np.ndarray
    bias: np.ndarray
    activation: str


@dataclass
class Weights:
    """What a source held.

    `preset` names the family it was recognized as, `facts` what the file itself says about variant
    and preprocessing, `notes` what had to be assumed. `head` is empty for a backbone alone.
    """

    description: str
    layers: dict[str, dict[str, np.ndarray]]
    head: list[Dense] = field(default_factory=list)
    preset: str = "keras"
    facts: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def check(self):
        """Raises ConversionError unless every tensor is there, finite, and of the network's shape."""
        missing = [f"{layer}/{name}" for layer, shapes in LAYERS.items() for name in shapes
                   if name not in self.layers.get(layer, {})]
        if missing:
            others = f" and {len(missing) - 1} others" if len(missing) > 1 else ""
            raise ConversionError(f"not a whole Xception: {missing[0]}{others} missing")
        for layer, shapes in LAYERS.items():
            for name, shape in shapes.items():
                array = self.layers[layer][name]
                if array.shape != shape:
                    raise ConversionError(f"{layer}/{name} has shape {array.shape}, Xception's is {shape}")
                check_values(f"{layer}/{name}", array)
            if (self.layers[layer]["moving_variance"] < 0).any():
                raise ConversionError(f"{layer}/moving_variance holds negative values")
        for layer in self.layers.keys() - LAYERS.keys():
            raise ConversionError(f"{layer} is no layer of Xception")
        self.check_head()

    def check_head(self):
        """The same of the head alone."""
        width = FEATURES
        for dense in self.head:
            if dense.kernel.ndim != 2 or dense.kernel.shape[0] != width:
                raise ConversionError(f"{dense.name}/kernel has shape {dense.kernel.shape}, expected ({width}, units)")
            width = dense.kernel.shape[1]
            if dense.bias.shape != (width,):
                raise ConversionError(f"{dense.name}/bias has shape {dense.bias.shape}, expected ({width},)")
            check_values(f"{dense.name}/kernel", dense.kernel)
            check_values(f"{dense.name}/bias", dense.bias)


def check_values(name, array):
    """Damage in a format without checksums shows, if at all, in values that no training makes."""
    if not np.isfinite(array).all():
        raise ConversionError(f"{name} holds values that are not finite numbers")
    if array.size and np.abs(array).max() > 1e8:
        raise ConversionError(f"{name} holds {np.abs(array).max():.3g}, which no trained network does: the file is damaged")


def folded(layers, epsilon):
    """The backbone's tensors, `layer/tensor` -> array, with batch normalization folded in float64.

    In a separable layer the pointwise kernel takes the scale: it is the one normalization follows.
    """
    tensors = {}
    for layer, shapes in LAYERS.items():
        source = {name: layers[layer][name].astype(np.float64) for name in shapes}
        scale = source["gamma"] / np.sqrt(source["moving_variance"] + epsilon)
        scaled = "kernel" if "kernel" in source else "pointwise_kernel"
        source[scaled] *= scale
        for name in shapes:
            if name.endswith("kernel"):
                tensors[f"{layer}/{name}"] = source[name]
        tensors[f"{layer}/bias"] = source["beta"] - source["moving_mean"] * scale
    return tensors
