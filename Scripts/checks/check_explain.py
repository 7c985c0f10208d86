"""Compares the maps of explain with Keras' gradients, and with random maps.

    python Scripts/checks/check_explain.py [--head FILE] [--steps N] [--binary PATH] PHOTO...

For the best class of each photo, Grad-CAM is computed by Keras: the logit's gradient at the last feature map, summed over
its places, times the map. Printed is the largest difference to `explain --json` as a part of the map's range; the exit
status is 1 if one is above 0.001. With --steps also: the mean probability of the class while the most important of N
parts of the photo are blurred one after the other (deletion: the lower, the better the map), and while they come back on
a blurred photo (insertion: the higher, the better), beside the same with a random map.
"""
import argparse
import json
import os
import subprocess
import sys

import numpy as np
from PIL import Image, ImageFilter

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BACKBONE, BINARY, HEAD
import reference_model
from inputs import photo, softmax
from xception_weights.model_file import read_tensors

import keras
import tensorflow as tf


def layers(head):
    """Kernels and biases of a head's dense layers, in their order."""
    tensors, metadata = read_tensors(head)
    names = json.loads(metadata.get("layers", '["predictions"]'))
    return [(tf.constant(tensors[f"{name}/kernel"].astype(np.float32)), tf.constant(tensors[f"{name}/bias"].astype(np.float32)))
            for name in names]


def logits(feature_map, dense):
    values = tf.reduce_mean(feature_map, axis=(1, 2))
    for kernel, bias in dense[:-1]:
        values = tf.nn.relu(values @ kernel + bias)
    return values @ dense[-1][0] + dense[-1][1]


def gradient_map(feature_map, dense, index):
    with tf.GradientTape() as tape:
        tape.watch(feature_map)
        logit = logits(feature_map, dense)[0, index]
    weights = tf.reduce_sum(tape.gradient(logit, feature_map), axis=(1, 2))[0]
    return tf.tensordot(feature_map[0], weights, 1).numpy()


def mean_probabilities(network, dense, image, importance, index, steps):
    """Means of the class' probability over the steps of a deletion and of an insertion."""
    pixels = Image.fromarray(((image + 1) * 127.5).round().astype(np.uint8))
    blurred = np.asarray(pixels.filter(ImageFilter.GaussianBlur(24)), np.float32) / 127.5 - 1
    size = image.shape[0]
    fine = np.asarray(Image.fromarray(importance.astype(np.float32)).resize((size, size), Image.Resampling.BICUBIC))
    ranks = np.argsort(np.argsort(-fine.ravel(), kind="stable")).reshape(fine.shape) / fine.size
    batch = []
    for step in range(steps + 1):
        mask = (ranks < step / steps)[..., None]
        batch += [np.where(mask, blurred, image), np.where(mask, image, blurred)]
    answers = softmax(logits(network.predict_on_batch(np.stack(batch)), dense).numpy())[:, index]
    return answers[0::2].mean(), answers[1::2].mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="+")
    parser.add_argument("--head", default=HEAD)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--binary", default=BINARY)
    args = parser.parse_args()
    output = subprocess.run([args.binary, "explain", "--json", "--exact-decode", "--head", args.head, "--model", BACKBONE, *args.photos],
                            stdout=subprocess.PIPE, check=True).stdout
    explanations = [json.loads(line) for line in output.splitlines()]
    model, _ = reference_model.build("xception")
    network = keras.Model(model.input, model.get_layer("block14_sepconv2_act").output)
    dense = layers(args.head)
    worst, sums, random = 0, np.zeros(4), np.random.default_rng(1)
    for explanation in explanations:
        image, index = photo(explanation["path"]), explanation["class"]["index"]
        ours = np.array(explanation["map"])
        keras_map = gradient_map(tf.constant(network.predict_on_batch(image[None])), dense, index)
        apart = abs(ours - keras_map).max() / np.ptp(keras_map)
        worst = max(worst, apart)
        line = f"{apart:.1e}  {explanation['class']['label']}: {explanation['path']}"
        if args.steps:
            figures = np.array([*mean_probabilities(network, dense, image, ours, index, args.steps),
                                *mean_probabilities(network, dense, image, random.random(ours.shape), index, args.steps)])
            sums += figures
            line += "  deletion {:.3f}, insertion {:.3f}; random {:.3f}, {:.3f}".format(*figures)
        print(line)
    print(f"largest difference {worst:.1e} of the map's range, {len(explanations)} photos")
    if args.steps:
        print("means: deletion {:.3f}, insertion {:.3f}; random {:.3f}, {:.3f}".format(*sums / len(explanations)))
    sys.exit(int(worst > 1e-3))


if __name__ == "__main__":
    main()
