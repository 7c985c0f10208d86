"""Measures what reduced precision costs in accuracy: `xception --precision X`, and the peers' int8 and bf16, against fp32.

    python Scripts/benchmarks/compare_precision.py FOLDER [--network xception] [--precision bf16 int8] [--hard 0.5] [--labels labels.csv]
        [--calibration FOLDER] [--limit N] [--binary PATH]

FOLDER holds the photos. Every contestant is given the same pixels: PNGs of its input's size, made by Pillow. With --hard F the
photos are mirrored square crops of that fraction of the shorter side, at a place drawn from the file's name: the
shipped head was fitted on easier views, and such crops are about as hard for it as photos it never saw.

The reference is `xception --precision fp32`. Columns: agreement of the first label, and of the set of the first five,
in percent; mean and 99th percentile of the Kullback-Leibler divergence of the reference from the contestant, in nats;
largest difference of any probability; signal to error of the logits, in dB, each photo's mean logit taken out. With
--labels (CSV with the columns file and index) also top-1 and top-5. With --calibration also ONNX Runtime and OpenVINO:
their int8 is calibrated on that folder, which must not be FOLDER.

The program prints probabilities; its logits are had through a copy of the shipped head with sigmoid outputs and
a quarter of the weights, which changes no rounding: scales of powers of two pass through all arithmetic unchanged.

Needs numpy and pillow; with --calibration onnx, onnxruntime, openvino and nncf.
"""
import argparse
import csv
import hashlib
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BINARY, NETWORKS
from inputs import photo, photos_in
from xception_weights.model_file import read_tensors, serialize, write_atomically

SCALE = 4


def write_input(path, output, size, hard):
    """Writes the network's input for a photo as a PNG."""
    image = Image.open(path).convert("RGB")
    if hard:
        digest = hashlib.sha1(os.path.basename(path).encode()).hexdigest()
        places = np.random.default_rng(int(digest[:8], 16))
        side = max(8, round(min(image.size) * hard))
        left, top = (int(places.integers(0, length - side + 1)) for length in image.size)
        image = image.crop((left, top, left + side, top + side)).transpose(Image.FLIP_LEFT_RIGHT)
    image.resize((size, size), Image.BILINEAR).save(output)


def write_logit_head(shipped, path):
    """Writes a shipped head with sigmoid outputs of a quarter of its logits."""
    tensors, metadata = read_tensors(shipped)
    scaled = {name: values / np.float32(SCALE) for name, values in tensors.items()}
    content, _ = serialize(scaled, metadata | {"activation": "sigmoid", "name": "logits"}, "float32")
    write_atomically({path: content})


def program_logits(binary, backbone, head, paths, precision):
    """[photos x classes], float64, as computed by the program, and its reported precision."""
    command = [binary, "--json", "-k", "1000", "--precision", precision, "--model", str(backbone), "--head", head, *paths]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"xception --precision {precision}: {done.stderr.strip()}")
    document = json.loads(done.stdout)
    logits = np.empty((len(paths), document["model"]["classes"]))
    for row, result in zip(logits, document["results"]):
        for prediction in result["predictions"]:
            row[prediction["index"]] = prediction["probability"]
    if logits.min() <= 0 or logits.max() >= 1:
        sys.exit("a logit is out of the range that nine decimals of a sigmoid can tell")
    return SCALE * np.log(logits / (1 - logits)), document["model"]["precision"]


def log_softmax(logits):
    shifted = logits - logits.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))


def ranking(logits, count):
    return np.argsort(-logits, kind="stable", axis=1)[:, :count]


def compare(reference, logits, truth):
    """The figures of one contestant, as a row of the table."""
    expected, found = log_softmax(reference), log_softmax(logits)
    divergence = (np.exp(expected) * (expected - found)).sum(1)
    first = (ranking(reference, 1) == ranking(logits, 1)).mean()
    five = (np.sort(ranking(reference, 5)) == np.sort(ranking(logits, 5))).all(1).mean()
    signal = reference - reference.mean(1, keepdims=True)
    error = (logits - reference) - (logits - reference).mean(1, keepdims=True)
    noise = np.square(error).mean()
    ratio = f"{10 * np.log10(np.square(signal).mean() / noise):.1f}" if noise else "exact"
    row = [f"{100 * first:.1f}", f"{100 * five:.1f}", f"{divergence.mean():.6f}", f"{np.quantile(divergence, 0.99):.5f}",
           f"{np.abs(np.exp(expected) - np.exp(found)).max():.4f}", ratio]
    if truth is not None:
        hits = ranking(logits, 5) == truth[:, None]
        row.append(f"{100 * hits[:, 0].mean():.1f} / {100 * hits.any(1).mean():.1f}")
    return row


def peers_logits(args, images, folder):
    """Yields the peers' names and logits."""
    from onnx_twin import save_onnx_twin
    import peers

    twin = os.path.join(folder, f"{args.network}.onnx")
    save_onnx_twin(args.network, twin)
    for precision in ("fp32", *args.precision):
        for name, run in peers.runners(precision, twin, os.cpu_count(), args.calibration, images[0].shape[1]).items():
            yield name, np.concatenate([run(image[None]) for image in images]).astype(np.float64)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--network", choices=NETWORKS, default="xception")
    parser.add_argument("--precision", nargs="*", default=["bf16", "int8"])
    parser.add_argument("--hard", type=float, default=0)
    parser.add_argument("--labels", help="CSV with the columns file and index")
    parser.add_argument("--calibration", help="folder of other photos, for the peers' int8")
    parser.add_argument("--limit", type=int, help="the number of photos, evenly spread over the folder")
    parser.add_argument("--binary", default=BINARY)
    args = parser.parse_args()

    shipped = NETWORKS[args.network]
    paths = photos_in([args.folder])
    if args.limit:
        paths = [paths[number * len(paths) // args.limit] for number in range(min(args.limit, len(paths)))]
    truth = None
    if args.labels:
        with open(args.labels, newline="") as file:
            index = {row["file"]: int(row["index"]) for row in csv.DictReader(file)}
        truth = np.array([index[os.path.basename(path)] for path in paths])

    with tempfile.TemporaryDirectory() as folder:
        inputs = [os.path.join(folder, f"{number:05}.png") for number in range(len(paths))]
        for path, output in zip(paths, inputs):
            write_input(path, output, shipped.input_size, args.hard)
        head = os.path.join(folder, "logits.head.safetensors")
        write_logit_head(shipped.head, head)
        reference, _ = program_logits(args.binary, shipped.backbone, head, inputs, "fp32")

        print(f"{len(paths)} photos" + (f", crops of {args.hard:g} of the shorter side" if args.hard else ""))
        columns = ["", "same first", "same five", "KL", "KL99", "max dp", "SNR, dB"] + ["top-1 / top-5"] * (truth is not None)
        print("| " + " | ".join(columns) + " |\n|" + " --- |" * len(columns))

        def show(name, logits):
            print(f"| {name} | " + " | ".join(compare(reference, logits, truth)) + " |", flush=True)

        show("xception fp32", reference)
        for precision in args.precision:
            logits, ran = program_logits(args.binary, shipped.backbone, head, inputs, precision)
            show(f"xception {precision}" + (f" (ran {ran})" if ran != precision else ""), logits)
        if args.calibration:
            images = [photo(path, shipped.input_size).transpose(2, 0, 1) for path in inputs]
            for name, logits in peers_logits(args, images, folder):
                show(name, logits)


if __name__ == "__main__":
    main()
