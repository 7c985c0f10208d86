"""Writes Tests/Goldens/separable.safetensors: what Keras' SeparableConv2D answers on small random images.

    python Scripts/goldens/make_separable_goldens.py

For each case, all float32: CASE/input [height, width, channels], CASE/depthwise_kernel,
CASE/pointwise_kernel, CASE/bias (where the layer has one) and CASE/output, shaped as Keras shapes them.
The metadata holds under CASE the layer's strides, padding and dilation_rate as JSON; the shapes give the rest.
"""
import json
import os
import sys

import keras
import numpy as np
import tensorflow

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import GOLDENS
from xception_weights.model_file import serialize, write_atomically

GOLDEN = os.path.join(GOLDENS, "separable.safetensors")

# Height, width and channels of the input; the layer's arguments.
CASES = {
    "xception": ((6, 7, 5), dict(filters=4, kernel_size=3, padding="same", use_bias=False)),
    "valid": ((6, 7, 5), dict(filters=4, kernel_size=3)),
    "pointwise-only": ((3, 4, 6), dict(filters=2, kernel_size=1)),
    "window-of-image": ((3, 5, 2), dict(filters=3, kernel_size=(3, 5))),
    "one-pixel": ((1, 1, 3), dict(filters=2, kernel_size=3, padding="same")),
    "even-kernel": ((5, 6, 3), dict(filters=4, kernel_size=(2, 4), padding="same")),
    "stride-valid": ((8, 9, 3), dict(filters=4, kernel_size=3, strides=2)),
    "stride-same-even": ((8, 6, 3), dict(filters=4, kernel_size=3, strides=2, padding="same")),
    "stride-same-odd": ((9, 7, 3), dict(filters=4, kernel_size=3, strides=2, padding="same")),
    "stride-3": ((10, 11, 2), dict(filters=3, kernel_size=(2, 5), strides=3, padding="same")),
    "stride-over-kernel": ((9, 8, 2), dict(filters=3, kernel_size=1, strides=3, padding="same")),
    "dilation-valid": ((9, 8, 3), dict(filters=4, kernel_size=3, dilation_rate=2)),
    "dilation-same": ((7, 8, 3), dict(filters=4, kernel_size=3, dilation_rate=3, padding="same")),
    "dilation-uneven": ((9, 8, 3), dict(filters=4, kernel_size=(3, 2), dilation_rate=(2, 3), padding="same")),
    "multiplier": ((5, 6, 3), dict(filters=5, kernel_size=3, depth_multiplier=3, padding="same")),
    "multiplier-stride": ((7, 6, 2), dict(filters=3, kernel_size=(3, 2), strides=2, depth_multiplier=2)),
    "multiplier-dilation": ((8, 9, 2), dict(filters=3, kernel_size=3, dilation_rate=2, depth_multiplier=4, padding="same")),
}


def main():
    random = np.random.default_rng(2017)
    golden, metadata = {}, {"keras": keras.__version__, "tensorflow": tensorflow.__version__}
    for name, (shape, arguments) in CASES.items():
        layer = keras.layers.SeparableConv2D(**arguments)
        layer.build((None, *shape))
        layer.set_weights([random.uniform(-1, 1, weight.shape).astype(np.float32) for weight in layer.weights])
        image = random.uniform(-1, 1, shape).astype(np.float32)
        golden[f"{name}/input"] = image
        for weight in layer.weights:
            golden[f"{name}/{weight.name}"] = weight.numpy()
        golden[f"{name}/output"] = layer(image[None]).numpy()[0]
        metadata[name] = json.dumps({key: layer.get_config()[key] for key in ("strides", "padding", "dilation_rate")})
        print(name, golden[f"{name}/output"].shape, metadata[name])
    content, _ = serialize(golden, metadata, "float32")
    write_atomically({GOLDEN: content})


if __name__ == "__main__":
    main()
