"""Paths of the checkout, for scripts that run from it; also makes the converter's package importable."""
import pathlib
import sys

SCRIPTS = pathlib.Path(__file__).resolve().parent
ROOT = SCRIPTS.parent
MODELS = ROOT / "Models"
BACKBONE = MODELS / "xception-backbone.safetensors"
HEAD = MODELS / "imagenet.head.safetensors"
PHOTOS = ROOT / "Tests" / "Fixtures" / "photos"
GOLDENS = ROOT / "Tests" / "Goldens"
BINARY = ROOT / ".build-static" / "release" / "xception"
"""The program built by `make build`."""

sys.path.append(str(SCRIPTS / "convert"))
