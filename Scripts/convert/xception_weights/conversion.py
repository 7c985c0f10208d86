"""Conversion of a source file to the files that `xception` runs, by the options of convert_weights.py."""
import contextlib
import dataclasses
import hashlib
import json
import os

from . import keras_file, labels, sources, torch_file
from .errors import ConversionError
from .file_kind import HDF5, KERAS, SAFETENSORS, file_kind
from .head_source import read_head
from .model_file import BACKBONE_FORMAT, HEAD_FORMAT, backbone_facts, is_model_file, serialize
from .network import XCEPTION
from .variants import PRESETS, Preprocessing, Variant
from .weights import Weights, check_head, folded

SCRIPTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Beside this folder if installed (share/xception/convert), otherwise in Models/ of the checkout.
IMAGENET_HEAD = next(filter(os.path.exists, (
    os.path.join(SCRIPTS, "..", "imagenet.head.safetensors"),
    os.path.join(SCRIPTS, "..", "..", "Models", "imagenet.head.safetensors"))), "imagenet.head.safetensors")


def provenance_of(path, args):
    """The origin of the backbone and the head in a file: its SHA-256, and the published file with that hash, if any."""
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    known = dict(sources.KNOWN.get(digest, {"source": os.path.basename(path), "license": args.license or "unknown"}))
    head = known.pop("head", known)
    return known | {"source_sha256": digest}, head | {"source_sha256": digest}


def first_line(error):
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def read_source(path, kind):
    """Reads SOURCE; whatever a damaged file makes its reader stumble over is that file's one line."""
    keras = kind in (HDF5, KERAS)
    try:
        return keras_file.read(path) if keras else torch_file.read(path, kind)
    except ConversionError:
        raise
    except Exception as error:
        raise ConversionError(f"damaged, or no {'Keras' if keras else 'PyTorch'} file: {first_line(error)}") from error


@contextlib.contextmanager
def reading(path):
    """The same for a file that an option names."""
    try:
        yield
    except Exception as error:
        if isinstance(error, OSError) and error.filename:
            raise
        raise ConversionError(f"{path}: {first_line(error)}") from error


def options_given(args):
    return {name: value for name, value in vars(args).items() if value is not None}


def settings(weights, args):
    """Variant and preprocessing: the family's, overridden by the file's, overridden by the options'."""
    preset = PRESETS[args.variant or weights.preset]
    given = options_given(args)
    if weights.network is not XCEPTION and given.keys() & {field.name for field in dataclasses.fields(Variant)} - {"batch_norm_epsilon"}:
        raise ConversionError(f"a {weights.network.title} has no such variants: padding, pools and shortcuts are Xception's")
    found = ({"input_size": weights.network.input_size} | weights.facts | given) if weights.preset == "keras" else given
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


def variant_metadata(network, variant):
    """The metadata of the network; a file that names no network is an Xception."""
    if network is not XCEPTION:
        return ({"network": network.name, "batch_norm_epsilon": repr(variant.batch_norm_epsilon)}
                | ({"variant": network.variant} if network.variant else {}))
    return {
        "stem_padding": str(variant.stem_padding),
        "pool_padding": variant.pool_padding,
        "batch_norm_epsilon": repr(variant.batch_norm_epsilon),
        "shortcut_after_relu": "true" if variant.shortcut_after_relu else "false",
    }


def backbone_file(weights, variant, preprocessing, provenance, name, dtype):
    metadata = {"format": BACKBONE_FORMAT, "name": name} | variant_metadata(weights.network, variant)
    return serialize(folded(weights.network, weights.layers, variant.batch_norm_epsilon),
                     metadata | preprocessing_metadata(preprocessing) | provenance, dtype)


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


def head_file(weights, backbone_sha256, extra, provenance, name, args):
    """Hidden layers keep their order in `layers`; the last one is called predictions, as in Keras."""
    *hidden, last = weights.head
    names = [f"hidden{index}" for index in range(1, len(hidden) + 1)] + ["predictions"]
    tensors = {}
    for layer, dense in zip(names, weights.head):
        tensors |= {f"{layer}/kernel": dense.kernel, f"{layer}/bias": dense.bias}
    metadata = {
        "format": HEAD_FORMAT,
        "name": name,
        "classes": json.dumps(classes_of(args, last.bias.size, weights.notes), ensure_ascii=False, separators=(",", ":")),
        "activation": args.activation or last.activation,
        "backbone_sha256": backbone_sha256,
    } | ({"layers": json.dumps(names)} if hidden else {}) | extra | provenance
    return serialize(tensors, metadata, args.dtype)[0]


