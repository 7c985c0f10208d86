#!/usr/bin/env python3
"""measure_duplicates.py PHOTOS FOLDER [COUNT]: how many of 14 kinds of copies `xception duplicates` finds.

Makes copies of COUNT photos (60) of the folder PHOTOS below FOLDER, and runs the program over the originals with the copies of
each kind, and over all at once. Prints the number of copies found of each kind, that of imagehash's pHash at a distance of 8,
and the groups of different photos. Needs Pillow and, for the comparison, imagehash. The program is XCEPTION, or `xception`.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageOps


def scaled(image, share):
    return image.resize((max(1, round(image.width * share)), max(1, round(image.height * share))), Image.LANCZOS)


def cropped(image, share):
    """Without a share of each side, more on the left and at the bottom."""
    width, height = image.size
    return image.crop((round(width * share * 0.7), round(height * share * 0.3), round(width * (1 - share * 0.3)),
                       round(height * (1 - share * 0.7))))


def lettered(image):
    image = image.copy()
    draw = ImageDraw.Draw(image)
    height = image.height // 5
    draw.rectangle((0, image.height - height, image.width, image.height), fill="white")
    draw.text((image.width // 20, image.height - height * 0.8), "SOMETHING ABOUT THIS PHOTO", fill="black", font_size=height // 2)
    return image


def letterboxed(image):
    bar = image.height // 8
    return ImageOps.expand(image, (0, bar, 0, bar), "black")


def screenshot(image):
    """Among the parts of a window."""
    page = Image.new("RGB", (round(image.width * 1.12), round(image.height * 1.2)), (242, 242, 245))
    ImageDraw.Draw(page).rectangle((0, 0, page.width, page.height // 14), fill=(60, 62, 70))
    page.paste(image, (round(image.width * 0.06), round(image.height * 0.13)))
    return page


def turned(image, path):
    exif = image.getexif()
    exif[0x0112] = 6
    image.transpose(Image.ROTATE_90).save(path, quality=95, exif=exif)


KINDS = {
    "png": lambda image: image,
    "jpeg30": lambda image: image,
    "half": lambda image: scaled(image, 0.5),
    "quarter": lambda image: scaled(image, 0.25),
    "mirrored": ImageOps.mirror,
    "turned": None,
    "crop10": lambda image: cropped(image, 0.10),
    "crop20": lambda image: cropped(image, 0.20),
    "bright": lambda image: ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(1.25)).enhance(1.15),
    "grey": lambda image: image.convert("L").convert("RGB"),
    "border": lambda image: ImageOps.expand(image, round(0.06 * min(image.size)), "white"),
    "letterbox": letterboxed,
    "text": lettered,
    "screenshot": screenshot,
}


def make(photo, folder):
    image = ImageOps.exif_transpose(Image.open(photo)).convert("RGB")
    image.save(folder / f"{photo.stem}.original.jpg", quality=95)
    for kind, change in KINDS.items():
        path = folder / f"{photo.stem}.{kind}.{'png' if kind == 'png' else 'jpg'}"
        if kind == "turned":
            turned(image, path)
        else:
            change(image).save(path, quality=30 if kind == "jpeg30" else 90)


def groups(*arguments):
    """The names of the photos of each group, the kept one first."""
    output = run("duplicates", "--format", "jsonl", *arguments)
    return [[Path(photo["path"]).name for photo in [line["kept"], *line["copies"]]] for line in map(json.loads, output.splitlines())]


def run(*arguments):
    program = os.environ.get("XCEPTION", "xception")
    return subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def nearness(phash, original, copy):
    """The distance of two files' hashes, or of those of mirror images."""
    original, copy = (ImageOps.exif_transpose(Image.open(path)) for path in (original, copy))
    return min(phash(original) - phash(copy), phash(ImageOps.mirror(original)) - phash(copy))


def main(photos, folder, count=60):
    folder = Path(folder)
    copies = folder / "copies"
    copies.mkdir(parents=True, exist_ok=True)
    names = sorted(path for path in Path(photos).iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))[:int(count)]
    for photo in names:
        make(photo, copies)
    collection = folder / "copies.xdb"
    run("index", collection, copies)
    stems = [photo.stem for photo in names]
    originals = [copies / f"{stem}.original.jpg" for stem in stems]
    try:
        from imagehash import phash
    except ImportError:
        phash = None
    total = hashed = 0
    for kind in KINDS:
        files = [copies / f"{stem}.{kind}.{'png' if kind == 'png' else 'jpg'}" for stem in stems]
        found = groups("--collection", collection, *originals, *files)
        together = {frozenset(name.split(".")[0] for name in group) for group in found if len(group) == 2}
        hits = sum(frozenset([stem]) in together for stem in stems)
        total += hits
        near = sum(nearness(phash, *pair) <= 8 for pair in zip(originals, files)) if phash else 0
        hashed += near
        print(f"{kind:10} {hits:3} of {len(stems)}" + (f"   pHash {near:3}" if phash else ""))
    pairs = len(KINDS) * len(stems)
    print(f"all        {total} of {pairs}, {100 * total / pairs:.1f}%" + (f"   pHash {100 * hashed / pairs:.1f}%" if phash else ""))
    found = groups("--collection", collection)
    mixed = [group for group in found if len({name.split(".")[0] for name in group}) > 1]
    removable = sum(len(group) - 1 for group in found)
    print(f"all at once: {removable} of {pairs} could go; groups of different photos: {len(mixed)}", *mixed[:10])


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
