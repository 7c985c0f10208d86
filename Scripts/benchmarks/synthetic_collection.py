#!/usr/bin/env python3
"""synthetic_collection.py COLLECTION OUTPUT COUNT: a copy of a collection with COUNT photos that do not exist.

Their features are mixtures of two photos' of the collection times log-normal noise, so that there are many near ties,
and their hashes are random. For measuring `similar` and `duplicates`; needs numpy.
"""
import shutil
import sqlite3
import sys

import numpy as np

BATCH = 4096


def main(collection, output, count):
    shutil.copyfile(collection, output)
    database = sqlite3.connect(output)
    mean, = database.execute("SELECT mean FROM made_by").fetchone()
    mean = np.frombuffer(mean, "<f4").astype("f8")
    rows = database.execute("SELECT features FROM photos WHERE features IS NOT NULL").fetchall()
    real = np.array([np.frombuffer(row[0], "u1") for row in rows], "f4")
    random = np.random.default_rng(1)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("DELETE FROM photos")
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        first, second = random.integers(len(real), size=(2, size))
        share = random.random((size, 1), dtype="f4")
        features = real[first] * share + real[second] * (1 - share)
        features *= np.exp(0.55 * random.standard_normal(features.shape, dtype="f4"))
        largest = features.max(axis=1, keepdims=True)
        features = np.rint(features * (255 / largest)).astype("u1")
        wide = features.astype("f8")
        squares, means = (wide * wide).sum(axis=1), wide @ mean
        hashes = random.integers(-2**63, 2**63 - 1, size=(size, 2))
        database.executemany(
            """INSERT INTO photos (path, size, modified, content, width, height, scale, square_sum, mean_sum, hash,
               mirrored_hash, features) VALUES (?, ?, 0, NULL, 640, 480, ?, ?, ?, ?, ?, ?)""",
            ((f"/synthetic/{start + i:09}.jpg", 100_000, float(np.float32(largest[i, 0] / 65025)), int(squares[i]), float(means[i]),
              int(hashes[i, 0]), int(hashes[i, 1]), features[i].tobytes()) for i in range(size)))
        database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
