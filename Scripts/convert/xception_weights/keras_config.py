"""The config in a Keras file: preprocessing, epsilon, activations, and a check of the network."""
import json
import re

import numpy as np

from .errors import ConversionError


class OneOf(tuple):
    """Values that come to the same."""


# As in keras.applications; what differs would compute something else with the same weights.
CONVOLUTION = {"dilation_rate": [1, 1], "activation": "linear", "data_format": "channels_last"}
EVERYWHERE = {"BatchNormalization": {"axis": OneOf((-1, 3))}, "Add": {}}
SETTINGS = {
    "xception": EVERYWHERE | {
        "Conv2D": CONVOLUTION | {"strides": [2, 2], "padding": "same"},
        "SeparableConv2D": CONVOLUTION | {"strides": [1, 1], "padding": "same", "depth_multiplier": 1},
        "MaxPooling2D": {"pool_size": [3, 3], "strides": [2, 2], "padding": "same"},
        "Activation": {"activation": "relu"},
        "ReLU": {"max_value": None, "threshold": 0, "negative_slope": 0},
    },
    "mobilenet_v1": EVERYWHERE | {
        "Conv2D": CONVOLUTION | {"strides": [1, 1], "padding": "same"},
        "DepthwiseConv2D": CONVOLUTION | {"strides": [1, 1], "padding": "same", "depth_multiplier": 1},
        "ZeroPadding2D": {"padding": [[0, 1], [0, 1]]},
        "Activation": {"activation": "relu6"},
        "ReLU": {"max_value": 6, "threshold": 0, "negative_slope": 0},
    },
}
HALVING = {"strides": [2, 2], "padding": "valid"}
EXCEPTIONS = {
    "block1_conv1": {"padding": "valid"}, "block1_conv2": {"padding": "valid", "strides": [1, 1]},
    # "same" since Keras 2.4, of ZeroPadding2D and "valid" before: the same on even sides.
    "conv1": {"strides": [2, 2], "padding": OneOf(("same", "valid"))},
} | {f"conv_dw_{number}": HALVING for number in (2, 4, 6, 12)}

IDENTITY_IN_INFERENCE = re.compile("InputLayer|.*Dropout.*|GaussianNoise|ActivityRegularization|Random.*|Flatten")
ARITHMETIC = {  # on the network's input: scale and offset so far, a number -> scale and offset
    "TrueDivide": lambda scale, offset, number: (scale / number, offset / number),
    "Multiply": lambda scale, offset, number: (scale * number, offset * number),
    "Subtract": lambda scale, offset, number: (scale, offset - number),
    "Add": lambda scale, offset, number: (scale, offset + number),
}
KERAS_2_FUNCTIONS = {"math.truediv": "TrueDivide", "math.multiply": "Multiply", "math.subtract": "Subtract",
                     "__operators__.add": "Add"}


def flattened(model):
    for layer in model["config"]["layers"]:
        if "layers" in layer["config"]:
            yield from flattened(layer)
        else:
            yield layer


def number_of(layer):
    """The one number that an arithmetic layer applies to its input, or None."""
    numbers = []

    def visit(value):
        if isinstance(value, dict):
            for key, item in value.items():
                if key != "config":  # of another tensor
                    visit(item)
        elif isinstance(value, list):
            # Keras 2 names a tensor as [layer, node, index, {"y": number}].
            for item in value[3:] if value and isinstance(value[0], str) else value:
                visit(item)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            numbers.append(value)

    visit(layer.get("inbound_nodes", []))
    return float(numbers[0]) if len(numbers) == 1 and numbers[0] else None


def rescaled(layer, scale, offset):
    """Scale and offset after a layer that does arithmetic on the input; None if it is no such layer."""
    kind, settings = layer["class_name"], layer["config"]
    if kind == "Rescaling" and isinstance(settings["scale"], (int, float)):
        return scale * settings["scale"], offset * settings["scale"] + settings["offset"]
    operation = ARITHMETIC.get(KERAS_2_FUNCTIONS.get(settings.get("function"), kind))
    number = number_of(layer)
    return operation(scale, offset, number) if operation and number else None


def fits(found, expected):
    if isinstance(expected, OneOf):
        return any(fits(found, value) for value in expected)
    return np.ravel(found).tolist() == np.ravel(expected).tolist()


