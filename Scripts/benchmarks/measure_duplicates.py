#!/usr/bin/env python3
"""measure_duplicates.py PHOTOS FOLDER [COUNT]: how many of 14 kinds of copies `xception duplicates` finds.

Makes copies of COUNT photos (60) of the folder PHOTOS below FOLDER, runs the program over originals and copies, and prints what
was found of each kind, pairs of different photos that were grouped, and what imagehash's pHash finds at a distance of 8. Needs
Pillow and, for the comparison, imagehash. The program is XCEPTION, or `xception`.
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


def main(photos, folder, count=60):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted(path for path in Path(photos).iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))[:int(count)]
    for photo in names:
        make(photo, folder)
    output = subprocess.run([os.environ.get("XCEPTION", "xception"), "duplicates", "--format", "jsonl", folder], check=True,
                            capture_output=True, text=True).stdout
    # A copy counts as found if it is in one group with its original.
    group = {}
    false = []
    for number, line in enumerate(output.splitlines()):
        line = json.loads(line)
        members = [Path(photo["path"]).name for photo in [line["kept"], *line["copies"]]]
        group.update((name, number) for name in members)
        false += [(members[0], name) for name in members[1:] if name.split(".")[0] != members[0].split(".")[0]]

    def found(stem, kind):
        name = f"{stem}.{kind}.{'png' if kind == 'png' else 'jpg'}"
        return name in group and group[name] == group.get(f"{stem}.original.jpg")

    stems = [photo.stem for photo in names]
    try:
        from imagehash import phash
    except ImportError:
        phash = None
    total = hashed = 0
    for kind in KINDS:
        hits = sum(found(stem, kind) for stem in stems)
        total += hits
        near = ""
        if phash:
            def near_in_hash(stem):
                name = folder / f"{stem}.{kind}.{'png' if kind == 'png' else 'jpg'}"
                original, copy = (ImageOps.exif_transpose(Image.open(path)) for path in (folder / f"{stem}.original.jpg", name))
                return min(phash(original) - phash(copy), phash(ImageOps.mirror(original)) - phash(copy)) <= 8
            count_near = sum(near_in_hash(stem) for stem in stems)
            hashed += count_near
            near = f"   pHash {count_near:3}"
        print(f"{kind:10} {hits:3} of {len(stems)}{near}")
    copies = len(KINDS) * len(stems)
    print(f"all        {total} of {copies}, {100 * total / copies:.1f}%" + (f"   pHash {100 * hashed / copies:.1f}%" if phash else ""))
    print(f"different photos in one group: {len(false)}", *false[:10])


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
