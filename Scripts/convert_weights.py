"""Converts Xception weights to the two files `xception` runs: a backbone and a head.

    python Scripts/convert_weights.py SOURCE -o DIRECTORY [options]

Batch normalization is folded into the convolutions in double precision. The files are the same
bytes every time. Needs numpy and h5py, no framework. The shipped model is made by

    python Scripts/convert_weights.py kitchenware_xception_model_val-acc_0.901.keras -o Models \\
        --sha256 0e14f861010eafe9026a9d878b1cd260f705cb311a15226e0fbc0235b5529989 \\
        --head imagenet-head.npz --head-name imagenet --dtype float16 \\
        --labels imagenet_synsets.txt --lemmas imagenet_synset_to_lemma.txt
"""
import argparse
import hashlib
import json
import os
import sys

import numpy as np

from xception_weights import keras_file, labels, sources
from xception_weights.errors import ConversionError
from xception_weights.model_file import serialize, write_atomically
from xception_weights.network import Dense, folded


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def backbone_metadata(args, weights, provenance):
    return {
        "format": "xception.backbone/1",
        "name": args.name,
        "stem_padding": "0",
        "pool_padding": "same",
        "batch_norm_epsilon": repr(weights.epsilon),
        "shortcut_after_relu": "false",
        "input_size": str(weights.input_size),
        "input_mean": "0.5,0.5,0.5",
        "input_std": "0.5,0.5,0.5",
        "resize": "squash",
        "resample": "bilinear",
    } | provenance


def head_metadata(name, classes, activation, backbone_sha256, provenance):
    return {
        "format": "xception.head/1",
        "name": name,
        "classes": json.dumps(classes, ensure_ascii=False, separators=(",", ":")),
        "activation": activation,
        "backbone_sha256": backbone_sha256,
    } | provenance


def provenance_of(path):
    digest = sha256_of(path)
    known = sources.KNOWN.get(digest, {"source": os.path.basename(path), "license": "unknown"})
    return known | {"source_sha256": digest}


def convert(args):
    provenance = provenance_of(args.source)
    if args.sha256 and provenance["source_sha256"] != args.sha256:
        raise ConversionError(f"SHA-256 is {provenance['source_sha256']}, expected {args.sha256}")
    weights = keras_file.read(args.source)
    head_provenance = provenance
    if args.head:
        arrays = np.load(args.head, allow_pickle=False)
        weights.head = [Dense("predictions", arrays["kernel"], arrays["bias"], "softmax")]
        head_provenance = provenance_of(args.head)
    weights.check()

    files = {}
    backbone, backbone_sha256 = serialize(folded(weights), backbone_metadata(args, weights, provenance), args.dtype)
    files[os.path.join(args.output, f"{args.name}-backbone.safetensors")] = backbone
    if weights.head:
        classes = labels.from_wordnet(args.labels, args.lemmas)
        [dense] = weights.head
        if len(classes) != dense.bias.size:
            raise ConversionError(f"{len(classes)} labels for {dense.bias.size} classes")
        metadata = head_metadata(args.head_name or args.name, classes, dense.activation, backbone_sha256, head_provenance)
        tensors = {"predictions/kernel": dense.kernel, "predictions/bias": dense.bias}
        files[os.path.join(args.output, f"{args.head_name or args.name}.head.safetensors")], _ = serialize(
            tensors, metadata, args.dtype)
    write_atomically(files)
    for path, content in files.items():
        print(f"{path}: {len(content):,} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="a .keras file")
    parser.add_argument("-o", "--output", required=True, help="directory to write to")
    parser.add_argument("--name", default="xception", help="the backbone's name")
    parser.add_argument("--head", help="an .npz with kernel (2048, classes) and bias, instead of the source's own head")
    parser.add_argument("--head-name", help="the head's name; default: the backbone's")
    parser.add_argument("--dtype", choices=("float16", "float32"), default="float32",
                        help="of kernels; biases are float32 always")
    parser.add_argument("--labels", help="class ids, one a line")
    parser.add_argument("--lemmas", help="id, tab, words: the first one is the label")
    parser.add_argument("--sha256", help="refuse the source unless this is its SHA-256")
    args = parser.parse_args()
    try:
        convert(args)
    except ConversionError as error:
        sys.exit(f"{args.source}: {error}")


if __name__ == "__main__":
    main()
