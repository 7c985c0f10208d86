"""From a source file to the files that `xception` runs, as the options of convert_weights.py say."""
import contextlib
import dataclasses
import hashlib
import json
import os

import numpy as np

from . import keras_file, labels, sources, torch_file
from .errors import ConversionError
from .model_file import BACKBONE_FORMAT, checked_metadata, is_model_file, read_tensors, serialize
from .network import Dense, Weights, folded
from .variants import PRESETS, Preprocessing

SCRIPTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Beside this folder where it is installed (share/xception/convert), in Models/ of the checkout otherwise.
IMAGENET_HEAD = next(filter(os.path.exists, (
    os.path.join(SCRIPTS, "..", "imagenet.head.safetensors"),
    os.path.join(SCRIPTS, "..", "..", "Models", "imagenet.head.safetensors"))), "imagenet.head.safetensors")


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
        "format": BACKBONE_FORMAT,
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


def head_line(weights):
    stack = ", ".join(f"{dense.bias.size} {dense.activation}" for dense in weights.head)
    return f"dense {stack}" if stack else "no head"


def input_line(preprocessing):
    return "input: " + ", ".join(f"{name.removeprefix('input_')} {value}" for name, value in preprocessing.items())


def read_head(path):
    """The dense layer of an .npz file."""
    with reading(path), np.load(path, allow_pickle=False) as arrays:
        return [Dense("predictions", arrays["kernel"], arrays["bias"], "softmax")]


def convert_head(args):
    """The same for a SOURCE that is a backbone of this format: the head that --head names is put on it."""
    if not args.head:
        raise ConversionError("a backbone that is converted already; --head names a head to put on it")
    shared = checked_metadata(args.source, BACKBONE_FORMAT)
    preprocessing = {name: shared[name] for name in preprocessing_metadata(Preprocessing())}
    given = {name: value for name, value in vars(args).items() if value is not None}
    own = preprocessing_metadata(dataclasses.replace(Preprocessing(), **{
        name: given.get(name, value) for name, value in dataclasses.asdict(Preprocessing()).items()}))
    extra = {name: own[name] for name in own if name in given and own[name] != preprocessing[name]}
    weights = Weights(f"a backbone file, {shared['name']}", {}, read_head(args.head))
    weights.check_head()
    _, provenance = provenance_of(args.head, args)
    head = head_file(weights, shared["data_sha256"], extra, provenance, args)
    return {os.path.join(args.output, f"{args.head_name or args.name}.head.safetensors"): head}, [
        f"recognized: {weights.description}; " + head_line(weights),
        input_line(preprocessing | extra),
        *(f"note: {note}" for note in weights.notes),
    ]


def convert(args):
    """Returns the files to write, path -> bytes, and the lines that say what was found."""
    provenance, head_provenance = provenance_of(args.source, args)
    if args.sha256 and provenance["source_sha256"] != args.sha256:
        raise ConversionError(f"its SHA-256 is {provenance['source_sha256']}, expected {args.sha256}")
    if is_model_file(args.source):
        return convert_head(args)
    weights = read_source(args.source)
    if args.head:
        weights.head = read_head(args.head)
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

    return files, [
        f"recognized: {weights.description}; " + head_line(weights),
        f"variant: stem padding {variant.stem_padding}, pools {variant.pool_padding}, epsilon {variant.batch_norm_epsilon:g},"
        f" shortcut {'after' if variant.shortcut_after_relu else 'before'} ReLU",
        input_line(preprocessing_metadata(preprocessing)),
        *(f"note: {note}" for note in weights.notes),
    ]
