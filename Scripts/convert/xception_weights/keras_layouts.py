"""The layouts of Keras' files, each read into entries."""
import re

from .errors import ConversionError
from .hdf5_file import attribute
from .pairing import Entry

MAXIMUM_DEPTH = 20
"""Levels of models nested in each other."""


def snake_case(name):
    """Keras' rule for turning a class name into a group's (keras.src.utils.naming.to_snake_case)."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def stored(reader, group):
    """A Keras 3 layer's arrays: vars/0, vars/1, ..."""
    return [reader.array(group, f"vars/{index}") for index in range(len(reader.group(group, "vars")))]


def numbered_entries(reader, model, group, depth=0):
    """A `.keras` file numbers layers by class, in the order in which its config lists them."""
    if depth > MAXIMUM_DEPTH:
        raise ConversionError("its models are nested too deeply")
    counts = {}
    for layer in model["config"]["layers"]:
        kind = snake_case(layer["class_name"])
        number = counts.get(kind, 0)
        counts[kind] = number + 1
        child = reader.get(group, f"layers/{kind}_{number}" if number else f"layers/{kind}")
        if child is None:
            continue  # missing layers show when the network is assembled
        if "layers" in layer["config"]:
            yield from numbered_entries(reader, layer, child, depth + 1)
        elif len(reader.get(child, "vars") or ()):
            yield Entry(layer["config"]["name"], stored(reader, child))


def unnamed_entries(reader):
    """A `.weights.h5` file has no config. Later versions of Keras 3 note each layer's name; in earlier ones the
    groups are numbered by class in the order of Keras' own layers."""
    paths = []
    # Each object once, by hard links alone.
    reader.file.visit(lambda path: paths.append(path) if path.endswith("/vars") else None)

    def place(path):
        return [(re.sub(r"_\d+$", "", part), int((re.findall(r"_(\d{1,9})$", part) or "0")[0])) for part in path.split("/")]

    for path in sorted(paths, key=place):
        group = reader.group(reader.file, path)
        if path.startswith("optimizer") or "seed_generator" in path or not len(group):
            continue
        own = path.split("/")[-2]
        yield Entry(str(group.attrs.get("name") or own), stored(reader, reader.group(reader.file, path.removesuffix("/vars"))))


def legacy_entries(reader, root):
    """A legacy file has a group a layer; that of a nested model holds the variables of all its layers."""
    for name in attribute(root, "layer_names"):
        group = reader.group(root, name)
        by_layer = {}
        for variable in attribute(group, "weight_names"):
            owner = variable.split("/")[-2] if "/" in variable else name
            by_layer.setdefault(owner, []).append(reader.array(group, variable))
        for owner, arrays in by_layer.items():
            yield Entry(owner if len(by_layer) > 1 else name, arrays)
