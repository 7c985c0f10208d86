"""Decodes every file of some folders with this project and with Pillow, and compares verdict, size and pixels.

    swift build -c release --product DecodeChecksums    (with XCEPTION_TOOLS=1 in the environment)
    python Scripts/checks/compare_decoding.py FOLDER... [--decoder PROGRAM] [--list N] [--near N]

Needs Pillow, pillow-heif (which reads HEIC for it) and NumPy. Prints how many files of each kind each pair of verdicts
has, and exits with 1 if any file that both decode differs by more than --near. Pillow paints what damaged files still
have; we refuse them: see the counts. Differences of AVIF do not count: Pillow has another decoder, which smooths chroma
otherwise.
"""

import argparse
import collections
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pillow_heif
from PIL import Image, ImageOps

sys.path.append(str(pathlib.Path(__file__).parent.parent / "goldens"))
from make_fixtures import on_white

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def pillow_pixels(path):
    """The kind of the file, and its pixels or the name of the error."""
    kind = pathlib.Path(path).suffix.lower().lstrip(".")
    try:
        with Image.open(path, formats=FORMATS) as image:
            kind = image.format
            return kind, np.asarray(on_white(ImageOps.exif_transpose(image)))
    except Exception as error:
        return kind, type(error).__name__


def comparison(ours, pillow, near):
    if ours.shape != pillow.shape:
        return "SIZES DIFFER"
    largest = int(np.abs(ours.astype(np.int16) - pillow).max(initial=0))
    if largest == 0:
        return "same pixels"
    return f"pixels differ by at most {near}" if largest <= near else f"PIXELS DIFFER by up to {largest}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--decoder", default=str(ROOT / ".build-tools" / "release" / "DecodeChecksums"))
    parser.add_argument("--list", type=int, default=5, help="files that are named of each kind (default: 5)")
    parser.add_argument("--near", type=int, default=2, help="the largest difference that does not count (default: 2)")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    Image.init()
    pillow_heif.register_heif_opener()
    paths = sorted(os.path.join(folder, name) for root in arguments.folders
                   for folder, _, names in os.walk(root) for name in names)
    kinds = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        # One file a process: pixels of all of them together would fill the disk.
        for path in paths:
            our = subprocess.run([arguments.decoder, folder], input=path, stdout=subprocess.PIPE, text=True, check=True)
            verdict = our.stdout.split()
            format_name, pillow = pillow_pixels(path)
            if verdict[0] == "ok" and not isinstance(pillow, str):
                width, height = int(verdict[1]), int(verdict[2])
                pixels = np.fromfile(f"{folder}/0.rgb", np.uint8).reshape(height, width, 3)
                verdict = comparison(pixels, pillow, arguments.near)
            else:
                verdict = f"ours: {verdict[0]}, Pillow: {pillow if isinstance(pillow, str) else 'ok'}"
            kinds[format_name, verdict].append(path)
    for (format_name, verdict), files in sorted(kinds.items()):
        print(f"{len(files):8} {format_name:5} {verdict}")
        if verdict != "same pixels":
            for path in files[:arguments.list]:
                print(f"               {path}")
    return 1 if any("DIFFER" in verdict for format_name, verdict in kinds if format_name != "AVIF") else 0


if __name__ == "__main__":
    sys.exit(main())
