"""The inputs that comparisons run on."""
import os

import numpy as np
from PIL import Image, ImageOps


def photo(path, size=299):
    """A photo as prepared by Keras' load_img (bilinear, squashed) and xception.preprocess_input, with EXIF
    orientation applied. [size x size x 3]"""
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return np.asarray(image.resize((size, size), Image.BILINEAR), np.float32) / np.float32(127.5) - np.float32(1)


def photos_in(folders):
    """Paths of the JPEGs and PNGs in some directories, sorted."""
    return sorted(
        os.path.join(folder, name) for folder in folders for name in os.listdir(folder)
        if name.lower().endswith((".jpg", ".jpeg", ".png")))


def softmax(logits):
    exponentials = np.exp(logits.astype(np.float64) - logits.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)


def random_input(seed, height, width):
    """Drawn from a seed in a way that any language can repeat: floats in [-1, 1), [height x width x 3]; element i is (z >> 40) * 2**-23 - 1, exact in float32.

    z is SplitMix64's (Steele, Lea, Flood 2014) output i of that seed, in wrapping 64-bit arithmetic:
    z = seed + (i + 1) * 0x9E3779B97F4A7C15; z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB; z = z ^ z >> 31.
    """
    z = np.uint64(seed) + np.arange(1, height * width * 3 + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    z = z ^ z >> np.uint64(31)
    return ((z >> np.uint64(40)).astype(np.float32) * np.float32(2**-23) - np.float32(1)).reshape(height, width, 3)
