"""Times the program beside ONNX Runtime and OpenVINO on the same network and prints the README's table.

    python Scripts/benchmarks/compare_peers.py [--rounds 5] [--threads N ...] [--binary PATH] [--photo PATH] [--avx2]

The peers run an ONNX twin of Models/ that this script builds: batch normalization folded, the same
weights, float32, so that every program computes the same thing (checked before anything is timed).
Each round times every contestant once, one after the other, the best of ten runs, so that a drift of the
machine's speed hits them alike; printed are the median over the rounds and the ratio to the fastest
peer. With --photo also whole processes, from the command to the five labels: the median of the rounds.
With --avx2 only latencies, on the program and OpenVINO without AVX-512; ONNX Runtime cannot be told to.

Needs numpy, pillow, onnx, onnxruntime and openvino.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BINARY, PHOTOS
from inputs import photo, random_input
from onnx_model import save_onnx_twin

COLD_PEER = """
import sys, numpy as np, onnxruntime
from PIL import Image
session = onnxruntime.InferenceSession(sys.argv[1])
image = Image.open(sys.argv[2]).convert("RGB").resize((299, 299), Image.BILINEAR)
values = (np.asarray(image, np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
print(np.argsort(-session.run(None, {"input": values})[0][0])[:5])
"""


def best_of(run, count=10):
    times = []
    for _ in range(count):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def contestants(path, threads, batch, binary):
    """Name -> function that returns milliseconds per image."""
    import onnxruntime
    import openvino

    images = np.stack([random_input(seed, 299, 299).transpose(2, 0, 1) for seed in range(batch)])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options)
    compiled = openvino.Core().compile_model(path, "CPU", {
        "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()

    def ours():
        if batch == 1:
            command = [binary, "bench", "--milliseconds", "--runs", "10", "--threads", str(threads)]
            return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
        command = [binary, "bench", "--json", "--runs", "1", "--batch", str(batch), "--threads", str(threads)]
        return 1000 / json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)["images_per_second"]

    repeats = 10 if batch == 1 else 3
    return {
        "xception": ours,
        f"ONNX Runtime {onnxruntime.__version__}": lambda: best_of(lambda: session.run(None, {"input": images}), repeats) / batch,
        f"OpenVINO {openvino.__version__.split('-')[0]}": lambda: best_of(lambda: request.infer({0: images}), repeats) / batch,
    }


def rounds(contest, count):
    results = {name: [] for name in contest}
    for _ in range(count):
        for name, run in contest.items():
            results[name].append(run())
    return {name: statistics.median(times) for name, times in results.items()}


def report(title, medians, unit="ms"):
    peer = min(time for name, time in medians.items() if name != "xception")
    for name, time in medians.items():
        print(f"| {title} | {name} | {time:.1f} {unit} | {time / peer:.3f} |", flush=True)


def process(command):
    """Milliseconds and peak memory in MiB of a process."""
    # Started by a small process: a child's peak begins at its parent's size.
    starter = (
        "import os, subprocess, sys, time; start = time.perf_counter(); "
        "pid = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL).pid; _, status, usage = os.wait4(pid, 0); "
        "print((time.perf_counter() - start) * 1000, usage.ru_maxrss / 1024); sys.exit(status != 0)")
    done = subprocess.run([sys.executable, "-S", "-c", starter, *command], capture_output=True, check=True, text=True)
    return map(float, done.stdout.split())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, os.cpu_count()}))
    parser.add_argument("--binary", default=BINARY)
    parser.add_argument("--photo")
    parser.add_argument("--avx2", action="store_true")
    args = parser.parse_args()
    if args.avx2:
        os.environ |= {"XCEPTION_ISA": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}

    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "xception.onnx")
        save_onnx_twin(path)
        cat = os.path.join(PHOTOS, "chelsea.png")
        logits = onnxruntime.InferenceSession(path).run(None, {"input": photo(cat).transpose(2, 0, 1)[None]})[0][0]
        document = json.loads(subprocess.run([args.binary, "--json", cat], capture_output=True, check=True).stdout)
        indices = [prediction["index"] for prediction in document["results"][0]["predictions"]]
        if indices != list(np.argsort(-logits)[:5]):
            sys.exit(f"the programs disagree: {indices} and {np.argsort(-logits)[:5]}")

        print("| measurement | program | time | ratio |\n| --- | --- | --- | --- |")
        for threads in args.threads:
            title = f"latency, {threads} thread{(threads > 1) * 's'}" + (", AVX2" if args.avx2 else "")
            report(title, rounds(contestants(path, threads, 1, args.binary), args.rounds))
        if args.avx2:
            return
        threads = max(args.threads)
        report(f"batch of 8, per image, {threads} threads", rounds(contestants(path, threads, 8, args.binary), args.rounds))
        if args.photo:
            commands = {"xception": [args.binary, args.photo],
                        "Python + ONNX Runtime": [sys.executable, "-c", COLD_PEER, path, args.photo]}
            memory = {}

            def run(name):
                milliseconds, memory[name] = process(commands[name])
                return milliseconds

            report("whole process, one photo", rounds({name: lambda name=name: run(name) for name in commands}, args.rounds))
            for name, peak in memory.items():
                print(f"{name}: {peak:.0f} MiB at the peak")


if __name__ == "__main__":
    main()
