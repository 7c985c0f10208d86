"""Makes Tests/Fixtures/decode and the goldens of decoding, resizing and preprocessing.

    python Scripts/goldens/make_fixtures.py

Needs Pillow, pillow-heif, NumPy and libturbojpeg (two chroma subsamplings and arithmetic coding, which Pillow cannot write). The
pictures are small crops of Tests/Fixtures/photos/chelsea.png, and files that are broken on
purpose. The goldens in Tests/Goldens hold SHA-256 of what Pillow makes of each: its version is
in them. Deterministic for given versions of Pillow and libjpeg-turbo.
"""

import base64
import ctypes
import hashlib
import io
import json
import os
import re
import struct
import sys
import zlib

import numpy as np
import PIL
import pillow_heif
from PIL import Image, ImageOps

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import heif_container
from project import GOLDENS, PHOTOS, ROOT

DECODE = ROOT / "Tests" / "Fixtures" / "decode"


# PNG, written by hand: Pillow writes neither interlaced files nor every depth.

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed_rows(samples, depth):
    """[height, width, channels] to filtered (none) PNG rows of `depth` bits per sample."""
    rows = []
    for row in samples:
        flat = row.reshape(-1)
        if depth == 16:
            data = flat.astype(">u2").tobytes()
        elif depth == 8:
            data = flat.astype(np.uint8).tobytes()
        else:
            bits = (flat[:, None] >> np.arange(depth - 1, -1, -1)) & 1
            data = np.packbits(bits.reshape(-1).astype(np.uint8)).tobytes()
        rows.append(b"\0" + data)
    return b"".join(rows)


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
COLOR_TYPES = {"gray": 0, "rgb": 2, "palette": 3, "gray-alpha": 4, "rgba": 6}


def png(samples, color, depth, before=b"", after=b"", interlaced=False):
    height, width = samples.shape[:2]
    samples = samples.reshape(height, width, -1)
    header = struct.pack(">IIBBBBB", width, height, depth, COLOR_TYPES[color], 0, 0, int(interlaced))
    if interlaced:
        passes = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        data = b"".join(packed_rows(part, depth) for part in passes if part.size)
    else:
        data = packed_rows(samples, depth)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before
            + chunk(b"IDAT", zlib.compress(data, 9)) + after + chunk(b"IEND", b""))


def with_wrong_crc(data, kind):
    start = data.index(kind)
    end = start + 4 + struct.unpack(">I", data[start - 4:start])[0]
    return data[:end] + bytes([data[end] ^ 1]) + data[end + 1:]


# JPEG, through Pillow, and TurboJPEG for what Pillow cannot write.

def jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **{"quality": 85, **options})
    return out.getvalue()


def turbo_jpeg(image, subsampling, **environment):
    """`environment` is TurboJPEG's: TJ_ARITHMETIC, TJ_PROGRESSIVE, TJ_RESTART."""
    os.environ.update(environment)
    library = ctypes.CDLL("libturbojpeg.so.0")
    library.tjInitCompress.restype = ctypes.c_void_p
    pixels, size, out = image.tobytes(), ctypes.c_ulong(0), ctypes.POINTER(ctypes.c_ubyte)()
    status = library.tjCompress2(
        ctypes.c_void_p(library.tjInitCompress()), pixels, image.width, 0, image.height, 0,
        ctypes.byref(out), ctypes.byref(size), subsampling, 85, 0)
    for name in environment:
        del os.environ[name]
    assert status == 0
    return ctypes.string_at(out, size.value)


def exif(orientation, order="<", kind=3, directory=8):
    mark = b"II" if order == "<" else b"MM"
    value = struct.pack(order + "HH" if kind == 3 else order + "I", *([orientation, 0] if kind == 3 else [orientation]))
    return (mark + struct.pack(order + "HIHHHI", 42, directory, 1, 0x0112, kind, 1) + value
            + struct.pack(order + "I", 0))


def xmp(attribute):
    return (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            b'<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" ' + attribute
            + b'/></rdf:RDF></x:xmpmeta>')


def raw_profile(payload):
    """The text in which ImageMagick keeps EXIF in a PNG."""
    digits = payload.hex().encode()
    lines = b"\n".join(digits[i:i + 72] for i in range(0, len(digits), 72))
    return b"\nexif\n%8d\n" % len(payload) + lines + b"\n"


def exif_of(*entries, order="<", after=b""):
    """Entries are (tag, type, count, four bytes). What comes after one of them begins at 26."""
    mark = b"II" if order == "<" else b"MM"
    return (mark + struct.pack(order + "HIH", 42, 8, len(entries))
            + b"".join(struct.pack(order + "HHI", *entry[:3]) + entry[3] for entry in entries) + bytes(4) + after)


def scans(count):
    """A gray progressive JPEG of 64 x 64 whose last AC scan is repeated."""
    def segment(marker, data):
        return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data
    tables = segment(0xDB, b"\0" + bytes([16] * 64))
    tables += segment(0xC4, b"\0" + bytes([1] + [0] * 15) + b"\0")
    # One code for "the next 64 blocks are done": EOB6 and six zero bits.
    tables += segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\x60")
    frame = segment(0xC2, struct.pack(">BHHB3B", 8, 64, 64, 1, 1, 0x11, 0))
    dc = segment(0xDA, bytes([1, 1, 0x00, 0, 0, 0])) + bytes(8)
    first, refinement = (segment(0xDA, bytes([1, 1, 0x00, 1, 63, bits])) + b"\x01" for bits in (0x01, 0x10))
    return b"\xff\xd8" + tables + frame + dc + first + refinement * (count - 2) + b"\xff\xd9"


