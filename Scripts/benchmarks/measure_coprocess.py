"""Measures the cost of a request to the co-process beyond the forward pass, and the growth of the process.

    python Scripts/benchmarks/measure_coprocess.py [--requests 10000] [--input-size 71] [--threads 1] [--binary PATH] [PHOTO]

One photo is sent again and again through Scripts/coprocess/xception_process.py, the next request after the answer.
The model is the shipped one with inputs of --input-size (71 is the smallest), since the forward pass is not
measured here. Printed, as median and 99th percentile in milliseconds: a request's time, its time beyond the forward pass,
and its time beyond the answer's own timings (decoding, preprocessing, forward pass), which is the protocol: two
pipes, JSON, scheduling. And the process' resident memory at every tenth of the requests.
"""
import argparse
import os
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BACKBONE, BINARY, HEAD, PHOTOS, SCRIPTS
from xception_weights.model_file import read_tensors, serialize, write_atomically

sys.path.append(str(SCRIPTS / "coprocess"))
from xception_process import XceptionProcess


def write_backbone(path, input_size):
    """Writes the shipped backbone with another input size; the same tensors, so that the head belongs to it."""
    tensors, metadata = read_tensors(BACKBONE)
    content, digest = serialize(tensors, metadata | {"input_size": str(input_size)}, "float16")
    assert digest == metadata["data_sha256"]
    write_atomically({path: content})


def resident(pid):
    """MiB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def requests(xception, image, count):
    """Milliseconds of each request: as a whole, above the forward pass, above all of the answer's parts."""
    rows = []
    for _ in range(count):
        start = time.perf_counter()
        answer = xception.classify(image)
        total = (time.perf_counter() - start) * 1000
        parts = answer["milliseconds"]
        rows.append((total, total - parts["inference"], total - sum(parts.values())))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo", nargs="?", default=PHOTOS / "coffee.jpg")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--input-size", type=int, default=71)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--binary", default=BINARY)
    args = parser.parse_args()
    image = pathlib.Path(args.photo).read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        backbone = os.path.join(folder, "small-backbone.safetensors")
        write_backbone(backbone, args.input_size)
        options = ("--model", backbone, "--head", str(HEAD), "--threads", str(args.threads))
        with XceptionProcess(*options, program=args.binary) as xception:
            requests(xception, image, 50)  # Weights are prepacked from the 32nd image on.
            rows, memory = [], [resident(xception.process.pid)]
            for _ in range(10):
                rows += requests(xception, image, args.requests // 10)
                memory.append(resident(xception.process.pid))
    for name, column in zip(("request", "above the forward pass", "above the answer's parts"), zip(*rows)):
        print(f"{name}: median {statistics.median(column):.3f} ms, p99 {statistics.quantiles(column, n=100)[98]:.3f} ms")
    print("MiB resident: " + ", ".join(f"{size:.1f}" for size in memory))


if __name__ == "__main__":
    main()
