"""Makes Tests/Fixtures/photos from the photos that scikit-image and scikit-learn ship.

    python Scripts/goldens/make_photos.py SKIMAGE_DATA_DIR SKLEARN_IMAGES_DIR

The directories are skimage/data and sklearn/datasets/images of scikit-image 0.26.0 and
scikit-learn 1.9.1. Files below 250 kB are copied as they are; others are recompressed as
JPEG, quality 90, so that a clone stays small. Needs Pillow.
"""

import os
import pathlib
import shutil
import sys

from PIL import Image

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import PHOTOS

SKIMAGE = ["astronaut.png", "camera.png", "chelsea.png", "coffee.png", "coins.png", "rocket.jpg"]
SKLEARN = ["china.jpg", "flower.jpg"]
LARGEST_COPY = 250_000

if __name__ == "__main__":
    skimage, sklearn = map(pathlib.Path, sys.argv[1:3])
    PHOTOS.mkdir(parents=True, exist_ok=True)
    for source in [skimage / name for name in SKIMAGE] + [sklearn / name for name in SKLEARN]:
        if source.stat().st_size <= LARGEST_COPY:
            shutil.copyfile(source, PHOTOS / source.name)
        else:
            Image.open(source).save(PHOTOS / (source.stem + ".jpg"), quality=90)