def with_app1(data, payload):
    segment = b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload
    return data[:2] + segment + data[2:]


def with_adobe_transform(data, transform):
    position = data.index(b"Adobe")
    return data[:position + 11] + bytes([transform]) + data[position + 12:]


def pictures():
    """File name to bytes: all of them can be decoded."""
    photo = Image.open(PHOTOS / "chelsea.png").convert("RGB").crop((110, 70, 330, 230))
    small = photo.resize((67, 45), Image.LANCZOS)
    rgb = np.asarray(small).astype(np.uint16)
    gray = np.asarray(small.convert("L")).astype(np.uint16)[..., None]
    random = np.random.RandomState(2017)
    alpha = (np.add.outer(np.arange(45) * 5, np.arange(67) * 3) % 256).astype(np.uint16)[..., None]
    alpha[:5], alpha[5:10] = 0, 255
    low_bits = random.randint(0, 256, rgb.shape).astype(np.uint16)
    files = {}

    for depth in (1, 2, 4, 8):
        files[f"gray{depth}.png"] = png(gray >> (8 - depth), "gray", depth)
        files[f"gray{depth}-interlaced.png"] = png(gray >> (8 - depth), "gray", depth, interlaced=True)
        indices = gray >> (8 - depth)
        palette = chunk(b"PLTE", random.randint(0, 256, 3 << depth).astype(np.uint8).tobytes())
        files[f"palette{depth}.png"] = png(indices, "palette", depth, palette)
        alphas = chunk(b"tRNS", random.randint(0, 256, max(1, (1 << depth) // 2)).astype(np.uint8).tobytes())
        files[f"palette{depth}-trns.png"] = png(indices, "palette", depth, palette + alphas)
        key = chunk(b"tRNS", struct.pack(">H", int(indices[20, 30, 0])))
        files[f"gray{depth}-trns.png"] = png(indices, "gray", depth, key)
    files["palette-short.png"] = png(gray >> 4, "palette", 4, chunk(b"PLTE", bytes(range(15))))
    files["gray16.png"] = png(gray * 4 + (low_bits[..., :1] & 3), "gray", 16)
    files["gray16-trns.png"] = png(gray, "gray", 16, chunk(b"tRNS", struct.pack(">H", 256 + int(gray[20, 30, 0]))))
    files["gray-alpha8.png"] = png(np.dstack([gray, alpha]), "gray-alpha", 8)
    files["gray-alpha16.png"] = png(np.dstack([gray, alpha]) * 256 + low_bits[..., :2], "gray-alpha", 16)
    files["rgb8.png"] = png(rgb, "rgb", 8)
    files["rgb8-interlaced.png"] = png(rgb, "rgb", 8, interlaced=True)
    files["rgb8-trns.png"] = png(rgb & 0xE0, "rgb", 8, chunk(b"tRNS", struct.pack(">3H", *(int(v) & 0xE0 for v in rgb[20, 30]))))
    files["rgb16.png"] = png(rgb * 256 + low_bits, "rgb", 16)
    files["rgb16-trns.png"] = png(rgb * 257, "rgb", 16, chunk(b"tRNS", struct.pack(">3H", *(int(v) * 257 for v in rgb[20, 30]))))
    files["rgba8.png"] = png(np.dstack([rgb, alpha]), "rgba", 8)
    files["rgba8-interlaced.png"] = png(np.dstack([rgb, alpha]), "rgba", 8, interlaced=True)
    files["rgba16.png"] = png(np.dstack([rgb, alpha]) * 256 + np.dstack([low_bits, low_bits[..., :1]]), "rgba", 16)
    files["rgba8-every-alpha.png"] = png(
        np.dstack([np.broadcast_to(np.arange(256)[None, :, None], (256, 256, 3)), np.arange(256)[:, None].repeat(256, 1)]).astype(np.uint16), "rgba", 8)
    # The window in the header of zlib's stream is smaller than its distances.
    stream = zlib.compress(packed_rows(rgb, 8), 9)
    header = struct.pack(">IIBBBBB", 67, 45, 8, 2, 0, 0, 0)
    files["window-256.png"] = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"\x08\x1d" + stream[2:]) + chunk(b"IEND", b""))
    # Every pixel is there and checked; what follows does not matter.
    files["no-end.png"] = files["rgb8.png"][:-12]
    files["end-wrong-crc.png"] = with_wrong_crc(files["rgb8.png"], b"IEND")
    files["text-after-pixels-wrong-crc.png"] = with_wrong_crc(
        png(rgb, "rgb", 8, after=chunk(b"tEXt", b"Comment\0hello")), b"tEXt")
    palette = chunk(b"PLTE", bytes(range(16 * 3)))
    alphas = bytes(range(0, 256, 8))
    files["trns-longer-than-palette.png"] = png(gray >> 4, "palette", 4, palette + chunk(b"tRNS", alphas))
    files["trns-before-palette.png"] = png(gray >> 4, "palette", 4, chunk(b"tRNS", alphas[:9]) + palette)
    files["trns-twice.png"] = png(gray >> 4, "palette", 4, palette + chunk(b"tRNS", alphas[:4]) + chunk(b"tRNS", alphas[:9]))
    files["gray8-trns-long.png"] = png(gray, "gray", 8, chunk(b"tRNS", struct.pack(">HB", int(gray[20, 30, 0]), 7)))
    files["side-70000.png"] = png(np.zeros((1, 70_000), np.uint8), "gray", 1)
    files["one-pixel.png"] = png(rgb[:1, :1], "rgb", 8)
    files["one-column-interlaced.png"] = png(rgb[:, :1], "rgb", 8, interlaced=True)

    gamma = {"linear": 100_000, "mac": 55_556, "odd": 20_000}
    for name, value in gamma.items():
        files[f"gamma-{name}.png"] = png(rgb, "rgb", 8, chunk(b"gAMA", struct.pack(">I", value)))
    files["gamma-rgba16.png"] = png(np.dstack([rgb, alpha]) * 257, "rgba", 16, chunk(b"gAMA", struct.pack(">I", 100_000)))
    files["srgb.png"] = png(rgb, "rgb", 8, chunk(b"sRGB", b"\0"))
    files["background.png"] = png(np.dstack([rgb, alpha]), "rgba", 8, chunk(b"bKGD", struct.pack(">3H", 255, 0, 0)))
    files["text-chunks.png"] = png(rgb, "rgb", 8, chunk(b"tEXt", b"Comment\0hello") + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 1000)))
    upright = small.crop((0, 0, 23, 17))
    for orientation in range(1, 9):
        name = f"orientation-{orientation}"
        order = "<>"[orientation % 2]
        files[f"{name}.png"] = png(np.asarray(upright).astype(np.uint16), "rgb", 8, chunk(b"eXIf", exif(orientation, order)))
        files[f"{name}.jpg"] = jpeg(upright, exif=b"Exif\0\0" + exif(orientation, order))
    files["orientation-after-pixels.png"] = png(np.asarray(upright).astype(np.uint16), "rgb", 8, after=chunk(b"eXIf", exif(6)))
    files["orientation-long.jpg"] = jpeg(upright, exif=b"Exif\0\0" + exif(6, kind=4))

    garbage = {
        "value-9": exif(9), "directory-outside": exif(6, directory=0xFFFFFFF0), "directory-in-header": exif(6, directory=2),
        "cut-off": exif(6)[:15], "empty": b"", "wrong-order": b"XX" + exif(6)[2:],
        "many-entries": b"II*\0\x08\0\0\0\xff\xff" + b"\0" * 24,
    }
    for name, payload in garbage.items():
        files[f"exif-{name}.jpg"] = with_app1(jpeg(upright), b"Exif\0\0" + payload)

    # Orientation as Pillow finds it elsewhere: XMP, or EXIF in other chunks.
    namespace = b"http://ns.adobe.com/xap/1.0/\0"
    jpg = jpeg(upright)
    files["xmp-attribute.jpg"] = with_app1(jpg, namespace + xmp(b'tiff:Orientation="6"'))
    files["xmp-element.jpg"] = with_app1(
        jpg, namespace + b"<rdf:Description><tiff:Orientation>8</tiff:Orientation></rdf:Description>")
    files["xmp-after-exif.jpg"] = with_app1(with_app1(jpg, namespace + xmp(b'tiff:Orientation="6"')), b"Exif\0\0" + exif(3))
    files["xmp-beside-exif-without-orientation.jpg"] = with_app1(
        with_app1(jpg, namespace + xmp(b'tiff:Orientation="5"')), b"Exif\0\0" + exif_of((0x0100, 3, 1, bytes(4))))
    files["xmp-beside-exif-value-0.jpg"] = with_app1(
        with_app1(jpg, namespace + xmp(b'tiff:Orientation="5"')), b"Exif\0\0" + exif(0))
    files["xmp-beside-exif-without-values.jpg"] = with_app1(
        with_app1(jpg, namespace + xmp(b'tiff:Orientation="5"')), b"Exif\0\0" + exif_of((0x0112, 3, 0, b"\6\0\0\0")))
    files["xmp-last-of-two.jpg"] = with_app1(
        with_app1(jpg, namespace + xmp(b'tiff:Orientation="7"')), namespace + xmp(b'tiff:Orientation="6"'))
    files["xmp-no-number.jpg"] = with_app1(jpg, namespace + xmp(b'tiff:Orientation="x" tiff:Orientation=\'6\''))
    files["xmp-value-9.jpg"] = with_app1(jpg, namespace + xmp(b'tiff:Orientation="9"'))
    files["exif-twice-named.jpg"] = with_app1(jpg, b"Exif\0\0Exif\0\0" + exif(6))
    files["exif-split.jpg"] = with_app1(with_app1(jpg, b"Exif\0\0" + exif(6)[13:]), b"Exif\0\0" + exif(6)[:13])
    files["exif-other-42.jpg"] = with_app1(jpg, b"Exif\0\0II\0*" + exif(6)[4:])
    values = {
        "first-of-two-tags": [(0x0112, 3, 1, b"\6\0\0\0"), (0x0112, 3, 1, b"\3\0\0\0")],
        "unknown-type-then-short": [(0x0112, 99, 1, b"\3\0\0\0"), (0x0112, 3, 1, b"\6\0\0\0")],
        "byte": [(0x0112, 1, 1, b"\6\0\0\0")],
        "signed": [(0x0112, 8, 1, b"\6\0\0\0")],
        "two-values": [(0x0112, 3, 2, b"\6\0\3\0")],
        "three-values-elsewhere": [(0x0112, 3, 3, b"\x0c\0\0\0")],
        "value-outside": [(0x0112, 3, 3, b"\xf0\0\0\0")],
        "tag-outside-before": [(0x010F, 2, 20, b"\xf0\0\0\0"), (0x0112, 3, 1, b"\6\0\0\0")],
        "huge-tag-before": [(0x010F, 2, 0xFFFFFFFF, b"\x08\0\0\0"), (0x0112, 3, 1, b"\6\0\0\0")],
    }
    for name, entries in values.items():
        files[f"exif-{name}.jpg"] = with_app1(jpg, b"Exif\0\0" + exif_of(*entries))
    numbers = {
        "rational": (5, struct.pack(">II", 12, 2)), "rational-no-integer": (5, struct.pack(">II", 13, 2)),
        "signed-rational": (10, struct.pack(">ii", -6, -1)), "rational-over-0": (5, struct.pack(">II", 6, 0)),
        "double": (12, struct.pack(">d", 6)), "eight-bytes": (16, struct.pack(">Q", 6)),
    }
    for name, (kind, value) in numbers.items():
        entry = (0x0112, kind, 1, struct.pack(">I", 26))
        files[f"exif-{name}.jpg"] = with_app1(jpg, b"Exif\0\0" + exif_of(entry, order=">", after=value))
    float_six = (0x0112, 11, 1, struct.pack("<f", 6))
    files["exif-float.jpg"] = with_app1(jpg, b"Exif\0\0" + exif_of(float_six))
    samples = np.asarray(upright).astype(np.uint16)
    keyword = b"XML:com.adobe.xmp\0"
    profile = b"Raw profile type exif\0"
    chunks = {
        "xmp": chunk(b"iTXt", keyword + b"\0\0\0\0" + xmp(b'tiff:Orientation="6"')),
        "xmp-compressed": chunk(b"iTXt", keyword + b"\1\0\0\0" + zlib.compress(xmp(b'tiff:Orientation="8"'))),
        "xmp-text": chunk(b"tEXt", keyword + xmp(b'tiff:Orientation="3"')),
        "raw-profile": chunk(b"tEXt", profile + raw_profile(b"Exif\0\0" + exif(6))),
        "raw-profile-compressed": chunk(b"zTXt", profile + b"\0" + zlib.compress(raw_profile(b"Exif\0\0" + exif(8, ">")))),
        "raw-profile-beside-exif": chunk(b"eXIf", exif(3)) + chunk(b"tEXt", profile + raw_profile(exif(6))),
        "exif-text": chunk(b"tEXt", b"exif\0" + exif(5)),
        "exif-named": chunk(b"eXIf", b"Exif\0\0" + exif(6)),
    }
    for name, data in chunks.items():
        files[f"orientation-{name}.png"] = png(samples, "rgb", 8, data)
    files["orientation-xmp-after-pixels.png"] = png(samples, "rgb", 8, after=chunks["xmp"])
    files["many-scans.jpg"] = scans(40)

    names = {0: "444", 1: "422", 2: "420"}
    for subsampling, name in names.items():
        files[f"baseline-{name}.jpg"] = jpeg(small, subsampling=subsampling)
        files[f"progressive-{name}.jpg"] = jpeg(small, subsampling=subsampling, progressive=True)
    files["subsampling-440.jpg"] = turbo_jpeg(small, 4)
    files["subsampling-411.jpg"] = turbo_jpeg(small, 5)
    files["arithmetic.jpg"] = turbo_jpeg(small, 2, TJ_ARITHMETIC="1")
    files["arithmetic-progressive.jpg"] = turbo_jpeg(small, 1, TJ_ARITHMETIC="1", TJ_PROGRESSIVE="1")
    files["gray.jpg"] = jpeg(small.convert("L"))
    files["gray-progressive.jpg"] = jpeg(small.convert("L"), progressive=True)
    files["optimized.jpg"] = jpeg(small, optimize=True)
    files["restart-markers.jpg"] = jpeg(small, restart_marker_blocks=3)
    files["rgb-not-ycc.jpg"] = jpeg(small, keep_rgb=True, subsampling=0)
    files["one-pixel.jpg"] = jpeg(small.crop((0, 0, 1, 1)))
    cmyk = small.convert("CMYK")
    inks = np.asarray(cmyk).copy()
    inks[..., 3] = alpha[..., 0] // 2
    cmyk = Image.fromarray(inks, "CMYK")
    files["cmyk.jpg"] = jpeg(cmyk)
    files["cmyk-progressive.jpg"] = jpeg(cmyk, progressive=True)
    files["ycck.jpg"] = with_adobe_transform(jpeg(cmyk), 2)
    baseline = files["baseline-420.jpg"]
    files["extraneous-bytes.jpg"] = baseline[:-2] + b"\x12\x34\x56" + baseline[-2:]
    files["trailing-bytes.jpg"] = baseline + b"trailing garbage"
    files["no-end-zeros.jpg"] = baseline[:-2] + bytes(40)
    files["no-end-text.jpg"] = baseline[:-2] + b"Written by a camera that forgets the end marker"
    files["segment-length-0.jpg"] = baseline[:20] + b"\xff\xe5\0\0" + baseline[20:]
    files["segment-length-1.jpg"] = baseline[:20] + b"\xff\xfe\0\1" + baseline[20:]
    files["motion-photo.jpg"] = baseline + struct.pack(">I", 24) + b"ftypmp42" + bytes(120)
    out = io.BytesIO()
    small.save(out, "MPO", save_all=True, append_images=[small.rotate(180)])
    files["two-pictures.mpo"] = out.getvalue()
    files["looks-like-text.txt"] = baseline
    return files | webp_pictures(small, alpha)