def input_line(preprocessing):
    return "input: " + ", ".join(f"{name.removeprefix('input_')} {value}" for name, value in preprocessing.items())


def report(weights, *lines):
    """The lines that describe the findings."""
    stack = ", ".join(f"{dense.bias.size} {dense.activation}" for dense in weights.head)
    return [f"recognized: {weights.description}; " + (f"dense {stack}" if stack else "no head"), *lines,
            *(f"note: {note}" for note in weights.notes)]


def variant_line(network, variant):
    if network is not XCEPTION:
        return f"network: {network.title} with {network.features} features, epsilon {variant.batch_norm_epsilon:g}"
    return (f"variant: stem padding {variant.stem_padding}, pools {variant.pool_padding}, epsilon {variant.batch_norm_epsilon:g},"
            f" shortcut {'after' if variant.shortcut_after_relu else 'before'} ReLU")


def convert_head(args):
    """The same as `convert` for a SOURCE that is a backbone of this format: the head that --head names is put on it."""
    if not args.head:
        raise ConversionError("a backbone that is converted already; --head names a head to put on it")
    shared, features = backbone_facts(args.source)
    own = preprocessing_metadata(dataclasses.replace(Preprocessing(), **{
        name: value for name, value in options_given(args).items() if hasattr(Preprocessing, name)}))
    extra = {name: own[name] for name in own if name in options_given(args) and own[name] != shared[name]}
    with reading(args.head):
        head, notes = read_head(args.head)
        check_head(head, features)
    weights = Weights(f"a backbone file, {shared['name']}", {}, head, notes=notes)
    name = args.head_name or args.name or shared["name"]
    content = head_file(weights, shared["data_sha256"], extra, provenance_of(args.head, args)[1], name, args)
    lines = report(weights, input_line({key: shared[key] for key in own} | extra))
    return {os.path.join(args.output, f"{name}.head.safetensors"): content}, lines


def convert(args):
    """Returns the files to write, path -> bytes, and the lines that describe the findings."""
    provenance, head_provenance = provenance_of(args.source, args)
    if args.sha256 and provenance["source_sha256"] != args.sha256:
        raise ConversionError(f"its SHA-256 is {provenance['source_sha256']}, expected {args.sha256}")
    kind = file_kind(args.source)
    if kind == SAFETENSORS and is_model_file(args.source):
        return convert_head(args)
    weights = read_source(args.source, kind)
    if args.head:
        with reading(args.head):
            weights.head, notes = read_head(args.head)
        weights.notes += notes
        _, head_provenance = provenance_of(args.head, args)
    weights.check()

    variant, preprocessing = settings(weights, args)
    name = args.name or weights.network.default_name
    files, extra = {}, {}
    backbone, backbone_sha256 = backbone_file(weights, variant, preprocessing, provenance, name, args.dtype)
    if args.backbone:
        with reading(args.backbone):
            shared = backbone_facts(args.backbone)[0]
        if shared["data_sha256"] != backbone_sha256:
            other = {"float16": "float32", "float32": "float16"}[args.dtype]
            raise ConversionError(f"its backbone, as {args.dtype}, is not the one in {args.backbone}; try --dtype {other},"
                                  " or convert it without --backbone")
        extra = {key: value for key, value in preprocessing_metadata(preprocessing).items() if shared.get(key) != value}
    else:
        files[os.path.join(args.output, f"{name}-backbone.safetensors")] = backbone
    if weights.head:
        head_name = args.head_name or name
        files[os.path.join(args.output, f"{head_name}.head.safetensors")] = head_file(
            weights, backbone_sha256, extra, head_provenance, head_name, args)
    return files, report(weights, variant_line(weights.network, variant), input_line(preprocessing_metadata(preprocessing)))
