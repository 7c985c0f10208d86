#!/usr/bin/env python3
"""check_engines.py COLLECTION QUERY...: the ten nearest of faiss and pgvector beside those of `xception similar`.

Queries are photos of the collection, as paths from the root. Needs numpy and faiss-cpu; pgvector is checked where the variable
PSQL holds a command that connects to an empty database with the extension. The program is XCEPTION, or `xception`.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import faiss

from collection import centred, read

HERE = Path(__file__).resolve().parent
COUNT = 10


def similar(collection, queries):
    """Ours: similarity by path, a dictionary a query."""
    command = [os.environ.get("XCEPTION", "xception"), "similar", "--collection", collection, "-k", str(COUNT),
               "--format", "jsonl", *queries]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [{result["path"]: result["similarity"] for result in json.loads(line)["results"]} for line in lines]


def by_faiss(collection, queries):
    with tempfile.TemporaryDirectory() as folder:
        index = f"{folder}/index"
        subprocess.run([sys.executable, HERE / "to_faiss.py", collection, index], check=True)
        flat, paths = faiss.read_index(index), Path(f"{index}.txt").read_text(encoding="utf-8").splitlines()
    features = centred(collection, read(collection)[1])
    similarities, rows = flat.search(features[[paths.index(query) for query in queries]], COUNT)
    # A collection of fewer photos leaves rows of -1.
    return [{paths[row]: float(similarity) for row, similarity in zip(*found) if row >= 0} for found in zip(rows, similarities)]


def by_pgvector(collection, queries, psql):
    def run(sql):
        return subprocess.run(psql, input=sql, check=True, capture_output=True, text=True).stdout

    run(subprocess.run([sys.executable, HERE / "to_pgvector.py", collection], check=True, capture_output=True, text=True).stdout)
    found = []
    for query in queries:
        literal = "'" + query.replace("'", "''") + "'"
        one = f"(SELECT features FROM photos WHERE path = {literal})"
        rows = run(f"COPY (SELECT path, 1 - (features <=> {one}) FROM photos ORDER BY features <=> {one} LIMIT {COUNT}) TO STDOUT;")
        found.append({path: float(value) for path, value in (row.split("\t") for row in rows.splitlines())})
    return found


def compare(name, ours, theirs):
    """Photos that are as near as the last one may take its place."""
    largest = 0.0
    for mine, other in zip(ours, theirs):
        last = min(mine.values())
        different = set(mine) ^ set(other)
        assert all(abs({**mine, **other}[path] - last) < 2e-4 for path in different), (name, sorted(different))
        largest = max([largest] + [abs(mine[path] - other[path]) for path in set(mine) & set(other)])
    same = sum(set(mine) == set(other) for mine, other in zip(ours, theirs))
    print(f"{name}: the same {COUNT} photos for {same} of {len(ours)} queries, similarities within {largest:.5f}")


def main(collection, *queries):
    ours = similar(collection, queries)
    compare("faiss", ours, by_faiss(collection, queries))
    if "PSQL" in os.environ:
        compare("pgvector", ours, by_pgvector(collection, queries, shlex.split(os.environ["PSQL"])))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
