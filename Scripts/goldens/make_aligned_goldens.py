"""Writes Tests/Goldens/aligned.safetensors: what timm's xception41, 65 and 71 answer with weights drawn from seeds.

    python Scripts/goldens/make_aligned_goldens.py

features/xceptionN/random-S-HxW [256], float32: every eighth feature of random_input(S, H, W). The weights are a model
file's, batch normalization folded: the tensor that is I-th by name comes from seed I, times sqrt(6 / inputs) where its
input is rectified and sqrt(3 / inputs) where it is not, biases times 0.1. Nothing dies and nothing overflows then.

Needs numpy, torch and timm.
"""
import math
import os
import sys

import numpy as np
import timm
import torch

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import GOLDENS
from inputs import random_input
from xception_weights.model_file import serialize, write_atomically
from xception_weights.network import aligned_xception, kernels_of

VARIANTS = ("41", "65", "71")
SIZES = ((299, 299), (96, 131))


def random_values(seed, shape):
    count = math.prod(shape)
    return random_input(seed, -(-count // 3), 1).reshape(-1)[:count].reshape(shape)


def drawn_tensors(network):
    """A model file's tensors, name -> array."""
    shapes = {}
    for layer, of_layer in network.layers.items():
        shapes |= {f"{layer}/{kernel}": of_layer[kernel] for kernel in kernels_of(of_layer)}
        shapes[f"{layer}/bias"] = of_layer["gamma"]
    tensors = {}
    for seed, name in enumerate(sorted(shapes)):
        shape = shapes[name]
        inputs = 9 if name.endswith("depthwise_kernel") else math.prod(shape[:-1])
        scale = 0.1 if name.endswith("bias") else math.sqrt((3 if "conv_pw" in name or "shortcut" in name else 6) / inputs)
        tensors[name] = random_values(seed, shape) * np.float32(scale)
    return tensors


def timm_model(network, tensors):
    """timm's network with them; its batch normalization adds the bias and nothing else."""
    model = timm.create_model(network.title).eval()
    state = model.state_dict()
    one, epsilon = torch.tensor(1.0), torch.tensor(1e-3)
    assert (one - epsilon) + epsilon == one
    for layer, shapes in network.layers.items():
        path, _, part = layer.rpartition(".")
        if part in ("conv_dw", "conv_pw"):
            convolution, normalization = layer, f"{path}.bn_{part.removeprefix('conv_')}"
        else:
            convolution, normalization = f"{layer}.conv", f"{layer}.bn"
        [kernel] = kernels_of(shapes)
        order = (2, 3, 0, 1) if kernel == "depthwise_kernel" else (3, 2, 0, 1)
        state[f"{convolution}.weight"] = torch.tensor(tensors[f"{layer}/{kernel}"].transpose(order).copy())
        state[f"{normalization}.running_var"][:] = one - epsilon
        state[f"{normalization}.bias"] = torch.tensor(tensors[f"{layer}/bias"])
    model.load_state_dict(state)
    return model


def main():
    golden = {}
    for variant in VARIANTS:
        network = aligned_xception(variant)
        model = timm_model(network, drawn_tensors(network))
        for seed, (height, width) in enumerate(SIZES, 1):
            values = torch.tensor(random_input(seed, height, width).transpose(2, 0, 1)[None].copy())
            with torch.no_grad():
                features = model.forward_head(model.forward_features(values), pre_logits=True)[0].numpy()
            golden[f"features/{network.title}/random-{seed}-{height}x{width}"] = features[::8].copy()
            print(f"{network.title} {height} x {width}: largest feature {features.max():.3f}, {np.mean(features > 0):.0%} alive")
    content, _ = serialize(golden, {"timm": timm.__version__, "torch": torch.__version__}, "float32")
    write_atomically({os.path.join(GOLDENS, "aligned.safetensors"): content})


if __name__ == "__main__":
    main()
