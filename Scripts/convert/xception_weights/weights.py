"""The weights of a source, and the part of them in the backbone's file.

Arrays are in Keras' layouts: convolutions (height, width, in, out), depthwise (height, width, in, 1), dense (in, out).
"""
from dataclasses import dataclass, field

import numpy as np

from .errors import ConversionError
from .network import XCEPTION, Network


@dataclass
class Dense:
    """A dense layer of the head: `activation(x @ kernel + bias)`."""

    name: str
    kernel: np.ndarray
    bias: np.ndarray
    activation: str


@dataclass
class Weights:
    """The contents of a source.

    `preset` names the recognized family, `facts` are the file's own settings of variant and
    preprocessing, `notes` the assumptions. `head` is empty for a backbone alone.
    """

    description: str
    layers: dict[str, dict[str, np.ndarray]]
    head: list[Dense] = field(default_factory=list)
    preset: str = "keras"
    facts: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    network: Network = XCEPTION

    def check(self):
        """Raises ConversionError unless every tensor is there, finite, and of the network's shape."""
        title, expected = self.network.title, self.network.layers
        missing = [f"{layer}/{name}" for layer, shapes in expected.items() for name in shapes
                   if name not in self.layers.get(layer, {})]
        if missing:
            others = f" and {len(missing) - 1} others" if len(missing) > 1 else ""
            raise ConversionError(f"not a whole {title}: {missing[0]}{others} missing")
        for layer, shapes in expected.items():
            for name, shape in shapes.items():
                array = self.layers[layer][name]
                if array.shape != shape:
                    raise ConversionError(f"{layer}/{name} has shape {array.shape}, {title}'s is {shape}")
                check_values(f"{layer}/{name}", array)
            if (self.layers[layer]["moving_variance"] < 0).any():
                raise ConversionError(f"{layer}/moving_variance holds negative values")
        for layer in self.layers.keys() - expected.keys():
            raise ConversionError(f"{layer} is no layer of {title}")
        check_head(self.head, self.network.features)


def check_head(head, features):
    """Raises ConversionError unless a head's dense layers fit each other and take `features` values."""
    width = features
    for dense in head:
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


def folded(network, layers, epsilon):
    """The backbone's tensors, `layer/tensor` -> array, with batch normalization folded in float64.

    The kernel that normalization follows takes the scale: in a separable layer the pointwise one.
    """
    tensors = {}
    for layer, shapes in network.layers.items():
        source = {name: layers[layer][name].astype(np.float64) for name in shapes}
        scale = source["gamma"] / np.sqrt(source["moving_variance"] + epsilon)
        scaled = next(name for name in ("kernel", "pointwise_kernel", "depthwise_kernel") if name in source)
        # A depthwise kernel's channels are its third dimension, the others' outputs their last.
        source[scaled] *= scale[:, None] if scaled == "depthwise_kernel" else scale
        for name in shapes:
            if name.endswith("kernel"):
                tensors[f"{layer}/{name}"] = source[name]
        tensors[f"{layer}/bias"] = source["beta"] - source["moving_mean"] * scale
    return tensors
