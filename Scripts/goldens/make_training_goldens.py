"""Writes Tests/Goldens/training.safetensors: what scikit-learn and NumPy compute, for tests of training and evaluation.

    python Scripts/goldens/make_training_goldens.py

All float32. The photos are made up: features(N, S) are |random_input| of 96 channels, and 0.5 more in every third
channel, beginning at the photo's class, which is its number modulo 3.

    few/probabilities    [40 x 3]   of LogisticRegression(C = 1 / (lambda n)) on f / |f|, lambda = 1e-4, applied to
    many/probabilities   [120 x 3]  f / s, s being the mean length; fewer photos than channels, and more
    ece                  [1]        of outcomes(200): 15 bins, (b - 1) / 15 < p <= b / 15
    temperature          [1]        that minimises the cross-entropy of scores(100) with smoothed targets
"""
import os
import sys

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax
from sklearn.linear_model import LogisticRegression

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import GOLDENS
from inputs import random_input
from xception_weights.model_file import serialize, write_atomically

CHANNELS, CLASSES, REGULARIZATION = 96, 3, 1e-4


def features(count, seed):
    values = np.abs(random_input(seed, count, CHANNELS // 3).reshape(count, CHANNELS)).astype(np.float32)
    for photo in range(count):
        values[photo, photo % CLASSES::3] += np.float32(0.5)
    return values.astype(np.float64), np.arange(count) % CLASSES


def probabilities(count, seed):
    values, labels = features(count, seed)
    lengths = np.linalg.norm(values, axis=1)
    model = LogisticRegression(C=1 / (REGULARIZATION * count), tol=1e-8, max_iter=10000)
    model.fit(values / lengths[:, None], labels)
    return softmax(values / lengths.mean() @ model.coef_.T + model.intercept_, axis=1)


def calibration_error(count):
    draws = (random_input(31, count, 1).reshape(count, 3) + 1) / 2
    confidence, is_right = draws[:, 0].astype(np.float64), draws[:, 1] < draws[:, 0]
    bins = np.ceil(confidence * 15).astype(int)
    return sum(
        (bins == b).mean() * abs(is_right[bins == b].mean() - confidence[bins == b].mean()) for b in range(1, 16) if (bins == b).any())


def temperature(count):
    scores = 4 * random_input(32, count, 1).reshape(count, 3).astype(np.float64)
    labels = scores.argmax(axis=1)
    labels[::4] = (labels[::4] + 1) % 3
    smoothing = 1 / (count + 2)
    targets = (1 - smoothing) * np.eye(3)[labels] + smoothing / 3

    def loss(logarithm):
        scaled = scores / np.exp(logarithm)
        return (logsumexp(scaled, axis=1) - (targets * scaled).sum(axis=1)).mean()

    return np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded", options={"xatol": 1e-10}).x)


tensors = {
    "few/probabilities": probabilities(40, 33), "many/probabilities": probabilities(120, 34),
    "ece": np.array([calibration_error(200)]), "temperature": np.array([temperature(100)]),
}
content, _ = serialize(
    {name: np.asarray(value, np.float32) for name, value in tensors.items()}, {"source": __doc__.split("\n")[0]}, "float32")
write_atomically({os.path.join(GOLDENS, "training.safetensors"): content})
