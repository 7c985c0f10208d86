"""Makes small PNG and JPEG files of every kind, whole and damaged, for compare_decoding.py.

    python Scripts/checks/make_image_corpus.py FOLDER [--damage N]

PNG: every colour type, depth, interlacing and transparency, and each with every ancillary chunk. JPEG: every
subsampling, sequential and progressive, Huffman and arithmetic, restart markers, gray, RGB, CMYK, YCCK, 12 bits,
lossless, odd APP segments. Orientation in every place, with wrong offsets and types. Each is also cut off at every
64th byte and written with single bits flipped (N for each file, 40 by default). Deterministic. Needs Pillow, NumPy
and libturbojpeg.
"""

import argparse
import itertools
import pathlib
import random
import struct
import sys
import zlib

import numpy as np
from PIL import Image

sys.path.append(str(pathlib.Path(__file__).parent.parent / "goldens"))
from make_fixtures import PHOTOS, chunk, exif, exif_of, jpeg, pictures, png, raw_profile, turbo_jpeg, with_app1, xmp

DEPTHS = {"gray": (1, 2, 4, 8, 16), "rgb": (8, 16), "palette": (1, 2, 4, 8), "gray-alpha": (8, 16), "rgba": (8, 16)}
CHANNELS = {"gray": 1, "rgb": 3, "palette": 1, "gray-alpha": 2, "rgba": 4}


def ancillary(depth):
    yield "none", b""
    yield "gAMA", chunk(b"gAMA", struct.pack(">I", 45_455))
    yield "cHRM", chunk(b"cHRM", struct.pack(">8I", *[31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000]))
    yield "sRGB", chunk(b"sRGB", b"\1")
    yield "pHYs", chunk(b"pHYs", struct.pack(">IIB", 2835, 1000, 1))
    yield "tIME", chunk(b"tIME", bytes([7, 230, 1, 1, 0, 0, 0]))
    yield "tEXt", chunk(b"tEXt", b"Comment\0text")
    yield "zTXt", chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"text" * 100))
    yield "iTXt", chunk(b"iTXt", b"Comment\0\0\0\0\0text")
    yield "iCCP", chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(128)))
    yield "eXIf", chunk(b"eXIf", exif(6))
    yield "eXIf-wrong", chunk(b"eXIf", exif(6, directory=0xFFFFFFF0))
    yield "private", chunk(b"prVt", bytes(range(100)))


def pngs(random_numbers):
    for (color, depths), interlaced in itertools.product(DEPTHS.items(), (False, True)):
        for depth in depths:
            channels = CHANNELS[color]
            samples = random_numbers.randint(0, 1 << depth, (19, 23, channels)).astype(np.uint16)
            samples[:6] = samples[0, 0]
            transparencies = {"": b""}
            palette = b""
            if color == "palette":
                palette = chunk(b"PLTE", random_numbers.randint(0, 256, 3 << depth).astype(np.uint8).tobytes())
                transparencies["-trns"] = chunk(b"tRNS", random_numbers.randint(0, 256, 1 << depth).astype(np.uint8).tobytes())
                transparencies["-trns-short"] = chunk(b"tRNS", b"\0")
            elif color in ("gray", "rgb"):
                transparencies["-trns"] = chunk(b"tRNS", struct.pack(f">{channels}H", *map(int, samples[0, 0])))
            for (name, transparency), (chunk_name, extra) in itertools.product(transparencies.items(), ancillary(depth)):
                # Colour spaces stand before the palette, the others anywhere; here all of them do.
                yield (f"{color}{depth}{'-interlaced' if interlaced else ''}{name}-{chunk_name}.png",
                       png(samples, color, depth, extra + palette + transparency, interlaced=interlaced))
    samples = random_numbers.randint(0, 256, (19, 23, 3)).astype(np.uint16)
    for width, height in [(1, 1), (1, 19), (23, 1), (2, 2), (3, 5), (5, 3), (8, 8), (9, 9)]:
        for interlaced in (False, True):
            yield f"size-{width}x{height}{'-interlaced' if interlaced else ''}.png", png(samples[:height, :width], "rgb", 8, interlaced=interlaced)


def jpegs(photo):
    names = {0: "444", 1: "422", 2: "420", 4: "440", 5: "411"}
    coders = {"": {}, "-arithmetic": {"TJ_ARITHMETIC": "1"}, "-progressive": {"TJ_PROGRESSIVE": "1"},
              "-arithmetic-progressive": {"TJ_ARITHMETIC": "1", "TJ_PROGRESSIVE": "1"},
              "-optimized": {"TJ_OPTIMIZE": "1"}, "-restart": {"TJ_RESTART": "2B"}, "-restart-rows": {"TJ_RESTART": "1"}}
    for (subsampling, name), (coder, environment) in itertools.product(names.items(), coders.items()):
        yield f"{name}{coder}.jpg", turbo_jpeg(photo, subsampling, **environment)
    for width, height in [(1, 1), (7, 9), (8, 8), (16, 16), (17, 15), (33, 3)]:
        yield f"size-{width}x{height}.jpg", jpeg(photo.crop((0, 0, width, height)))
    baseline = jpeg(photo)
    frame = baseline.index(b"\xff\xc0")
    yield "12-bit.jpg", baseline[:frame + 4] + b"\x0c" + baseline[frame + 5:]
    for marker in (0xC1, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCB, 0xCD):
        yield f"sof-{marker:02x}.jpg", baseline[:frame + 1] + bytes([marker]) + baseline[frame + 2:]
    yield "two-components.jpg", baseline[:frame + 9] + b"\2" + baseline[frame + 10:]
    # Segments that others write.
    for name, payload in {
        "app0-jfxx": b"\xff\xe0\0\x08JFXX\0\0", "app1-empty": b"\xff\xe1\0\2", "app2-icc": b"\xff\xe2\0\x12ICC_PROFILE\0\1\1xx",
        "app12-ducky": b"\xff\xec\0\7Ducky", "app13-photoshop": b"\xff\xed\0\x16Photoshop 3.0\x008BIM\0\0",
        "app14-short": b"\xff\xee\0\7Adobe", "com": b"\xff\xfe\0\5abc", "fill-bytes": b"\xff\xff\xff\xfe\0\5abc",
        "zeros": b"\0\0\0", "mpf": b"\xff\xe2\0\x0eMPF\0II*\0\x08\0\0\0",
    }.items():
        yield f"segment-{name}.jpg", baseline[:2] + payload + baseline[2:]
    for transform in range(4):
        adobe = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0" + bytes([transform])
        yield f"adobe-transform-{transform}.jpg", baseline[:2] + adobe + baseline[20:]
    yield "no-jfif.jpg", baseline[:2] + baseline[20:]


