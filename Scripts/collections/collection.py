"""A collection's features, read with Python alone and numpy: the recipe of Documentation/collections.md."""
import sqlite3

import numpy as np


def read(path):
    """Paths and features, [photos x features] of unit length, of a collection."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT path, features FROM photos WHERE features IS NOT NULL ORDER BY id").fetchall()
    features = np.array([np.frombuffer(row[1], np.uint8) for row in rows], np.float32)
    # The scale of a photo goes with its length.
    return [row[0] for row in rows], features / np.linalg.norm(features, axis=1, keepdims=True)


def centred(path, features):
    """Features less the generic mean, of unit length again: their products are `xception similar`'s similarities."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        mean, = database.execute("SELECT mean FROM made_by").fetchone()
    if mean is not None:
        features = features - np.frombuffer(mean, "<f4")
    return features / np.linalg.norm(features, axis=1, keepdims=True)