JPEG_LS = (b"\xff\xd8\xff\xf7" + struct.pack(">HBHHB3B", 11, 8, 4, 4, 1, 1, 0x11, 0)
           + b"\xff\xda" + struct.pack(">HBBBBBB", 8, 1, 1, 0, 0, 0, 0) + bytes(4) + b"\xff\xd9")


def first_scan(progressive):
    """A progressive JPEG that ends, properly, after the first of its scans."""
    data = progressive.index(b"\xff\xda") + 2
    end = next(match.start() for match in re.finditer(b"\xff[^\0\xd0-\xd7]", progressive) if match.start() > data)
    return progressive[:end] + b"\xff\xd9"


def webp_pictures(small, alpha):
    """File name to bytes."""
    def webp(image, **options):
        out = io.BytesIO()
        image.save(out, "WEBP", **options)
        return out.getvalue()
    transparent = small.convert("RGBA")
    transparent.putalpha(Image.fromarray(alpha[..., 0].astype(np.uint8)))
    files = {
        "lossy.webp": webp(small, quality=80),
        "lossless.webp": webp(small, lossless=True),
        "alpha-lossy.webp": webp(transparent, quality=80),
        "alpha-lossless.webp": webp(transparent, lossless=True),
        "animation.webp": webp(small, save_all=True, append_images=[small.rotate(180)], duration=100),
        "animation-alpha.webp": webp(
            transparent, save_all=True, append_images=[transparent.rotate(180)], duration=100, lossless=True),
    }
    for orientation in (3, 6):
        files[f"orientation-{orientation}.webp"] = webp(small.crop((0, 0, 23, 17)), lossless=True, exif=b"Exif\0\0" + exif(orientation))
    return files


