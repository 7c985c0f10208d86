#!/usr/bin/env python3
"""to_pgvector.py COLLECTION [TABLE] | psql DATABASE: SQL that makes a table of a collection's photos for pgvector.

The column `features` holds unit-length features less the generic mean, so that 1 - (features <=> query) is
`xception similar`'s similarity. The search is exact; Documentation/collections.md says how to index the column.
"""
import sys

from collection import centred, read


def escaped(text):
    """Text for COPY."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def main(collection, table="photos"):
    paths, features = read(collection)
    features = centred(collection, features)
    print("CREATE EXTENSION IF NOT EXISTS vector;")
    print(f"CREATE TABLE {table} (id bigserial PRIMARY KEY, path text NOT NULL, features vector({features.shape[1]}) NOT NULL);")
    print(f"COPY {table} (path, features) FROM STDIN;")
    for path, row in zip(paths, features):
        # PostgreSQL holds text in UTF-8 alone.
        name = path if isinstance(path, str) else path.decode("utf-8", "replace")
        print(escaped(name), "[" + ",".join(f"{value:.7g}" for value in row) + "]", sep="\t")
    print("\\.")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
