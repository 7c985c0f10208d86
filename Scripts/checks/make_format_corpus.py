"""Makes WebP, HEIC, AVIF and JPEG files of the kinds that encoders write, for compare_decoding.py.

    python Scripts/checks/make_format_corpus.py FOLDER

WebP by cwebp, webpmux and gif2webp (Debian: webp), HEIC and AVIF by heif-enc (libheif-examples), ffmpeg and pillow-heif.
Needs these programs, Pillow and pillow-heif.
"""

import io
import pathlib
import struct
import subprocess
import sys

import pillow_heif
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SIZES = [(1, 1), (1, 7), (2, 2), (3, 5), (16, 16), (17, 33), (64, 64), (65, 1), (199, 133)]


def run(*command):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def exif(orientation):
    return b"Exif\0\0" + b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHHI", 0x112, 3, 1, orientation, 0, 0)


def sources(folder):
    """Yields PNG files to encode: a photo in odd sizes, in gray, with alpha, with 16 bits."""
    photo = Image.open(ROOT / "Tests/Fixtures/photos/chelsea.png").convert("RGB")

    def saved(name, image):
        path = folder / f"{name}.png"
        image.save(path)
        return path

    for width, height in SIZES:
        yield saved(f"{width}x{height}", photo.resize((width, height), Image.LANCZOS))
    small = photo.resize((100, 66), Image.LANCZOS)
    yield saved("gray", small.convert("L"))
    transparent = small.convert("RGBA")
    transparent.putalpha(Image.linear_gradient("L").resize(small.size))
    yield saved("alpha", transparent)
    path = folder / "deep.png"
    run("ffmpeg", "-v", "error", "-y", "-i", saved("small", small), "-pix_fmt", "rgb48be", path)
    yield path


def webp(source, out):
    name = source.stem
    if name == "deep":
        return
    for quality in (5, 75, 100):
        run("cwebp", "-quiet", "-q", quality, source, "-o", out / f"{name}-q{quality}.webp")
    run("cwebp", "-quiet", "-lossless", source, "-o", out / f"{name}-lossless.webp")
    run("cwebp", "-quiet", "-near_lossless", 40, source, "-o", out / f"{name}-near-lossless.webp")
    run("cwebp", "-quiet", "-sharp_yuv", "-alpha_q", 30, "-m", 6, source, "-o", out / f"{name}-sharp.webp")
    run("ffmpeg", "-v", "error", "-y", "-i", source, "-c:v", "libwebp", out / f"{name}-ffmpeg.webp")


def animations(small, out):
    frames = [small.rotate(angle).convert("P") for angle in (0, 30, 60)]
    gif = out.parent / "frames.gif"
    frames[0].save(gif, save_all=True, append_images=frames[1:], duration=80, transparency=0)
    for name, options in {"lossless": [], "lossy": ["-lossy"], "mixed": ["-mixed"]}.items():
        run("gif2webp", "-quiet", *options, gif, "-o", out / f"animation-{name}.webp")
    still, offset = out / "small-q75.webp", out / "animation-offset.webp"
    if not still.exists():
        still = out / "199x133-q75.webp"
    run("webpmux", "-frame", still, "+100+10+20+0+b", "-o", offset)


def heif(source, out):
    name = source.stem
    if name == "deep":
        for bits in (10, 12):
            run("heif-enc", "-b", bits, "-q", 70, source, "-o", out / f"{bits}-bits.heic")
            for chroma in ("420", "444"):
                run("ffmpeg", "-v", "error", "-y", "-i", source, "-c:v", "libaom-av1", "-still-picture", 1, "-crf", 20,
                    "-pix_fmt", f"yuv{chroma}p{bits}le", out / f"{bits}-bits-{chroma}.avif")
        return
    for chroma in ("420", "422", "444"):
        run("heif-enc", "-q", 60, "-p", f"chroma={chroma}", source, "-o", out / f"{name}-{chroma}.heic")
        run("heif-enc", "-q", 60, "-p", f"chroma={chroma}", "-A", source, "-o", out / f"{name}-{chroma}.avif")
    run("heif-enc", "-L", "-p", "chroma=444", "--matrix_coefficients=0", source, "-o", out / f"{name}-lossless.heic")
    if name == "alpha":
        run("heif-enc", "--premultiplied-alpha", source, "-o", out / "premultiplied.heic")


def turned(small, out):
    """Each orientation: pillow-heif writes it as irot and imir properties, Pillow as EXIF."""
    for orientation in range(1, 9):
        small.save(out / f"turned-{orientation}.heic", "HEIF", quality=80, exif=exif(orientation))
        small.save(out / f"turned-{orientation}.avif", "AVIF", quality=80, exif=exif(orientation))
        small.save(out / f"turned-{orientation}.webp", "WEBP", quality=80, exif=exif(orientation))
        small.save(out / f"turned-{orientation}.jpg", "JPEG", quality=80, exif=exif(orientation))


def jpegs_of_several_pictures(small, out):
    """MPO, a JPEG with a gain map beside it, and one with a video after it: the first picture counts."""
    small.save(out / "two.mpo", "MPO", save_all=True, append_images=[small.rotate(90, expand=True)])
    base, gain = io.BytesIO(), io.BytesIO()
    small.save(base, "JPEG", quality=85)
    small.convert("L").resize((25, 17)).save(gain, "JPEG", quality=70)
    xmp = (b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
           b'"http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" '
           b'hdrgm:Version="1.0"/></rdf:RDF></x:xmpmeta>')
    # CIPA DC-007: a directory of two pictures, each with its attributes, size and place.
    entries = struct.pack("<IIIHH", 0x30000, len(base.getvalue()), 0, 0, 0)
    entries += struct.pack("<IIIHH", 0, len(gain.getvalue()), len(base.getvalue()), 0, 0)
    mpf = b"MPF\0II*\0\x08\0\0\0" + struct.pack("<H", 3) + struct.pack("<HHI4s", 0xB000, 7, 4, b"0100")
    mpf += struct.pack("<HHII", 0xB001, 4, 1, 2) + struct.pack("<HHII", 0xB002, 7, len(entries), 50)
    mpf += struct.pack("<I", 0) + entries
    segments = b"".join(bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data
                        for marker, data in ((0xE1, xmp), (0xE2, mpf)))
    with_map = base.getvalue()[:2] + segments + base.getvalue()[2:] + gain.getvalue()
    (out / "gain-map.jpg").write_bytes(with_map)
    video = struct.pack(">I", 24) + b"ftypmp42\0\0\0\0mp42isom" + bytes(5000)
    (out / "motion-photo.jpg").write_bytes(base.getvalue() + video)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    pillow_heif.register_heif_opener()
    out = pathlib.Path(sys.argv[1])
    (out / "sources").mkdir(parents=True, exist_ok=True)
    files = out / "files"
    files.mkdir(exist_ok=True)
    for source in sources(out / "sources"):
        webp(source, files)
        heif(source, files)
    small = Image.open(out / "sources/small.png").convert("RGB")
    animations(small, files)
    turned(small, files)
    jpegs_of_several_pictures(small, files)
    print(f"{len(list(files.iterdir()))} files in {files}")


if __name__ == "__main__":
    main()
