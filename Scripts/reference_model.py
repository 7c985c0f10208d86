"""keras.applications.Xception with the weights of the model files, the network everything is checked against.

    python Scripts/reference_model.py [--models Models] PHOTO...     prints the top-5 of each photo

Its batch normalization layers, whose scale is already in the kernels, add the bias and nothing
else: variance + epsilon is exactly 1 in float32.
"""
import argparse
import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np

from project import MODELS
from inputs import photo, softmax
from xception_weights.model_file import read_tensors

SHORTCUTS = ("block2_shortcut", "block3_shortcut", "block4_shortcut", "block13_shortcut")


def build(backbone_path, head_path, input_shape=(299, 299, 3)):
    """Returns the Keras model, which answers logits, and the head's classes."""
    tensors, _ = read_tensors(backbone_path)
    head, head_metadata = read_tensors(head_path)
    classes = json.loads(head_metadata["classes"])
    network = keras.applications.Xception(weights=None, include_top=False, pooling="avg", input_shape=input_shape)

    convolutions = [layer for layer in network.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.SeparableConv2D))]
    shortcuts = iter(SHORTCUTS)
    name_of = {layer.name: layer.name if layer.name.startswith("block") else next(shortcuts) for layer in convolutions}
    for layer in convolutions:
        kernels = [f"{name_of[layer.name]}/{kind}" for kind in ("kernel", "depthwise_kernel", "pointwise_kernel")]
        layer.set_weights([tensors[name] for name in kernels if name in tensors])
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            bias = tensors[name_of[layer.input._keras_history.operation.name] + "/bias"]
            one, epsilon = np.float32(1), np.float32(layer.epsilon)
            assert (one - epsilon) + epsilon == one
            layer.set_weights([np.full_like(bias, one), bias, np.zeros_like(bias), np.full_like(bias, one - epsilon)])

    predictions = keras.layers.Dense(len(classes), name="predictions")
    logits = predictions(network.output)
    predictions.set_weights([head["predictions/kernel"], head["predictions/bias"]])
    return keras.Model(network.input, logits), classes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default=MODELS)
    parser.add_argument("photos", nargs="+")
    args = parser.parse_args()
    model, classes = build(os.path.join(args.models, "xception-backbone.safetensors"),
                           os.path.join(args.models, "imagenet.head.safetensors"))
    for path in args.photos:
        probabilities = softmax(model.predict(photo(path)[None], verbose=0)[0])
        print(path)
        for index in np.argsort(-probabilities, kind="stable")[:5]:
            print(f"  {probabilities[index]:.4f}  {classes[index]['label']}")


if __name__ == "__main__":
    main()
