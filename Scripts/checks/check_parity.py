"""Compares the program with Keras on the same photos and the same weights.

    python Scripts/checks/check_parity.py DIRECTORY [--network xception] [--labels labels.csv] [--binary PATH]

Prints the largest difference of a probability over all classes, on how many photos the five best
classes come in the same order and, given labels (CSV with the columns file and index), the top-1 and
top-5 accuracy of both. Exit status 1 where a probability differs by more than --tolerance or an
order differs.
"""
import argparse
import csv
import json
import os
import subprocess
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BINARY, NETWORKS
import reference_model
from inputs import photo, softmax


def ours(binary, directory, shipped, options):
    """Path -> probabilities in class order, from one run of the program."""
    command = [binary, "classify", directory, "--json", "-k", "1000", "--precision", "fp32", *options,
               "--model", shipped.backbone, "--head", shipped.head]
    document = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    answers = {}
    for result in document["results"]:
        probabilities = np.zeros(document["model"]["classes"])
        for prediction in result["predictions"]:
            probabilities[prediction["index"]] = prediction["probability"]
        answers[result["path"]] = probabilities
    return answers


def ranking(probabilities):
    return np.argsort(-probabilities, kind="stable", axis=-1)[..., :5]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory")
    parser.add_argument("--labels", help="CSV with the columns file and index")
    parser.add_argument("--binary", default=BINARY)
    parser.add_argument("--network", choices=NETWORKS, default="xception")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("options", nargs="*", help="more options for the program, after --")
    args = parser.parse_args()

    shipped = NETWORKS[args.network]
    answers = ours(args.binary, args.directory, shipped, args.options)
    paths = list(answers)
    model, _ = reference_model.build(args.network)
    mine = np.stack([answers[path] for path in paths])
    keras = np.stack([softmax(model.predict_on_batch(photo(path, shipped.input_size)[None])[0])
                      for path in paths])

    difference = np.abs(mine - keras)
    same = (ranking(mine) == ranking(keras)).all(axis=1)
    print(f"photos                           {len(paths)}")
    print(f"largest probability difference   {difference.max():.2e}  {paths[difference.max(axis=1).argmax()]}")
    print(f"same five classes in order       {same.sum()} of {len(paths)}")
    for path in np.array(paths)[~same]:
        print(f"  other order: {path}")
    if args.labels:
        with open(args.labels, newline="") as file:
            truth = {row["file"]: int(row["index"]) for row in csv.DictReader(file)}
        rows = [row for row, path in enumerate(paths) if os.path.basename(path) in truth]
        correct = np.array([truth[os.path.basename(paths[row])] for row in rows])
        for name, probabilities in (("xception", mine), ("Keras", keras)):
            hits = ranking(probabilities[rows]) == correct[:, None]
            print(f"top-1 / top-5 of {len(rows)}, {name:9}    {hits[:, 0].mean():.1%} / {hits.any(axis=1).mean():.1%}")
    if difference.max() > args.tolerance or not same.all():
        sys.exit(1)


if __name__ == "__main__":
    main()
