"""Compares the features of `xception embed` with Keras' average pool on the same photos and the same weights.

    python Scripts/checks/check_embeddings.py [--binary PATH] PHOTO...

Prints the largest difference over all features of all photos, by the largest feature of its photo. Exit status 1 where
that is more than --tolerance. Needs numpy, Pillow and keras.
"""
import argparse
import os
import subprocess
import sys
import tempfile

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BINARY, MODELS
import keras
import reference_model
from inputs import photo


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="+")
    parser.add_argument("--binary", default=BINARY)
    parser.add_argument("--models", default=MODELS)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    args = parser.parse_args()

    backbone, head = (os.path.join(args.models, name + ".safetensors") for name in ("xception-backbone", "imagenet.head"))
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "features.npy")
        subprocess.run([args.binary, "embed", "--model", backbone, "--format", "npy", "-o", output, *args.photos], check=True)
        ours = np.load(output)
    model, _ = reference_model.build(backbone, head)
    pool = keras.Model(model.input, model.layers[-2].output)
    theirs = np.stack([pool.predict_on_batch(photo(path)[None])[0] for path in args.photos])
    assert ours.shape == theirs.shape and ours.dtype == np.float32, (ours.shape, theirs.shape)
    differences = np.abs(ours - theirs).max(axis=1) / theirs.max(axis=1)
    worst = differences.argmax()
    print(f"photos               {len(args.photos)}, {ours.shape[1]} features each")
    print(f"largest difference   {differences[worst]:.2e} of the largest feature  {args.photos[worst]}")
    if differences[worst] > args.tolerance:
        sys.exit(1)


if __name__ == "__main__":
    main()
