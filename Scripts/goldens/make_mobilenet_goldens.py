"""Writes Tests/Goldens/mobilenet.safetensors: what Keras' MobileNet answers with the weights of Models/.

    python Scripts/goldens/make_mobilenet_goldens.py

All float32, the names as make_goldens.py explains them:

    logits/NAME             [1000]  of Tests/Fixtures/photos/NAME, squashed to 224 x 224
    logits/random-S-HxW     [1000]  of random_input(S, H, W): sizes that pad differently in each block
    features/NAME           [1024]
    blocks/NAME/LAYER       [256]   samples of the output of conv1 and of each conv_pw_N, after ReLU6
    statistics/NAME/LAYER   [4]

The blocks are computed by NumPy in float64: Keras' own, in float32, are up to 8e-6 of a block's largest value off, as the
script prints, and the program is allowed 2e-5.
"""
import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import GOLDENS, NETWORKS, PHOTOS
import reference_model
from inputs import photo, random_input
from xception_weights.model_file import read_tensors, serialize, write_atomically

import keras
import tensorflow

BLOCKS_OF = "chelsea.png"
SIZES = ((32, 32), (33, 47), (64, 97), (224, 224), (225, 190))
SAMPLES = 256


def windows(x, stride):
    """The nine taps of 3x3 windows, TensorFlow's "same" padding, each [out x out x channels]."""
    padding = [(0, 1) if stride == 2 and size % 2 == 0 else (1, 1) for size in x.shape[:2]]
    x = np.pad(x, (*padding, (0, 0)))
    height, width = ((size - 3) // stride + 1 for size in x.shape[:2])
    return [x[ky:ky + stride * height:stride, kx:kx + stride * width:stride][:height, :width]
            for ky in range(3) for kx in range(3)]


def float64_blocks(x):
    """conv1 and every conv_pw_N, name -> output, of an image [height x width x 3]."""
    tensors = {name: values.astype(np.float64) for name, values in read_tensors(NETWORKS["mobilenet"].backbone)[0].items()}

    def activated(x, name):
        return np.clip(x + tensors[f"{name}/bias"], 0, 6)

    kernel = tensors["conv1/kernel"].reshape(9, 3, -1)
    x = activated(sum(tap @ weights for tap, weights in zip(windows(x.astype(np.float64), 2), kernel)), "conv1")
    blocks = {"conv1": x}
    for block in range(1, 14):
        kernel = tensors[f"conv_dw_{block}/depthwise_kernel"].reshape(9, -1)
        taps = windows(x, 2 if block in (2, 4, 6, 12) else 1)
        x = activated(sum(tap * weights for tap, weights in zip(taps, kernel)), f"conv_dw_{block}")
        x = activated(x @ tensors[f"conv_pw_{block}/kernel"][0, 0], f"conv_pw_{block}")
        blocks[f"conv_pw_{block}"] = x
    return blocks


def main():
    golden, metadata = {}, {"keras": keras.__version__, "tensorflow": tensorflow.__version__}
    model, _ = reference_model.build("mobilenet")
    for name in sorted(os.listdir(PHOTOS)):
        if name.endswith((".jpg", ".png")):
            golden[f"logits/{name}"] = model.predict(photo(os.path.join(PHOTOS, name), 224)[None], verbose=0)[0]
    for seed, (height, width) in enumerate(SIZES, 1):
        network, _ = reference_model.build("mobilenet", (height, width))
        golden[f"logits/random-{seed}-{height}x{width}"] = network.predict(random_input(seed, height, width)[None], verbose=0)[0]

    image = photo(os.path.join(PHOTOS, BLOCKS_OF), 224)
    blocks = float64_blocks(image)
    outputs = keras.Model(model.input, [model.get_layer(f"{name}_relu").output for name in blocks] + [model.layers[-2].output])
    *by_keras, features = outputs.predict(image[None], verbose=0)
    for (name, block), other in zip(blocks.items(), by_keras):
        largest = np.abs(block).max()
        print(f"{name}: Keras differs by {np.abs(block - other[0]).max() / largest:.2e} of the largest value, {largest:.3f}")
        flat = block.reshape(-1)
        golden[f"blocks/{BLOCKS_OF}/{name}"] = flat[np.arange(SAMPLES) * (flat.size - 1) // (SAMPLES - 1)].astype(np.float32)
        golden[f"statistics/{BLOCKS_OF}/{name}"] = np.array([flat.mean(), flat.std(), flat.min(), flat.max()], np.float32)
    golden[f"features/{BLOCKS_OF}"] = features[0]
    content, _ = serialize(golden, metadata, "float32")
    write_atomically({os.path.join(GOLDENS, "mobilenet.safetensors"): content})


if __name__ == "__main__":
    main()
