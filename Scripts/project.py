"""Paths of the checkout, for scripts that run from it; also makes the converter's package importable."""
import pathlib
import sys
from typing import NamedTuple

SCRIPTS = pathlib.Path(__file__).resolve().parent
ROOT = SCRIPTS.parent
MODELS = ROOT / "Models"
BACKBONE = MODELS / "xception-backbone.safetensors"
HEAD = MODELS / "imagenet.head.safetensors"


class Shipped(NamedTuple):
    """A network as it is shipped: its files, and the side of the square it is given."""

    backbone: pathlib.Path
    head: pathlib.Path
    input_size: int


NETWORKS = {
    "xception": Shipped(BACKBONE, HEAD, 299),
    "mobilenet": Shipped(MODELS / "mobilenet-backbone.safetensors", MODELS / "mobilenet.head.safetensors", 224),
}
"""By the names that --model takes."""

PHOTOS = ROOT / "Tests" / "Fixtures" / "photos"
GOLDENS = ROOT / "Tests" / "Goldens"
BINARY = ROOT / ".build-static" / "release" / "xception"
"""The program built by `make build`."""

sys.path.append(str(SCRIPTS / "convert"))
