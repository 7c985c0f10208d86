#!/usr/bin/env python3
"""measure_similar.py COLLECTION QUERY...: time, memory and recall of `xception similar -k 10`.

Each query is asked three times; the time is the processor's and the clock's of the whole program, a forward pass of
the query among it. Recall is that of the ten nearest against numpy's, which multiplies the query's features by those of all
photos in 64-bit floats. Queries should not be in the collection, since such a photo's stored features are used: those have 8 bits,
and near ties change places. Needs numpy. The program is XCEPTION, or `xception`.
"""
import json
import os
import sqlite3
import subprocess
import sys
import time

import numpy as np

COUNT = 10
PROGRAM = os.environ.get("XCEPTION", "xception")


def run(*arguments):
    """Output, wall seconds, processor seconds and the largest resident size in MB."""
    start = time.monotonic()
    process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{arguments}: status {status}")
    return output, time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def centred(features, mean):
    features = features / np.linalg.norm(features, axis=-1, keepdims=True) - mean
    return features / np.linalg.norm(features, axis=-1, keepdims=True)


def nearest(collection, queries):
    """The similarities of all photos, `[queries x photos]`, and the photos' paths."""
    database = sqlite3.connect(f"file:{collection}?mode=ro", uri=True)
    mean = np.frombuffer(database.execute("SELECT mean FROM made_by").fetchone()[0], "<f4").astype("f8")
    rows = database.execute("SELECT path, features FROM photos WHERE features IS NOT NULL")
    similarities, paths = [], []
    while chunk := rows.fetchmany(4096):
        features = np.array([np.frombuffer(row[1], np.uint8) for row in chunk], "f8")
        similarities.append(centred(queries, mean) @ centred(features, mean).T)
        paths += [row[0] for row in chunk]
    return np.concatenate(similarities, axis=1), paths


def main(collection, *queries):
    lines = run("embed", "--format", "jsonl", *queries)[0].splitlines()
    features = np.array([json.loads(line)["embedding"] for line in lines], "f8")
    _, _, alone, _ = run("embed", "--format", "jsonl", queries[0])
    similarities, paths = nearest(collection, features)
    print(f"{len(paths)} photos; a forward pass and the program's start {alone:.2f} CPU s")
    hits = 0
    for query, row in zip(queries, similarities):
        exact = {paths[index] for index in np.argpartition(-row, COUNT)[:COUNT]}
        runs = [run("similar", "--collection", collection, "-k", str(COUNT), "--format", "jsonl", query) for _ in range(3)]
        found = {result["path"] for result in json.loads(runs[0][0])["results"]}
        hits += len(exact & found)
        best = min(runs, key=lambda run: run[2])
        print(f"{len(exact & found):2} of {COUNT}   {best[2]:.2f} CPU s   {min(run[1] for run in runs):.2f} s   "
              f"{best[3]:.0f} MB   {query}")
    print(f"recall {hits / COUNT / len(queries):.3f}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