# HEIC through pillow-heif, AVIF through Pillow. Decoders of other versions round otherwise, so that the golden is the
# pixels themselves.

def heif_pictures(photo):
    """File name to bytes."""
    small = photo.resize((32, 24), Image.LANCZOS)
    transparent = small.convert("RGBA")
    transparent.putalpha(Image.linear_gradient("L").resize((32, 24)))
    deep = (np.asarray(small).astype(np.uint16) << 8 | 0x80).tobytes()
    def saved(image, kind, **options):
        out = io.BytesIO()
        # At 4:2:0 programs differ in how they smooth chroma.
        image.save(out, kind, quality=90, **({"chroma": 444} if kind == "HEIF" else {"subsampling": "4:4:4"}), **options)
        return out.getvalue()
    turned = b"Exif\0\0" + exif(6)
    out = io.BytesIO()
    pillow_heif.encode("RGB;16", small.size, deep, out, quality=90, chroma=444, save_nclx_profile=False)
    return {
        "photo.heic": saved(small, "HEIF"),
        "alpha.heic": saved(transparent, "HEIF"),
        "turned.heic": saved(small, "HEIF", exif=turned),
        "ten-bits.heic": out.getvalue(),
        "photo.avif": saved(small, "AVIF"),
        "alpha.avif": saved(transparent, "AVIF"),
        "turned.avif": saved(small, "AVIF", exif=turned),
        "grid.heic": heif_of_tiles(photo),
        "cropped.heic": heif_cropped(photo),
    }


