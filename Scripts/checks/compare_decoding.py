"""Decodes every file of some folders with this project and with Pillow, and compares verdict, size and pixels.

    swift build -c release --product DecodeChecksums    (with XCEPTION_TOOLS=1 in the environment)
    python Scripts/checks/compare_decoding.py FOLDER... [--decoder PROGRAM] [--list N]

Needs Pillow and NumPy. Prints how many files each pair of verdicts has, and exits with 1 if any file that both
decode differs. Pillow paints what damaged files still have; we refuse them: see the counts.
"""

import argparse
import collections
import hashlib
import os
import pathlib
import subprocess
import sys
import warnings

from PIL import Image, ImageOps

sys.path.append(str(pathlib.Path(__file__).parent.parent / "goldens"))
from make_fixtures import on_white

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def pillow_verdict(path):
    try:
        with Image.open(path, formats=("JPEG", "PNG")) as image:
            image = on_white(ImageOps.exif_transpose(image))
        return f"ok {image.width} {image.height} {hashlib.sha256(image.tobytes()).hexdigest()}"
    except Exception as error:
        return type(error).__name__


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--decoder", default=str(ROOT / ".build-tools" / "release" / "DecodeChecksums"))
    parser.add_argument("--list", type=int, default=5, help="files that are named of each kind (default: 5)")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    paths = sorted(os.path.join(folder, name) for root in arguments.folders
                   for folder, _, names in os.walk(root) for name in names)
    ours = subprocess.run([arguments.decoder], input="\n".join(paths), stdout=subprocess.PIPE, text=True, check=True)
    kinds = collections.defaultdict(list)
    for path, our in zip(paths, ours.stdout.splitlines(), strict=True):
        pillow = pillow_verdict(path)
        if our.startswith("ok") and pillow.startswith("ok"):
            kind = ("same pixels" if our == pillow else "PIXELS DIFFER" if our.split()[:3] == pillow.split()[:3]
                    else "SIZES DIFFER")
        else:
            kind = f"ours: {our.split()[0]}, Pillow: {pillow.split()[0]}"
        kinds[kind].append(path)
    for kind, files in sorted(kinds.items()):
        print(f"{len(files):8} {kind}")
        if kind != "same pixels":
            for path in files[:arguments.list]:
                print(f"           {path}")
    return 1 if kinds["PIXELS DIFFER"] or kinds["SIZES DIFFER"] else 0


if __name__ == "__main__":
    sys.exit(main())
