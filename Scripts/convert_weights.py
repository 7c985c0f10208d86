"""Converts Xception weights to the two files `xception` runs: a backbone and a head.

    python Scripts/convert_weights.py SOURCE -o DIRECTORY [options]

SOURCE is a Keras file (.keras, .weights.h5, legacy .h5) or a PyTorch state dict (.pth, .pt,
.safetensors) in the naming of tstandley, Cadene or timm, with or without a head. Batch
normalization is folded into the convolutions in double precision. The files are the same bytes
every time; either all of them are written or none. Exit status 2 where SOURCE cannot be used.

What a file cannot say, options do; --variant sets the defaults of a family:

    keras                stem padding 0, pools "same", epsilon 1e-3, squash, bilinear
    timm                 stem padding 0, pools symmetric, epsilon 1e-5, crop:333, bicubic
    cadene, tstandley    as timm, bilinear

Needs numpy and h5py, no framework. The shipped model is made by

    python Scripts/convert_weights.py kitchenware_xception_model_val-acc_0.901.keras -o Models \\
        --sha256 0e14f861010eafe9026a9d878b1cd260f705cb311a15226e0fbc0235b5529989 \\
        --input-size 299 --head imagenet-head.npz --head-name imagenet --dtype float16 \\
        --labels imagenet_synsets.txt --lemmas imagenet_synset_to_lemma.txt
"""
import argparse
import contextlib
import dataclasses
import hashlib
import json
import os
import re
import sys

import numpy as np

from xception_weights import keras_file, labels, sources, torch_file
from xception_weights.errors import ConversionError
from xception_weights.model_file import read_tensors, serialize, write_atomically
from xception_weights.network import PRESETS, Dense, folded

IMAGENET_HEAD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Models", "imagenet.head.safetensors")


def provenance_of(path, args):
    """What is known of the backbone and the head in a file: its SHA-256, and the published file it is, if it is one."""
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    known = dict(sources.KNOWN.get(digest, {"source": os.path.basename(path), "license": args.license or "unknown"}))
    head = known.pop("head", known)
    return known | {"source_sha256": digest}, head | {"source_sha256": digest}


def first_line(error):
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def read_source(path):
    """Reads SOURCE; whatever a damaged file makes its reader stumble over is that file's one line."""
    with open(path, "rb") as file:
        start = file.read(9)
    keras = start[:8] == keras_file.HDF5_SIGNATURE or path.endswith(".keras")
    if not keras and start[8:] != b"{" and not path.endswith((".pth", ".pt", ".bin", ".tar")):
        raise ConversionError("neither HDF5, .keras, safetensors nor a PyTorch .pth or .pt file")
    try:
        return (keras_file if keras else torch_file).read(path)
    except ConversionError:
        raise
    except Exception as error:
        raise ConversionError(f"damaged, or no {'Keras' if keras else 'PyTorch'} file: {first_line(error)}") from error


@contextlib.contextmanager
def reading(path):
    """The same for a file that an option names."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise ConversionError(f"{path}: {first_line(error)}") from error


def settings(weights, args):
    """Variant and preprocessing: the family's, then what the file says, then what the options say."""
    preset = PRESETS[args.variant or weights.preset]
    given = {name: value for name, value in vars(args).items() if value is not None}
    found = (weights.facts | given) if weights.preset == "keras" else given
    return [dataclasses.replace(part, **{field.name: found[field.name] for field in dataclasses.fields(part)
                                         if field.name in found}) for part in preset]


def numbers(values):
    return ",".join(f"{value:.6g}" for value in values)


def preprocessing_metadata(preprocessing):
    return {
        "input_size": str(preprocessing.input_size),
        "input_mean": numbers(preprocessing.input_mean),
        "input_std": numbers(preprocessing.input_std),
        "resize": preprocessing.resize,
        "resample": preprocessing.resample,
    }


def backbone_file(weights, variant, preprocessing, provenance, args):
    metadata = {
        "format": "xception.backbone/1",
        "name": args.name,
        "stem_padding": str(variant.stem_padding),
        "pool_padding": variant.pool_padding,
        "batch_norm_epsilon": repr(variant.batch_norm_epsilon),
        "shortcut_after_relu": "true" if variant.shortcut_after_relu else "false",
    } | preprocessing_metadata(preprocessing) | provenance
    return serialize(folded(weights.layers, variant.batch_norm_epsilon), metadata, args.dtype)


def classes_of(args, count, notes):
    if args.labels:
        with reading(args.labels):
            classes = labels.from_wordnet(args.labels, args.lemmas) if args.lemmas else labels.read(args.labels)
        return labels.checked(classes, count, args.labels)
    if count == 1000:
        notes.append("1000 classes and no --labels: they are taken to be ImageNet's")
        return labels.read(IMAGENET_HEAD)
    notes.append("no --labels: classes are numbered")
    return labels.numbered(count)


def head_file(weights, backbone_sha256, extra, provenance, args):
    """Hidden layers keep their order in `layers`; the last one is called predictions, as in Keras."""
    *hidden, last = weights.head
    names = [f"hidden{index}" for index in range(1, len(hidden) + 1)] + ["predictions"]
    tensors = {}
    for name, dense in zip(names, weights.head):
        tensors |= {f"{name}/kernel": dense.kernel, f"{name}/bias": dense.bias}
    metadata = {
        "format": "xception.head/1",
        "name": args.head_name or args.name,
        "classes": json.dumps(classes_of(args, last.bias.size, weights.notes), ensure_ascii=False, separators=(",", ":")),
        "activation": args.activation or last.activation,
        "backbone_sha256": backbone_sha256,
    } | ({"layers": json.dumps(names)} if hidden else {}) | extra | provenance
    return serialize(tensors, metadata, args.dtype)[0]