def heif_of_tiles(photo):
    """Six tiles, of which four reach over the edges."""
    return heif_container.heif_file(heif_container.tiles(photo.resize((160, 112), Image.LANCZOS), 64, quality=50, chroma=444))


def heif_cropped(photo):
    """A picture that is cropped, then turned."""
    item = heif_container.coded(photo.resize((64, 48), Image.LANCZOS), quality=90, chroma=444)
    item.properties += [heif_container.crop((64, 48), 7, 5, 41, 30), heif_container.turn(1)]
    return heif_container.heif_file(item)


def broken_heif(photo):
    """File name to (bytes, error code): HEIC files that take far more time or memory than their size says, or of which a part is missing."""
    circle = heif_container.Item(b"iden", b"", [heif_container.size(64, 64)])
    circle.parts.append(circle)
    tile = heif_container.coded(photo.resize((64, 64), Image.LANCZOS), quality=50)
    # A corner of each grid is a tile of the next.
    corner = tile
    for _ in range(4):
        nested = heif_container.grid([corner] * 64, 8, 512, 512)
        corner = heif_container.Item(nested.kind, nested.data, nested.properties + [heif_container.crop((512, 512), 0, 0, 64, 64)], nested.parts)
    canvas = heif_container.grid([tile], 1, 20_000, 20_000)
    canvas.properties[0] = heif_container.size(64, 64)
    large = heif_container.coded(Image.new("RGB", (4096, 4096), (90, 120, 30)), quality=5)
    pictures = heif_container.coded(photo.resize((64, 48), Image.LANCZOS), quality=50)
    pictures.data *= 3
    large.properties.append(heif_container.crop((4096, 4096), 0, 0, 64, 64))
    return {
        "circle.heic": (heif_container.heif_file(circle), "corrupt_image"),
        "nested-grids.heic": (heif_container.heif_file(nested), "image_too_large"),
        "larger-canvas.heic": (heif_container.heif_file(canvas), "image_too_large"),
        "cropped-tiles.heic": (heif_container.heif_file(heif_container.grid([large] * 16, 4, 256, 256)), "image_too_large"),
        "many-pictures.heic": (heif_container.heif_file(pictures), "corrupt_image"),
        "uncovered-grid.heic": (heif_container.heif_file(heif_container.grid([tile] * 6, 3, 400, 300)), "corrupt_image"),
    }


