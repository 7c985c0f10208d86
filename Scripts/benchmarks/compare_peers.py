"""Times the program beside ONNX Runtime and OpenVINO on the same network and prints the tables of Documentation/speed.md.

    python Scripts/benchmarks/compare_peers.py [--network xception] [--precision fp32 bf16 int8] [--calibration FOLDER] [--rounds 7]
        [--threads N ...] [--binary PATH] [--photo PATH] [--avx2]

The peers run an ONNX twin of the network in Models/ (onnx_twin.py), so that every program computes the same thing, which is checked
before anything is timed; in int8 they run the models of their own tools, calibrated on the photos of FOLDER.
Each round times every program once, one after the other, the best of ten runs, so that a drift of the
machine's speed affects all; printed are the best and the median over the rounds, and their ratios to the fastest
peer's. The header names the processor, its caches, and how fast its multiply-adds could go. With --photo also whole
processes, from the command to the five labels. With --avx2 only latencies, on the program and OpenVINO without AVX-512;
ONNX Runtime has no such option.

Needs numpy, pillow, onnx, onnxruntime and openvino; int8 also nncf.
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
from project import BINARY, NETWORKS, PHOTOS
from inputs import photo, random_input
from onnx_twin import save_onnx_twin
import peers
from processor import describe_processor


def output_of(command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def best_of(run, count=10):
    times = []
    for _ in range(count):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def contestants(precision, path, threads, batch, args):
    """Name -> function that returns milliseconds per image."""
    size = NETWORKS[args.network].input_size
    images = np.stack([random_input(seed, size, size).transpose(2, 0, 1) for seed in range(batch)])
    bench = [args.binary, "bench", "--model", args.network, "--precision", precision, "--threads", str(threads)]

    def ours():
        if batch == 1:
            return float(output_of([*bench, "--milliseconds", "--runs", "10"]))
        return 1000 / json.loads(output_of([*bench, "--json", "--runs", "1", "--batch", str(batch)]))["images_per_second"]

    repeats = 10 if batch == 1 else 3
    contest = {"xception": ours}
    for name, run in peers.runners(precision, path, threads, args.calibration, size).items():
        if args.avx2 and name.startswith("ONNX Runtime"):
            continue
        contest[name] = lambda run=run: best_of(lambda: run(images), repeats) / batch
    return contest


def rounds(contest, count):
    """Name -> the times of all rounds, in which the contestants take turns."""
    results = {name: [] for name in contest}
    for _ in range(count):
        for name, run in contest.items():
            results[name].append(run())
    return results


def report(title, results):
    """A row for each contestant: best, median, and both against the fastest peer's."""
    figures = [{name: figure(times) for name, times in results.items()} for figure in (min, statistics.median)]
    fastest = [min(time for name, time in figure.items() if name != "xception") for figure in figures]
    for name in results:
        times = " | ".join(f"{figure[name]:.1f}" for figure in figures)
        ratios = " | ".join(f"{figure[name] / peer:.3f}" for figure, peer in zip(figures, fastest))
        print(f"| {title} | {name} | {times} | {ratios} |", flush=True)


def process(command):
    """Milliseconds and peak memory in MiB of a process."""
    # Started by a small process: a child's peak begins at its parent's size.
    starter = (
        "import os, subprocess, sys, time; start = time.perf_counter(); "
        "pid = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL).pid; _, status, usage = os.wait4(pid, 0); "
        "print((time.perf_counter() - start) * 1000, usage.ru_maxrss / 1024); sys.exit(status != 0)")
    return map(float, output_of([sys.executable, "-S", "-c", starter, *command]).split())


def compare_processes(path, args):
    commands = {"xception": [args.binary, args.photo],
                "Python + ONNX Runtime": [sys.executable, "-c", peers.PYTHON_PROGRAM, path, args.photo]}
    memory = {}

    def run(name):
        milliseconds, memory[name] = process(commands[name])
        return milliseconds

    report("whole process, one photo", rounds({name: lambda name=name: run(name) for name in commands}, args.rounds))
    for name, peak in memory.items():
        print(f"{name}: {peak:.0f} MiB at the peak")


def check_agreement(path, network, binary):
    """Ends the script unless the program and the ONNX twin name the same five labels in the same order."""
    cat = os.path.join(PHOTOS, "chelsea.png")
    logits = peers.onnx_runtime(path, 1)(photo(cat, NETWORKS[network].input_size).transpose(2, 0, 1)[None])[0]
    document = json.loads(output_of([binary, "--model", network, "--json", cat]))
    indices = [prediction["index"] for prediction in document["results"][0]["predictions"]]
    if indices != list(np.argsort(-logits)[:5]):
        sys.exit(f"the programs disagree: {indices} and {np.argsort(-logits)[:5]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=NETWORKS, default="xception")
    parser.add_argument("--precision", nargs="+", choices=("fp32", "bf16", "int8"), default=["fp32"])
    parser.add_argument("--calibration", help="folder of photos that the peers' int8 is calibrated on")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, os.cpu_count()}))
    parser.add_argument("--binary", default=BINARY)
    parser.add_argument("--photo")
    parser.add_argument("--avx2", action="store_true")
    args = parser.parse_args()
    if "int8" in args.precision and not args.calibration:
        parser.error("int8 needs --calibration FOLDER")
    if args.avx2:
        os.environ |= {"XCEPTION_ISA": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"{args.network}.onnx")
        save_onnx_twin(args.network, path)
        check_agreement(path, args.network, args.binary)
        print(describe_processor(args.binary, args.network) + "\n", flush=True)
        print("| measurement | program | best, ms | median, ms | best / best peer | median / best peer |\n| --- | --- | --- | --- | --- | --- |")
        for precision in args.precision:
            kind = "" if precision == "fp32" else f"{precision}, "
            for threads in args.threads:
                title = f"{kind}latency, {threads} thread{(threads > 1) * 's'}" + (", AVX2" if args.avx2 else "")
                report(title, rounds(contestants(precision, path, threads, 1, args), args.rounds))
            if not args.avx2:
                threads = max(args.threads)
                report(f"{kind}batch of 8, per image, {threads} threads",
                       rounds(contestants(precision, path, threads, 8, args), args.rounds))
        if args.photo and not args.avx2:
            compare_processes(path, args)


if __name__ == "__main__":
    main()