def orientations(photo):
    plain = jpeg(photo.crop((0, 0, 23, 17)))
    namespace = b"http://ns.adobe.com/xap/1.0/\0"
    for order, value, kind in itertools.product("<>", range(10), (3, 4)):
        name = {"<": "ii", ">": "mm"}[order]
        yield f"exif-{name}-{value}-{kind}.jpg", with_app1(plain, b"Exif\0\0" + exif(value, order, kind))
    for order in "<>":
        name = {"<": "ii", ">": "mm"}[order]
        six = struct.pack(order + "HH", 6, 0)
        for kind, count in itertools.product(range(0, 20), (0, 1, 2, 3, 1000, 0xFFFFFFFF)):
            for data in (six, struct.pack(order + "I", 8)):
                entries = exif_of((0x0112, kind, count, data), order=order)
                yield f"exif-{name}-type-{kind}-count-{count}-{data.hex()}.jpg", with_app1(plain, b"Exif\0\0" + entries)
        for directory in (0, 1, 2, 6, 7, 9, 20, 25, 26, 1000, 0x7FFFFFFF, 0xFFFFFFFF):
            yield f"exif-{name}-directory-{directory}.jpg", with_app1(plain, b"Exif\0\0" + exif(6, order, directory=directory))
        for before in [(0x010F, 2, 8, struct.pack(order + "I", at)) for at in (0, 8, 30, 38, 39, 1000, 0xFFFFFFFF)]:
            entries = exif_of(before, (0x0112, 3, 1, six), order=order)
            yield f"exif-{name}-after-{before[3].hex()}.jpg", with_app1(plain, b"Exif\0\0" + entries)
        for length in range(0, 27):
            yield f"exif-{name}-cut-{length}.jpg", with_app1(plain, b"Exif\0\0" + exif(6, order)[:length])
    for number, text in enumerate([b'="6"', b">6<", b'="x"', b'=\'6\'', b'="66"', b'="', b"", b'= "6"', b'="0" tiff:Orientation="6"']):
        yield f"xmp-{number}.jpg", with_app1(plain, namespace + xmp(b"tiff:Orientation" + text))
        samples = np.asarray(photo.crop((0, 0, 23, 17))).astype(np.uint16)
        yield f"xmp-{number}.png", png(samples, "rgb", 8, chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(b"tiff:Orientation" + text)))
    for name, text in {"plain": raw_profile(exif(6)), "odd": raw_profile(exif(6))[:-2], "short": b"\nexif\n", "lines": b"\n\n\n\n\n" + exif(6).hex().encode(),
                       "spaces": raw_profile(exif(6)).replace(b"4949", b" 49 49 ")}.items():
        yield f"profile-{name}.png", png(samples, "rgb", 8, chunk(b"tEXt", b"Raw profile type exif\0" + text))


def damaged(name, data, count, randomness):
    stem, kind = name.rsplit(".", 1)
    for length in range(64, len(data), 64):
        yield f"{stem}-cut-{length:05}.{kind}", data[:length]
    for _ in range(count):
        position, bit = randomness.randrange(len(data)), randomness.randrange(8)
        yield f"{stem}-bit-{position:05}-{bit}.{kind}", data[:position] + bytes([data[position] ^ 1 << bit]) + data[position + 1:]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--damage", type=int, default=40, help="bits flipped, in as many copies of each file (default: 40)")
    arguments = parser.parse_args()
    photo = Image.open(PHOTOS / "chelsea.png").convert("RGB").crop((110, 70, 330, 230)).resize((67, 45), Image.LANCZOS)
    whole = {**pictures(), **dict(pngs(np.random.RandomState(2017))), **dict(jpegs(photo)), **dict(orientations(photo))}
    randomness = random.Random(2017)
    for kind, files in (("whole", whole.items()), ("damaged", (
            file for name, data in whole.items() if not name.startswith(("exif-ii-type", "exif-mm-type", "exif-ii-cut", "exif-mm-cut"))
            for file in damaged(name, data, arguments.damage, randomness)))):
        (arguments.folder / kind).mkdir(parents=True, exist_ok=True)
        number = 0
        for name, data in files:
            (arguments.folder / kind / name).write_bytes(data)
            number += 1
        print(f"{number} files in {arguments.folder / kind}")
