#!/usr/bin/env python3
"""make_collection_seed.py OUTPUT: a small collection for the fuzzer: 64 features per photo, pages of 512 bytes.

Everything else follows Documentation/collections.md.
"""
import sqlite3
import sys

import numpy as np

COUNT = 64


def main(output):
    # The program compares the tables' text with its own.
    source = open("Sources/PhotoCollections/File/CollectionSchema.swift", encoding="utf-8").read()
    tables = [text.split('"""')[0] for text in source.split('"""\n')[1:] if text.lstrip().startswith("CREATE")]
    tables = ["\n".join(line[8:] for line in text.rstrip().split("\n")) for text in tables]
    random = np.random.default_rng(1)
    mean = np.full(COUNT, 0.05, "<f4")
    database = sqlite3.connect(output, isolation_level=None)
    for sql in ["PRAGMA page_size = 512", f"PRAGMA application_id = {0x78637068}", "PRAGMA user_version = 1", *tables,
                "CREATE INDEX photos_content ON photos (content)"]:
        database.execute(sql)
    database.execute("INSERT INTO made_by VALUES ('0123', 'xception', ?, 'fp32', 'squash, bilinear', 1, '1.0.0', 0, ?)",
                     (COUNT, mean.tobytes()))
    for number in range(3):
        features = random.integers(0, 256, COUNT)
        database.execute(
            """INSERT INTO photos (path, size, modified, content, width, height, scale, square_sum, mean_sum, hash,
               mirrored_hash, features) VALUES (?, 10, 20, ?, 640, 480, 0.01, ?, ?, 1, 2, ?)""",
            (f"/{number}.jpg", number, int((features**2).sum()), float(features @ mean.astype("f8")),
             features.astype("u1").tobytes()))
    database.execute("INSERT INTO photos (path, size, modified, error, message) VALUES (?, 1, 2, 'empty_file', 'empty')", (b"/\xff",))
    database.execute("PRAGMA journal_mode = WAL")
    database.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
