"""Times the program over many photos: beside its own latency, and beside Python with ONNX Runtime.

    python Scripts/benchmarks/compare_batch.py PHOTOS... [--small 1000] [--large 60] [--rounds 3] [--binary PATH]

PHOTOS are directories; of their photos `small` are made 500 pixels wide and `large` 4000 x 3000 (12 megapixels),
JPEG quality 90, repeated if there are too few. In each round, in alternation, from files to five labels each, start-up
included:

    500 pixels: images/s of the program, against 1 / the latency of its forward pass with all threads
    12 megapixels: images/s of the program, of the program with --exact-decode, and of a plain Python loop,
    Pillow and ONNX Runtime, which is how one writes it

Printed are the medians of the rounds, their ratios, and on how many photos the first label is the same.

Needs numpy, pillow, onnx and onnxruntime.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BINARY
from inputs import photos_in
from onnx_twin import save_onnx_twin
from peers import PYTHON_PROGRAM


def run(command):
    """Seconds, and lines of standard output."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return time.perf_counter() - start, done.stdout.splitlines()


def first_labels(lines):
    answers = map(json.loads, lines)
    return [answer[0] if isinstance(answer, list) else answer["predictions"][0]["index"] for answer in answers]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="+")
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--large", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--binary", default=BINARY)
    args = parser.parse_args()

    from PIL import Image

    photos = photos_in(args.photos)
    with tempfile.TemporaryDirectory() as temporary:
        model, small, large = (os.path.join(temporary, name) for name in ("xception.onnx", "small", "large"))
        save_onnx_twin("xception", model)
        os.mkdir(small)
        os.mkdir(large)
        for folder, count in ((small, args.small), (large, args.large)):
            for number in range(count):
                image = Image.open(photos[number % len(photos)]).convert("RGB")
                size = (4000, 3000) if folder == large else (500, max(1, round(500 * image.height / image.width)))
                image.resize(size, Image.BICUBIC).save(os.path.join(folder, f"{number:04}.jpg"), quality=90)

        program = [args.binary, "--quiet", "--format", "jsonl"]
        latency = [args.binary, "bench", "--milliseconds", "--runs", "20"]
        rates = {"1 / latency": [], "500 pixels": [], "12 MP": [], "12 MP, --exact-decode": [], "12 MP, Python": []}
        for _ in range(args.rounds):
            rates["1 / latency"].append(1000 / float(run(latency)[1][0]))
            for name, command in {
                "500 pixels": program + [small], "12 MP": program + [large],
                "12 MP, --exact-decode": program + ["--exact-decode", large],
                "12 MP, Python": [sys.executable, "-c", PYTHON_PROGRAM, model, *photos_in([large])],
            }.items():
                seconds, lines = run(command)
                rates[name].append(len(lines) / seconds)
                if name == "12 MP":
                    ours = first_labels(lines)
                elif name == "12 MP, Python":
                    theirs = first_labels(lines)
        medians = {name: statistics.median(values) for name, values in rates.items()}
        for name, rate in medians.items():
            print(f"| {name} | {rate:.2f} images/s |")
        print(f"500 pixels against 1 / latency: {medians['500 pixels'] / medians['1 / latency']:.3f}")
        print(f"12 megapixels against the Python loop: {medians['12 MP'] / medians['12 MP, Python']:.2f}, "
              f"with --exact-decode {medians['12 MP, --exact-decode'] / medians['12 MP, Python']:.2f}")
        print(f"first label as Python's: {sum(a == b for a, b in zip(ours, theirs))} of {args.large}")


if __name__ == "__main__":
    main()
