"""Writes Tests/Goldens/variants.safetensors: what PyTorch answers with the weights of Models/ in each variant.

    python Scripts/goldens/make_variant_goldens.py

logits/stemP-POOL-SHORTCUT/INPUT [1000], float32, for P in 0, 1; POOL in same, symmetric; SHORTCUT in
before, after (the ReLU); INPUT in chelsea.png, random-1 (random_input(1, 299, 299)) and
random-1-72x96. The epsilon plays no part: it is folded into the weights.
"""
import itertools
import os
import sys

import numpy as np
import torch

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BACKBONE, GOLDENS, HEAD, PHOTOS
from inputs import photo, random_input
from torch_model import Xception, load
from xception_weights.model_file import read_tensors, serialize, write_atomically


def main():
    tensors = read_tensors(BACKBONE)[0]
    tensors |= read_tensors(HEAD)[0]
    inputs = {
        "chelsea.png": photo(os.path.join(PHOTOS, "chelsea.png")),
        "random-1": random_input(1, 299, 299),
        "random-1-72x96": random_input(1, 72, 96),
    }
    golden = {}
    for stem, pool, after in itertools.product((0, 1), ("same", "symmetric"), (False, True)):
        model = load(Xception(1000, stem, pool, after), tensors)
        for name, values in inputs.items():
            with torch.no_grad():
                logits = model(torch.tensor(values.transpose(2, 0, 1)[None]))[0].numpy()
            golden[f"logits/stem{stem}-{pool}-{'after' if after else 'before'}/{name}"] = logits
    for key, logits in golden.items():
        reference = golden[f"logits/stem0-same-before/{key.split('/')[-1]}"]
        print(f"{key:45} largest logit {logits.max():.2f}, differs from Keras' variant by {np.abs(logits - reference).max():.4f}")
    content, _ = serialize(golden, {"torch": torch.__version__}, "float32")
    write_atomically({os.path.join(GOLDENS, "variants.safetensors"): content})


if __name__ == "__main__":
    main()