def check_settings(layer, network, places):
    """Raises ConversionError if a layer is none of the network's or set otherwise than there.

    `places` gives the network's name for a layer that has another one in the file.
    """
    kind, settings = layer["class_name"], layer["config"]
    name = settings.get("name")
    known = SETTINGS[network.name]
    if kind not in known:
        raise ConversionError(f"layer {name} ({kind}) is none that a model file of {network.title} can hold")
    for key, expected in (known[kind] | EXCEPTIONS.get(places.get(name, name), {})).items():
        if key in settings and not fits(settings[key], expected):
            raise ConversionError(f"layer {name} has {key} {settings[key]}, {network.title} has {expected}")


class KerasConfig:
    """A model's config, split into what stands before the network, the network's layers, and the head's.

    `facts` and `notes` are as in Weights. Raises ConversionError where the head holds what no head can.
    """

    def __init__(self, config, head_alone=False):
        self.facts, self.notes = {}, []
        self.network_layers, self.activations = [], []
        self.loss = (config.get("compile_config") or {}).get("loss")
        scaling, part = None, "head" if head_alone else "input"
        for layer in flattened(config):
            kind, settings = layer["class_name"], layer["config"]
            self.note_input_size(settings)
            if part == "input" and (after := rescaled(layer, *(scaling or (1.0, 0.0)))):
                scaling = after
            elif IDENTITY_IN_INFERENCE.fullmatch(kind):
                pass
            elif kind == "GlobalAveragePooling2D":
                part = "head"
            elif part != "head":
                part = "network"
                self.network_layers.append(layer)
            else:
                self.add_to_head(kind, settings)
        if scaling:
            scale, offset = scaling
            std = 1 / (255 * scale)
            self.facts["input_mean"], self.facts["input_std"] = (-offset * std,) * 3, (std,) * 3
        elif not head_alone:
            self.notes.append("the network's input is taken to be x / 127.5 - 1, as Keras' preprocess_input makes it")

    def note_input_size(self, settings):
        shape = settings.get("batch_shape") or settings.get("batch_input_shape")
        if shape and len(shape) == 4 and shape[1] and "input_size" not in self.facts:
            self.facts["input_size"] = shape[1]
            if shape[1] != shape[2]:
                self.notes.append(f"trained on {shape[2]}x{shape[1]}; photos are made square, with sides of {shape[1]}")

    def add_to_head(self, kind, settings):
        if kind == "Dense" or (kind == "Conv2D" and np.ravel(settings.get("kernel_size")).tolist() == [1, 1]):
            self.activations.append(settings["activation"])
        elif kind in ("Activation", "ReLU", "Softmax") and self.activations and self.activations[-1] == "linear":
            self.activations[-1] = settings.get("activation", kind.lower())
        elif kind != "Reshape":
            raise ConversionError(f"{settings.get('name')} ({kind}) in the head: only dense layers and dropout can stand there")

    def check_network(self, network, places):
        """Raises ConversionError unless the network's layers are set as the network's here."""
        epsilons = set()
        for layer in self.network_layers:
            check_settings(layer, network, places)
            if layer["class_name"] == "BatchNormalization":
                epsilons.add(layer["config"]["epsilon"])
        if len(epsilons) != 1:
            raise ConversionError(f"batch normalization epsilons {sorted(epsilons)}: expected one for all layers")
        self.facts["batch_norm_epsilon"] = epsilons.pop()

    def activations_of(self, dense):
        """The activation of each dense layer, given as (name, kernel, bias)."""
        activations = list(self.activations)
        if len(activations) != len(dense):
            raise ConversionError(f"{len(activations)} dense layers in the config, {len(dense)} in the weights")
        if activations and activations[-1] == "linear":
            binary = "binary" in json.dumps(self.loss).lower()
            activations[-1] = "sigmoid" if binary else last_activation(dense[-1][2].size)
            self.notes.append(f"the last layer is linear (trained from logits): {activations[-1]} is put after it")
        for (name, *_), activation in zip(dense, activations):
            allowed = ("softmax", "sigmoid") if name == dense[-1][0] else ("relu",)
            if activation not in allowed:
                raise ConversionError(f"dense layer {name} has activation {activation}; {' or '.join(allowed)} can stand there")
        return activations


def last_activation(outputs):
    """The default activation of a last layer: sigmoid for one output, since softmax of one number is always 1."""
    return "sigmoid" if outputs == 1 else "softmax"
