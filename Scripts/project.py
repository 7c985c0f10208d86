"""Where things are in the checkout, for scripts that are run from it; makes the converter's package importable too."""
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
"""What `make build` makes."""

sys.path.append(str(SCRIPTS / "convert"))
