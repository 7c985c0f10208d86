"""Compares converted xception41, xception65 and xception71 with timm's own code, on weights drawn at random.

    python Scripts/checks/check_timm.py [--binary PATH] [--photos DIRECTORY]

Batch normalization gets random gammas and betas, and the statistics of a batch of photos, as training leaves them, so that
every layer is alive; the state dict is saved, converted by convert_weights.py and run by `xception embed`. Prints the
largest difference of a feature, relative to the largest feature. Exit status 1 if one exceeds --tolerance.

Needs numpy, pillow, torch and timm.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import timm
import torch

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BINARY, PHOTOS, SCRIPTS
from inputs import photo, photos_in

NETWORKS = ("xception41", "xception65", "xception71")


def alive_model(name, batch):
    """timm's network with random weights, as after one step of training."""
    torch.manual_seed(1)
    model = timm.create_model(name)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.bias, -0.5, 0.5)
            module.momentum = None  # the mean of all batches seen: of this one
    with torch.no_grad():
        model.train()(batch)
    return model.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=BINARY)
    parser.add_argument("--photos", default=PHOTOS)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    args = parser.parse_args()

    paths = photos_in([args.photos])
    batch = torch.tensor(np.stack([photo(path).transpose(2, 0, 1) for path in paths]))
    failed = False
    for name in NETWORKS:
        model = alive_model(name, batch)
        with torch.no_grad():
            expected = model.forward_head(model.forward_features(batch), pre_logits=True).numpy()
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, f"{name}.pth")
            torch.save(model.state_dict(), source)
            convert = os.path.join(SCRIPTS, "convert", "convert_weights.py")
            subprocess.run([sys.executable, convert, source, "-o", folder, "--resize", "squash", "--resample", "bilinear"],
                           check=True, stdout=subprocess.DEVNULL)
            command = [args.binary, "embed", "--quiet", "--format", "jsonl", "--model", os.path.join(folder, f"{name}-backbone.safetensors"),
                       *paths]
            lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        found = np.array([json.loads(line)["embedding"] for line in lines])
        difference = np.abs(found - expected).max() / np.abs(expected).max()
        failed |= difference > args.tolerance
        print(f"{name}: {len(paths)} photos, largest difference {difference:.1e} of the largest feature, {np.abs(expected).max():.2f};"
              f" {np.mean(expected > 1e-3):.0%} of the features alive", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
