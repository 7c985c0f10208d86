#!/usr/bin/env python3
"""to_faiss.py COLLECTION INDEX: writes a collection's features as a faiss index, and the photos' paths to INDEX.txt.

The index is flat, of inner products, which are `xception similar`'s similarities; needs numpy and faiss-cpu.
"""
import sys

import faiss

from collection import centred, read


def main(collection, index):
    paths, features = read(collection)
    features = centred(collection, features)
    flat = faiss.IndexFlatIP(features.shape[1])
    flat.add(features)
    faiss.write_index(flat, index)
    with open(f"{index}.txt", "w", encoding="utf-8", errors="surrogateescape") as list_of_paths:
        list_of_paths.writelines(f"{path if isinstance(path, str) else path.decode(errors='surrogateescape')}\n" for path in paths)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
