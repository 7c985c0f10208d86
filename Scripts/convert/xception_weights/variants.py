"""The ways in which published Xceptions differ, by family. Needs nothing but Python, so that `--help` does not either."""
from dataclasses import dataclass


@dataclass
class Variant:
    """The differences between published Xceptions; Keras' is the default."""

    stem_padding: int = 0
    pool_padding: str = "same"
    batch_norm_epsilon: float = 1e-3
    shortcut_after_relu: bool = False


@dataclass
class Preprocessing:
    """The preparation of a photo for the network: resizing to a square, then (x / 255 - mean) / std."""

    input_size: int = 299
    input_mean: tuple[float, ...] = (0.5, 0.5, 0.5)
    input_std: tuple[float, ...] = (0.5, 0.5, 0.5)
    resize: str = "squash"
    resample: str = "bilinear"


# PyTorch's networks carry Keras' weights but run them with PyTorch's own epsilon and pool padding.
TORCH = Variant(pool_padding="symmetric", batch_norm_epsilon=1e-5)
PRESETS = {
    "keras": (Variant(), Preprocessing()),
    "aligned": (Variant(), Preprocessing(resize="crop:331", resample="bicubic")),
    "timm": (TORCH, Preprocessing(resize="crop:333", resample="bicubic")),
    "cadene": (TORCH, Preprocessing(resize="crop:333")),
    "tstandley": (TORCH, Preprocessing(resize="crop:333")),
}
