"""Writes Tests/Goldens/: what Keras answers with the weights of Models/, for tests that run without it.

    python Scripts/goldens/make_goldens.py

network.safetensors, all float32:

    logits/NAME             [1000]  of Tests/Fixtures/photos/NAME, preprocessed as inputs.photo does
    logits/random-S         [1000]  of random_input(S, 299, 299)
    logits/random-S-HxW     [1000]  of random_input(S, H, W): sizes that pad differently in each pool
    features/NAME           [2048]  the global average pool's output, of one photo
    blocks/NAME/blockB      [256]   elements i * (count - 1) / 255, rounded down, of block B's output
                                    [height x width x channels], flattened, i = 0 ... 255
    statistics/NAME/blockB  [4]     that output's mean, standard deviation, minimum and maximum
    hidden/NAME             [3]     probabilities from hidden.head.safetensors, also written here: a
                                    head of two dense layers of random weights, ReLU and sigmoid

A block's output is what the next block is given: after the sum with the shortcut, after the last
ReLU in blocks 1 and 14. The metadata holds its shape, the versions, and each photo's five best classes.
"""
import json
import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BACKBONE, GOLDENS, HEAD, PHOTOS
import reference_model
from inputs import photo, random_input
from xception_weights.model_file import read_tensors, serialize, write_atomically

import keras
import tensorflow

BLOCKS_OF = "chelsea.png"
SIZES = ((71, 71), (72, 96), (150, 150), (160, 200), (331, 260))
SAMPLES = 256


def block_outputs(model):
    """The Keras layer whose output is each block's: block 1 ... 14."""
    sums = [layer for layer in model.layers if isinstance(layer, keras.layers.Add)]
    return [model.get_layer("block1_conv2_act"), *sums, model.get_layer("block14_sepconv2_act")]


def hidden_head():
    """The bytes of a head file: dense 6, ReLU, dense 3, sigmoid."""
    tensors = {
        "hidden1/kernel": random_input(21, 2048, 2).reshape(2048, 6), "hidden1/bias": random_input(22, 2, 1).reshape(6),
        "predictions/kernel": random_input(23, 6, 1).reshape(6, 3), "predictions/bias": random_input(24, 1, 1).reshape(3),
    }
    metadata = {
        "format": "xception.head/1", "name": "hidden", "activation": "sigmoid", "layers": json.dumps(["hidden1", "predictions"]),
        "classes": json.dumps([{"id": name, "label": name} for name in "abc"]), "source": "random", "license": "MIT",
        "backbone_sha256": read_tensors(BACKBONE)[1]["data_sha256"],
    }
    return serialize(tensors, metadata, "float16")[0]


def main():
    golden, metadata = {}, {"keras": keras.__version__, "tensorflow": tensorflow.__version__}
    model, classes = reference_model.build("xception")

    def logits(name, network, values):
        golden[f"logits/{name}"] = network.predict(values[None], verbose=0)[0]

    for name in sorted(os.listdir(PHOTOS)):
        if not name.endswith((".jpg", ".png")):
            continue
        logits(name, model, photo(os.path.join(PHOTOS, name)))
        best = np.argsort(-golden[f"logits/{name}"], kind="stable")[:6]
        metadata[f"top5/{name}"] = json.dumps([classes[index]["label"] for index in best[:5]])
        print(name, [classes[index]["label"] for index in best[:5]],
              f"nearest neighbours among six: {-np.diff(golden[f'logits/{name}'][best]).max():.4f}")
    for seed in range(1, 6):
        logits(f"random-{seed}", model, random_input(seed, 299, 299))
    for seed, (height, width) in enumerate(SIZES, 1):
        network, _ = reference_model.build("xception", (height, width))
        logits(f"random-{seed}-{height}x{width}", network, random_input(seed, height, width))

    layers = block_outputs(model)
    outputs = keras.Model(model.input, [layer.output for layer in layers] + [model.layers[-2].output])
    *blocks, features = outputs.predict(photo(os.path.join(PHOTOS, BLOCKS_OF))[None], verbose=0)
    for number, block in enumerate(blocks, 1):
        flat = block[0].reshape(-1)
        positions = np.arange(SAMPLES) * (flat.size - 1) // (SAMPLES - 1)
        golden[f"blocks/{BLOCKS_OF}/block{number}"] = flat[positions]
        wide = flat.astype(np.float64)
        golden[f"statistics/{BLOCKS_OF}/block{number}"] = np.array(
            [wide.mean(), wide.std(), wide.min(), wide.max()], np.float32)
        metadata[f"shape/block{number}"] = json.dumps(block.shape[1:])
    golden[f"features/{BLOCKS_OF}"] = features[0]

    hidden_path = os.path.join(GOLDENS, "hidden.head.safetensors")
    write_atomically({hidden_path: hidden_head()})
    tensors, _ = read_tensors(hidden_path)
    head = keras.Sequential([keras.layers.Dense(6, "relu"), keras.layers.Dropout(0.5), keras.layers.Dense(3, "sigmoid")])
    head.build((None, 2048))
    head.set_weights([tensors[f"{layer}/{name}"] for layer in ("hidden1", "predictions") for name in ("kernel", "bias")])
    golden[f"hidden/{BLOCKS_OF}"] = head.predict(features, verbose=0)[0]
    print("hidden head:", golden[f"hidden/{BLOCKS_OF}"])

    content, _ = serialize(golden, metadata, "float32")
    write_atomically({os.path.join(GOLDENS, "network.safetensors"): content})


if __name__ == "__main__":
    main()