def heif_of_blocks(photo):
    """A HEIC file of several coding tree blocks, of which damage leaves some out."""
    out = io.BytesIO()
    small = photo.resize((160, 96), Image.LANCZOS)
    small.info.clear()
    small.save(out, "HEIF", quality=50)
    return out.getvalue()


def heif_golden(name, data):
    image = on_white(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    return {"file": f"decode/{name}", "width": image.width, "height": image.height,
            "pixels": base64.b64encode(image.tobytes()).decode()}


# Raw files: TIFF containers around a JPEG, as cameras arrange them. None holds sensor data.

def tiff(directories, order="<", version=42, blobs=(), header=b""):
    """`directories` are lists of (tag, type, values), linked one to the next; "@N" stands for the place of a blob,
    "#N" for that of a directory, which is then not linked. Types are 3 (SHORT), 4 (LONG) and 7 (bytes)."""
    size = {3: 2, 4: 4, 7: 1}
    places, position = {}, 8 + len(header)
    linked = [index for index in range(len(directories))
              if not any(value == f"#{index}" for d in directories for *_, values in d for value in values)]
    for index, directory in enumerate(directories):
        places[f"#{index}"] = position
        position += 6 + 12 * len(directory)
    for index, blob in enumerate(blobs):
        places[f"@{index}"] = position
        position += len(blob)
    out = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", version, 8 + len(header)) + header
    for index, directory in enumerate(directories):
        out += struct.pack(order + "H", len(directory))
        for tag, kind, values in sorted(directory, key=lambda entry: entry[0]):
            if kind == 7:
                place, count = values
                out += struct.pack(order + "HHII", tag, kind, count, places[place])
            else:
                numbers = [places.get(value, value) for value in values]
                data = b"".join(struct.pack(order + {3: "H", 4: "I"}[kind], number) for number in numbers)
                assert len(data) <= 4
                out += struct.pack(order + "HHI", tag, kind, len(numbers)) + data.ljust(4, b"\0")
        following = [i for i in linked if i > index] if index in linked else []
        out += struct.pack(order + "I", places[f"#{following[0]}"] if following else 0)
    return out + b"".join(blobs)


def raw_files(photo):
    """File name to (bytes, the preview that is taken, the orientation that the raw file has)."""
    preview, thumbnail = jpeg(photo.resize((61, 43))), jpeg(photo.resize((20, 14)))
    sensor = jpeg(photo.convert("L").resize((90, 60))).replace(b"\xff\xc0", b"\xff\xc3")  # says that it is lossless
    def interchange(blob, data):
        return [(0x0201, 4, [blob]), (0x0202, 4, [len(data)])]
    def strip(blob, data, compression=6):
        return [(0x0103, 3, [compression]), (0x0111, 4, [blob]), (0x0117, 4, [len(data)])]
    cfa = [(0x0106, 3, [32_803])]
    two = (preview, thumbnail)
    # An Olympus maker's note: offsets are of its beginning.
    settings_offset, preview_offset = 30, 60
    note = b"OLYMPUS\0II\3\0" + struct.pack("<HHHIII", 1, 0x2020, 4, 1, settings_offset, 0)
    note += struct.pack("<HHHIIHHIII", 2, 0x0101, 4, 1, preview_offset, 0x0102, 4, 1, len(preview), 0)
    note = note.ljust(preview_offset, b"\0") + preview
    return {
        "canon.cr2": (tiff(
            [strip("@0", preview) + [(0x0112, 3, [6])], interchange("@1", thumbnail), strip("@2", sensor)],
            blobs=(*two, sensor), header=b"CR\2\0" + bytes(4)), preview, 6),
        "nikon.nef": (tiff(
            [[(0x0112, 3, [8]), (0x014A, 4, ["#1"])], interchange("@0", preview) + cfa], blobs=two, order=">"), preview, 8),
        "sony.arw": (tiff(
            [interchange("@0", preview) + [(0x0112, 3, [1]), (0x014A, 4, ["#1"])], cfa, interchange("@1", thumbnail)],
            blobs=two), preview, 1),
        "adobe.dng": (tiff(
            [[(0x0112, 3, [3]), (0xC612, 4, [0x0401]), (0x014A, 4, ["#1"])], strip("@0", preview, 7), strip("@2", sensor, 7) + cfa],
            blobs=(*two, sensor)), preview, 3),
        "olympus.orf": (tiff(
            [[(0x0112, 3, [6]), (0x8769, 4, ["#1"])], [(0x927C, 7, ["@0", len(note)])]], version=0x4F52, blobs=(note,)), preview, 6),
        "panasonic.rw2": (tiff(
            [[(0x0112, 3, [8]), (0x002E, 7, ["@0", len(preview)])]], version=0x55, blobs=(preview,)), preview, 8),
        "pentax.pef": (tiff(
            [cfa + [(0x0103, 3, [65_535]), (0x0112, 3, [6])], interchange("@1", thumbnail), interchange("@0", preview)],
            blobs=two, order=">"), preview, 6),
    }


def raw_golden(preview, orientation):
    turn = Image.open(io.BytesIO(preview))
    turn.getexif()[0x0112] = orientation
    return picture(turn)


def broken(files):
    """File name to (bytes, error code)."""
    jpg, progressive, good_png = files["baseline-420.jpg"], files["progressive-420.jpg"], files["rgb8.png"]
    arithmetic = files["arithmetic.jpg"]
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0))
    bomb += chunk(b"IDAT", zlib.compress(b"\0" * 7501)) + chunk(b"IEND", b"")
    gif = io.BytesIO()
    Image.new("RGB", (4, 3)).save(gif, "GIF")
    size = jpg.index(b"\xff\xc0") + 5
    # A stray byte, of which libjpeg warns, and then a marker that ends decoding: before the scan,
    # so that no pixel is written, and after the first of several scans.
    unknown = b"\xff\x02\x00\x04\x00\x00"
    app0_end, scan = 20, jpg.index(b"\xff\xda")
    stray_jpg, stray_progressive = (data[:app0_end] + b"\0" + data[app0_end:] for data in (jpg, progressive))
    second_scan = [match.start() for match in re.finditer(b"\xff\xda", stray_progressive)][1]
    large_jpg = jpg[:size] + struct.pack(">HH", 65_000, 65_000) + jpg[size + 4:]
    return {
        "empty.jpg": (b"", "empty_file"),
        "text.jpg": (b"This is not a photo.\n", "unsupported_format"),
        "animation.gif": (gif.getvalue(), "unsupported_format"),
        "truncated.jpg": (jpg[:len(jpg) * 2 // 3], "corrupt_image"),
        "truncated-progressive.jpg": (progressive[:len(progressive) * 2 // 3], "corrupt_image"),
        "truncated-then-ended.jpg": (jpg[:len(jpg) * 2 // 3] + b"\xff\xd9", "corrupt_image"),
        "warning-then-error.jpg": (stray_jpg[:scan + 1] + unknown + stray_jpg[scan + 1:], "corrupt_image"),
        "warning-then-error-no-scan.jpg": (stray_jpg[:scan + 1] + unknown + b"\xff\xd9", "corrupt_image"),
        "warning-then-error-progressive.jpg": (
            stray_progressive[:second_scan] + unknown + stray_progressive[second_scan:], "corrupt_image"),
        "warning-then-warning.jpg": (stray_jpg[:len(jpg) * 2 // 3] + b"\xff\xd9", "corrupt_image"),
        "arithmetic-no-data.jpg": (arithmetic[:arithmetic.index(b"\xff\xda") + 14] + b"\xff\xd9", "corrupt_image"),
        "scans-501.jpg": (scans(501), "image_too_large"),
        "side-1000001.png": (png(np.zeros((1, 1_000_001), np.uint8), "gray", 1), "image_too_large"),
        "first-scan-only.jpg": (first_scan(progressive), "corrupt_image"),
        "jpeg-ls.jls": (JPEG_LS, "unsupported_format"),
        "jpeg-ls-app0.jpg": (JPEG_LS[:2] + jpg[2:20] + JPEG_LS[2:], "unsupported_format"),
        "trns-short.png": (png(np.zeros((4, 4), np.uint8), "gray", 8, chunk(b"tRNS", b"\5")), "corrupt_image"),
        "header-only.jpg": (jpg[:jpg.index(b"\xff\xda")], "corrupt_image"),
        "truncated.png": (good_png[:len(good_png) * 2 // 3], "corrupt_image"),
        "wrong-crc.png": (with_wrong_crc(good_png, b"IDAT"), "corrupt_image"),
        "wrong-crc-ancillary.png": (with_wrong_crc(files["gamma-linear.png"], b"gAMA"), "corrupt_image"),
        "zero-width.png": (good_png[:16] + chunk(b"IHDR", b"\0" * 4 + good_png[20:29])[8:] + good_png[33:], "corrupt_image"),
        "bomb-60000x60000.png": (bomb, "image_too_large"),
        "bomb-65000x65000.jpg": (large_jpg, "image_too_large"),
    }


# Pillow's results.

def on_white(image):
    """convert("RGB"), with transparency composited on white."""
    if "transparency" in image.info or image.mode in ("LA", "RGBA", "RGBa"):
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return image.convert("RGB")


def decoded(data):
    return picture(Image.open(io.BytesIO(data)))


def picture(image):
    image = on_white(ImageOps.exif_transpose(image))
    pixels = np.asarray(image)
    middle = pixels[image.height // 2, image.width // 2].tolist()
    return {"width": image.width, "height": image.height,
            "sha256": hashlib.sha256(image.tobytes()).hexdigest(), "middle": middle}


# Resizing: pictures that the tests make themselves, with splitmix64.

def splitmix64_bytes(seed, count):
    """Sebastiano Vigna's splitmix64; each number gives eight bytes, lowest first."""
    steps = np.arange(1, (count + 7) // 8 + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + steps * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z ^ (z >> np.uint64(31))).astype("<u8").tobytes()[:count]


FILTERS = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}


def resized(random, number):
    # Sides from 1 to 300, small ones as likely as large ones; some keep one side.
    width, height, to_width, to_height = (int(2 ** random.uniform(0, 8.23)) for _ in range(4))
    to_width = width if number % 25 == 0 else to_width
    to_height = height if number % 25 == 1 else to_height
    image = Image.frombytes("RGB", (width, height), splitmix64_bytes(number, width * height * 3))
    hashes = {name: hashlib.sha256(image.resize((to_width, to_height), f).tobytes()).hexdigest()[:16]
              for name, f in FILTERS.items()}
    return {"seed": number, "from": [width, height], "to": [to_width, to_height], "sha256_prefix": hashes}


# Preprocessing, in float32 as Keras (squash) and torchvision (crop) compute it.

IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def preprocessed(name, resize, filter_name, mean=None, std=None):
    image, size = Image.open(PHOTOS / name).convert("RGB"), 299
    if resize == "squash":
        image = image.resize((size, size), FILTERS[filter_name])
    else:
        shorter = min(image.size)
        image = image.resize([resize * side // shorter for side in image.size], FILTERS[filter_name])
        left, top = (int(round((side - size) / 2)) for side in image.size)
        image = image.crop((left, top, left + size, top + size))
    x = np.asarray(image).astype(np.float32)
    if mean:
        x = (x / np.float32(255) - np.array(mean, np.float32)) / np.array(std, np.float32)
    else:
        x = x / np.float32(127.5) - np.float32(1)
    return {"photo": name, "shorter_side": None if resize == "squash" else resize, "filter": filter_name,
            "mean": mean, "std": std, "sha256": hashlib.sha256(x.astype("<f4").tobytes()).hexdigest()}


def write_json(name, key, rows):
    lines = ",\n".join("  " + json.dumps(row) for row in rows)
    (GOLDENS / name).write_text(f'{{"pillow": "{PIL.__version__}", "{key}": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    pillow_heif.register_heif_opener()
    DECODE.mkdir(parents=True, exist_ok=True)
    GOLDENS.mkdir(exist_ok=True)
    face = Image.open(PHOTOS / "chelsea.png").convert("RGB").crop((110, 70, 330, 235))
    good = pictures()
    bad = {**broken(good), **broken_heif(face)}
    for name, data in {**good, **{name: data for name, (data, _) in bad.items()}}.items():
        (DECODE / name).write_bytes(data)
    rows = [{"file": f"decode/{name}", **decoded(data)} for name, data in good.items()]
    rows += [{"file": f"photos/{path.name}", **decoded(path.read_bytes())}
             for path in sorted(PHOTOS.iterdir()) if path.suffix != ".md"]
    for name, (data, preview, orientation) in raw_files(Image.open(PHOTOS / "chelsea.png").convert("RGB")).items():
        (DECODE / name).write_bytes(data)
        rows.append({"file": f"decode/{name}", **raw_golden(preview, orientation)})
    rows += [{"file": f"decode/{name}", "error": code} for name, (_, code) in bad.items()]
    write_json("decode.json", "files", rows)

    (DECODE / "blocks.heic").write_bytes(heif_of_blocks(face))
    heif = heif_pictures(face)
    for name, data in heif.items():
        (DECODE / name).write_bytes(data)
    write_json("heif.json", "files", [heif_golden(name, data) for name, data in heif.items()])

    random = np.random.RandomState(299)
    write_json("resize.json", "cases", [resized(random, number) for number in range(200)])
    write_json("preprocess.json", "cases", [
        *(preprocessed(name, "squash", "bilinear") for name in ("chelsea.png", "china.jpg", "camera.png")),
        preprocessed("coffee.jpg", "squash", "lanczos"),
        preprocessed("chelsea.png", 333, "bicubic"),
        preprocessed("rocket.jpg", 333, "bicubic"),
        preprocessed("astronaut.jpg", 342, "bilinear", *IMAGENET),
    ])
