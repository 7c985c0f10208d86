"""The networks of keras.applications with the weights of the model files, which everything is checked against.

    python Scripts/reference_model.py [--network xception] PHOTO...     prints the top-5 of each photo

Their batch normalization layers, whose scale is already in the kernels, add the bias and nothing
else: variance + epsilon is exactly 1 in float32.
"""
import argparse
import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np

from project import NETWORKS
from inputs import photo, softmax
from xception_weights.model_file import read_tensors

SHORTCUTS = ("block2_shortcut", "block3_shortcut", "block4_shortcut", "block13_shortcut")
APPLICATIONS = {"xception": keras.applications.Xception, "mobilenet": keras.applications.MobileNet}
KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel")


def build(network, size=None):
    """Returns the Keras model, which answers logits, and the head's classes.

    `size` is the input's height and width, the network's own if it is not given.
    """
    backbone, head_path, side = NETWORKS[network]
    tensors, _ = read_tensors(backbone)
    head, head_metadata = read_tensors(head_path)
    classes = json.loads(head_metadata["classes"])
    model = APPLICATIONS[network](
        weights=None, include_top=False, pooling="avg", input_shape=(*(size or (side, side)), 3))

    shortcuts = iter(SHORTCUTS)
    name_of = {}
    for layer in model.layers:
        if isinstance(layer, (keras.layers.Conv2D, keras.layers.SeparableConv2D, keras.layers.DepthwiseConv2D)):
            # Keras gives Xception's shortcuts no names.
            name = layer.name if any(f"{layer.name}/{kernel}" in tensors for kernel in KERNELS) else next(shortcuts)
            name_of[layer.name] = name
            layer.set_weights([tensors[f"{name}/{kernel}"] for kernel in KERNELS if f"{name}/{kernel}" in tensors])
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            bias = tensors[name_of[layer.input._keras_history.operation.name] + "/bias"]
            one, epsilon = np.float32(1), np.float32(layer.epsilon)
            assert (one - epsilon) + epsilon == one
            layer.set_weights([np.full_like(bias, one), bias, np.zeros_like(bias), np.full_like(bias, one - epsilon)])

    predictions = keras.layers.Dense(len(classes), name="predictions")
    logits = predictions(model.output)
    predictions.set_weights([head["predictions/kernel"], head["predictions/bias"]])
    return keras.Model(model.input, logits), classes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=NETWORKS, default="xception")
    parser.add_argument("photos", nargs="+")
    args = parser.parse_args()
    model, classes = build(args.network)
    for path in args.photos:
        values = photo(path, NETWORKS[args.network].input_size)
        probabilities = softmax(model.predict(values[None], verbose=0)[0])
        print(path)
        for index in np.argsort(-probabilities, kind="stable")[:5]:
            print(f"  {probabilities[index]:.4f}  {classes[index]['label']}")


if __name__ == "__main__":
    main()