def convert(args):
    """Returns the files to write, path -> bytes, and the lines that say what was found."""
    provenance, head_provenance = provenance_of(args.source, args)
    if args.sha256 and provenance["source_sha256"] != args.sha256:
        raise ConversionError(f"its SHA-256 is {provenance['source_sha256']}, expected {args.sha256}")
    weights = read_source(args.source)
    if args.head:
        with reading(args.head):
            arrays = np.load(args.head, allow_pickle=False)
            weights.head = [Dense("predictions", arrays["kernel"], arrays["bias"], "softmax")]
        _, head_provenance = provenance_of(args.head, args)
    weights.check()

    variant, preprocessing = settings(weights, args)
    files, extra = {}, {}
    backbone, backbone_sha256 = backbone_file(weights, variant, preprocessing, provenance, args)
    if args.backbone:
        with reading(args.backbone):
            shared = read_tensors(args.backbone)[1]
        if shared.get("data_sha256") != backbone_sha256:
            raise ConversionError(f"its backbone, as {args.dtype}, is not the one in {args.backbone}; convert it without --backbone")
        extra = {name: value for name, value in preprocessing_metadata(preprocessing).items() if shared.get(name) != value}
    else:
        files[os.path.join(args.output, f"{args.name}-backbone.safetensors")] = backbone
    if weights.head:
        head = head_file(weights, backbone_sha256, extra, head_provenance, args)
        files[os.path.join(args.output, f"{args.head_name or args.name}.head.safetensors")] = head

    stack = ", ".join(f"{dense.bias.size} {dense.activation}" for dense in weights.head)
    return files, [
        f"recognized: {weights.description}; " + (f"dense {stack}" if stack else "no head"),
        f"variant: stem padding {variant.stem_padding}, pools {variant.pool_padding}, epsilon {variant.batch_norm_epsilon:g},"
        f" shortcut {'after' if variant.shortcut_after_relu else 'before'} ReLU",
        "input: " + ", ".join(f"{key.removeprefix('input_')} {value}"
                              for key, value in preprocessing_metadata(preprocessing).items()),
        *(f"note: {note}" for note in weights.notes),
    ]


def three_numbers(text):
    values = tuple(float(part) for part in text.split(","))
    if len(values) not in (1, 3):
        raise ValueError
    return values if len(values) == 3 else values * 3


def resizing(text):
    if text != "squash" and not re.fullmatch(r"crop:[1-9]\d*", text):
        raise ValueError
    return text


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="the file to convert")
    parser.add_argument("-o", "--output", required=True, help="directory to write NAME-backbone.safetensors and NAME.head.safetensors to")
    parser.add_argument("--name", default="xception", help="the backbone's name (default: xception)")
    parser.add_argument("--head-name", help="the head's name (default: the backbone's)")
    parser.add_argument("--dtype", choices=("float16", "float32"), default="float32",
                        help="of kernels; biases are float32 always")
    parser.add_argument("--sha256", help="refuse SOURCE unless this is its SHA-256")
    parser.add_argument("--license", help="the licence of a source that is not a published file known here")

    group = parser.add_argument_group("head")
    group.add_argument("--labels", help="class list: text, JSON, or a head file to take it from")
    group.add_argument("--lemmas", help="with --labels a list of WordNet ids: file of id, tab, words; the first one is the label")
    group.add_argument("--activation", choices=("softmax", "sigmoid"), help="of the last layer")
    group.add_argument("--head", help="an .npz with kernel (2048, classes) and bias, instead of SOURCE's own head")
    group.add_argument("--backbone", help="a backbone file that SOURCE shares (trained with it frozen): write the head alone")

    group = parser.add_argument_group("variant")
    group.add_argument("--variant", choices=PRESETS, help="default: as recognized")
    group.add_argument("--stem-padding", type=int, choices=(0, 1))
    group.add_argument("--pool-padding", choices=("same", "symmetric"))
    group.add_argument("--shortcut-after-relu", action=argparse.BooleanOptionalAction,
                       help="an in-place ReLU at the head of each block rectifies what its shortcut sees")
    group.add_argument("--batch-norm-epsilon", type=float)
    group.add_argument("--input-size", type=int)
    group.add_argument("--mean", dest="input_mean", type=three_numbers, help="of values in 0 ... 1: one number or three")
    group.add_argument("--std", dest="input_std", type=three_numbers)
    group.add_argument("--resize", type=resizing, help="squash, or crop:SIDE (shorter side to SIDE, then the center)")
    group.add_argument("--resample", choices=("nearest", "bilinear", "bicubic", "lanczos"))
    return parser.parse_args(arguments)


def main(arguments=None):
    args = parse_arguments(arguments)
    try:
        files, lines = convert(args)
        write_atomically(files)
    except OSError as error:
        print(f"{error.filename or args.source}: {error.strerror or error}", file=sys.stderr)
        return 2
    except ConversionError as error:
        print(f"{args.source}: {error}", file=sys.stderr)
        return 2
    for line in lines:
        print(line)
    for path, content in files.items():
        print(f"wrote {path}, {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
