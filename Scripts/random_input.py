"""Inputs that are drawn from a seed the same way in every language."""
import numpy as np


def random_input(seed, height, width):
    """Floats in [-1, 1), [height x width x 3]; element i is (z >> 40) * 2**-23 - 1, exact in float32.

    z is SplitMix64's (Steele, Lea, Flood 2014) output i of that seed, in wrapping 64-bit arithmetic:
    z = seed + (i + 1) * 0x9E3779B97F4A7C15; z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB; z = z ^ z >> 31.
    """
    z = np.uint64(seed) + np.arange(1, height * width * 3 + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    z = z ^ z >> np.uint64(31)
    return ((z >> np.uint64(40)).astype(np.float32) * np.float32(2**-23) - np.float32(1)).reshape(height, width, 3)
