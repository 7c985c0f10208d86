"""Which layer of a network each entry of a file is.

An entry is a layer's name and its arrays, in the order of the file. The arrays' ranks identify the kind of layer.
"""
import collections

from .errors import ConversionError
from .network import NORMALIZATION, WIDTHS, XCEPTION, kernels_of, mobilenet

Entry = collections.namedtuple("Entry", "name arrays")

DENSE = ("kernel", "bias")
TITLES = {
    ("kernel",): "convolution", ("depthwise_kernel", "pointwise_kernel"): "separable convolution",
    ("depthwise_kernel",): "depthwise convolution", NORMALIZATION: "batch normalization",
}


def tensors_of(entry):
    """The names of an entry's arrays: a key of TITLES, or DENSE."""
    shapes = [array.shape for array in entry.arrays]
    ranks = [len(shape) for shape in shapes]
    if ranks == [4]:
        return ("depthwise_kernel",) if shapes[0][3] == 1 and shapes[0][:2] != (1, 1) else ("kernel",)
    if ranks == [4, 4]:
        return "depthwise_kernel", "pointwise_kernel"
    if ranks == [1, 1, 1, 1]:
        return NORMALIZATION
    # MobileNet's classifier is a 1x1 convolution with a bias.
    if ranks in ([2, 1], [2]) or (ranks == [4, 1] and shapes[0][:2] == (1, 1)):
        return DENSE
    raise ConversionError(f"{entry.name} holds arrays of shapes {shapes}, which no layer of a network or of a head has")


def recognized(entries):
    """The network that a file's convolutions are from: one that has depthwise convolutions by themselves is MobileNet."""
    kernels = [entry.arrays[0].shape for entry in entries if tensors_of(entry) == ("kernel",)]
    if not any(tensors_of(entry) == ("depthwise_kernel",) for entry in entries):
        return XCEPTION
    width = kernels[0][3] / 32 if kernels else 0
    if width not in WIDTHS:
        raise ConversionError(f"its depthwise convolutions are none of Xception's nor of a MobileNet of width {', '.join(map(str, WIDTHS))}")
    return mobilenet(width)


def difference(shapes, names, entry):
    """The name and shape of the first array that has another shape than a layer's, or None."""
    return next(((name, array.shape) for name, array in zip(names, entry.arrays) if array.shape != shapes[name]), None)


def paired(network, entries):
    """Returns `layers`, layer -> tensor -> array, and `places`, an entry's name -> the layer that it is.

    An entry whose name is one of the network's is that layer. The others, whose names Keras made up from their class
    and a number, take the places that are left in the order of the file, as Keras' own reader of such files has it; each
    shape must be the place's. Batch normalization belongs to the convolution that it follows: whether a block's shortcut
    stands before or after its separable convolutions differs between files. Raises ConversionError.
    """
    layers, places = {}, {}
    for names in TITLES:
        of_kind = [entry for entry in entries if tensors_of(entry) == names]
        slots = [layer for layer, shapes in network.layers.items() if names in (kernels_of(shapes), NORMALIZATION)]
        own, others = by_name(of_kind, slots)
        if names == NORMALIZATION:
            others = by_convolution(network, entries, others, places, own)
        fill(network, names, own, [layer for layer in slots if layer not in own], others)
        for layer, entry in own.items():
            layers.setdefault(layer, {}).update(zip(names, entry.arrays))
            places[entry.name] = layer
    return layers, places


def by_name(entries, slots):
    """The entries that are named after layers, layer -> entry, and the others."""
    own, others = {}, []
    for entry in entries:
        layer = entry.name if entry.name in slots else entry.name.removesuffix("_bn")
        if layer not in slots:
            others.append(entry)
        elif layer in own:
            raise ConversionError(f"{entry.name} is there twice")
        else:
            own[layer] = entry
    return own, others


def by_convolution(network, entries, others, places, own):
    """Adds to `own` the normalizations that follow a convolution of as many channels; returns the rest.

    A file that lists layers by class has none of them.
    """
    waiting, rest = [], []
    for entry in entries:
        if entry.name in places and places[entry.name] not in own:
            waiting.append(places[entry.name])
        elif any(entry is other for other in others):
            shape = entry.arrays[0].shape
            layer = next((layer for layer in waiting if network.layers[layer]["gamma"] == shape), None)
            if layer is None:
                rest.append(entry)
            else:
                waiting.remove(layer)
                own[layer] = entry
    return rest


def fill(network, names, own, free, others):
    """Adds the other entries to `own`, each in the next of the free places."""
    missing = len(free) - len(others)
    for entry in others:
        if not free:
            raise ConversionError(f"{entry.name} ({TITLES[names]}) is one more than {network.title} has;"
                                  " a head can hold dense layers and dropout alone")
        # If some are missing, the others are found by their shapes; the missing ones are reported later.
        while missing > 0 and difference(network.layers[free[0]], names, entry):
            free.pop(0)
            missing -= 1
        layer = free.pop(0)
        if found := difference(network.layers[layer], names, entry):
            name, shape = found
            raise ConversionError(f"{entry.name} ({TITLES[names]}) has a {name} of shape {shape}; where it stands, {network.title}"
                                  f" has {layer}, whose shape is {network.layers[layer][name]}")
        own[layer] = entry
