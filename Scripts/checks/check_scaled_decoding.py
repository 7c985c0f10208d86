"""Measures the change of probabilities by decoding JPEGs at a fraction of their size.

    python Scripts/checks/check_scaled_decoding.py FOLDER... [--sides 650,1200,...] [--per-photo N] [--xception BINARY]

Resamples the photos in the folders to short sides from 650 to 4000 pixels, a few for each photo, one in three with
a camera's noise and one in three sharpened, so that there is something for the inverse DCT to lose; classifies all
of them with and without --exact-decode; and prints the changes by the ratio of the decoded short side to the
network's input.
Needs Pillow and NumPy.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image, ImageFilter, ImageOps

sys.path.append(str(pathlib.Path(__file__).parent.parent))
from inputs import photos_in
from project import BINARY

INPUT = 299
SIDES = [650, 900, 1200, 1250, 1310, 1400, 1500, 1650, 1800, 2000, 2200, 2390, 2400, 2700, 3200, 3588, 4000]


def resampled(path, side, seed):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    scale = side / min(image.size)
    image = image.resize([max(side, round(length * scale)) for length in image.size], Image.LANCZOS)
    if seed % 3 == 1:
        image = image.filter(ImageFilter.UnsharpMask(radius=1.5, percent=200, threshold=0))
    if seed % 3 == 2:
        noise = np.random.default_rng(seed).normal(0, 5, (image.height, image.width, 1)).astype(np.float32)
        image = Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))
    return image


def probabilities(binary, folder, *options):
    command = [binary, "--format", "jsonl", "-k", "1000", "--no-progress", *options, folder]
    rows = map(json.loads, subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines())
    return {pathlib.Path(row["path"]).name: (
        [p["probability"] for p in sorted(row["predictions"], key=lambda p: p["index"])], row["predictions"][0]["label"],
        min(row["width"], row["height"])) for row in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--sides", type=lambda text: [int(side) for side in text.split(",")], default=SIDES)
    parser.add_argument("--per-photo", type=int, default=3, help="sizes of each photo (default: 3)")
    parser.add_argument("--factor", type=float, default=5, help="the ratio from which the program scales (default: 5)")
    parser.add_argument("--xception", default=str(BINARY))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        number = 0
        for path in photos_in(arguments.folders):
            for _ in range(arguments.per_photo):
                side = arguments.sides[number % len(arguments.sides)]
                image = resampled(path, side, seed=number)
                # Not all encoders halve the chroma.
                image.save(f"{folder}/{number:05}.jpg", quality=90, subsampling=number // 3 % 3)
                number += 1
        exact = probabilities(arguments.xception, folder, "--exact-decode")
        scaled = probabilities(arguments.xception, folder)
    bins = collections.defaultdict(list)
    for name, (before, label, side) in exact.items():
        after, new_label, _ = scaled[name]
        ratio = next((side * n / 8 / INPUT for n in (1, 2, 4) if -(-side * n // 8) >= arguments.factor * INPUT), 0)
        bins[int(ratio * 4) / 4].append((np.abs(np.subtract(before, after)).max(), label != new_label, name, side))
    print("decoded side / input   images   largest change   99%      first labels changed")
    for ratio, changes in sorted(bins.items()):
        largest = [change for change, *_ in changes]
        print(f"{f'{ratio:.2f} to {ratio + .25:.2f}' if ratio else 'not scaled':20} {len(changes):8} {max(largest):16.4f}"
              f" {np.quantile(largest, .99):8.4f} {sum(changed for _, changed, *_ in changes):8}")
    scaled_changes = [change for ratio, changes in bins.items() if ratio for change in changes]
    print(f"all {len(exact)} images: largest change {max(scaled_changes)[0]:.4f}")


if __name__ == "__main__":
    main()
