"""Writes Tests/Goldens/mobilenet.safetensors: what Keras' MobileNet answers with the weights of Models/.

    python Scripts/goldens/make_mobilenet_goldens.py

All float32, the names as make_goldens.py explains them:

    logits/NAME             [1000]  of Tests/Fixtures/photos/NAME, squashed to 224 x 224
    logits/random-S-HxW     [1000]  of random_input(S, H, W): sizes that pad differently in each block
    features/NAME           [1024]
    blocks/NAME/LAYER       [256]   samples of the output of conv1 and of each conv_pw_N, after ReLU6
    statistics/NAME/LAYER   [4]

Batch normalization, whose scale is already in the kernels, adds the bias and nothing else.
"""
import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import GOLDENS, MODELS, PHOTOS
from inputs import photo, random_input
from xception_weights.model_file import read_tensors, serialize, write_atomically

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import tensorflow

BLOCKS_OF = "chelsea.png"
SIZES = ((32, 32), (33, 47), (64, 97), (224, 224), (225, 190))
SAMPLES = 256


def build(input_shape=(224, 224, 3)):
    """keras.applications.MobileNet up to its logits, and the model of its features."""
    tensors, _ = read_tensors(os.path.join(MODELS, "mobilenet-backbone.safetensors"))
    head, _ = read_tensors(os.path.join(MODELS, "mobilenet.head.safetensors"))
    network = keras.applications.MobileNet(weights=None, include_top=False, pooling="avg", input_shape=input_shape)
    for layer in network.layers:
        kernel = next((tensors[f"{layer.name}/{kind}"] for kind in ("kernel", "depthwise_kernel")
                       if f"{layer.name}/{kind}" in tensors), None)
        if kernel is not None:
            layer.set_weights([kernel])
        elif isinstance(layer, keras.layers.BatchNormalization):
            bias = tensors[layer.name.removesuffix("_bn") + "/bias"]
            one, epsilon = np.float32(1), np.float32(layer.epsilon)
            layer.set_weights([np.full_like(bias, one), bias, np.zeros_like(bias), np.full_like(bias, one - epsilon)])
    predictions = keras.layers.Dense(head["predictions/bias"].size)
    logits = predictions(network.output)
    predictions.set_weights([head["predictions/kernel"], head["predictions/bias"]])
    return keras.Model(network.input, logits), network


def main():
    golden, metadata = {}, {"keras": keras.__version__, "tensorflow": tensorflow.__version__}
    model, network = build()
    for name in sorted(os.listdir(PHOTOS)):
        if name.endswith((".jpg", ".png")):
            golden[f"logits/{name}"] = model.predict(photo(os.path.join(PHOTOS, name), 224)[None], verbose=0)[0]
    for seed, (height, width) in enumerate(SIZES, 1):
        values = random_input(seed, height, width)
        golden[f"logits/random-{seed}-{height}x{width}"] = build((height, width, 3))[0].predict(values[None], verbose=0)[0]

    layers = ["conv1"] + [f"conv_pw_{block}" for block in range(1, 14)]
    outputs = keras.Model(network.input, [network.get_layer(f"{name}_relu").output for name in layers] + [network.output])
    *blocks, features = outputs.predict(photo(os.path.join(PHOTOS, BLOCKS_OF), 224)[None], verbose=0)
    for name, block in zip(layers, blocks):
        flat = block[0].reshape(-1)
        golden[f"blocks/{BLOCKS_OF}/{name}"] = flat[np.arange(SAMPLES) * (flat.size - 1) // (SAMPLES - 1)]
        wide = flat.astype(np.float64)
        golden[f"statistics/{BLOCKS_OF}/{name}"] = np.array([wide.mean(), wide.std(), wide.min(), wide.max()], np.float32)
    golden[f"features/{BLOCKS_OF}"] = features[0]
    content, _ = serialize(golden, metadata, "float32")
    write_atomically({os.path.join(GOLDENS, "mobilenet.safetensors"): content})


if __name__ == "__main__":
    main()
