"""Compares train, evaluate and rejection with scikit-learn and numpy, on the same features and the same photos.

    python Scripts/checks/check_training.py PHOTOS --collection FILE [--per-class N] [--leave-out K] [--far DIRECTORY ...]

PHOTOS has a folder per class. 30% of each class are held out as test photos; --per-class takes so many of the rest, and
--leave-out trains without the last K classes, whose photos then are "near". Features come from the collection, to which
those of new photos are added. Printed are, and the exit status says if one of them is beyond its bar:

  train     largest difference of a test photo's probability to LogisticRegression (C = 1 / (lambda n), unit-length
            features, the head's temperature and length), and how many test photos each gets right (bars: 0.02, 1 photo)
  evaluate  largest difference of any figure of the JSON document to numpy's and scikit-learn's, from the probabilities
            that classify prints (bar: 1e-6, as many digits as the document has)
  reject    largest difference of a score to the formula from the head's own tensors (bar: 1e-3); then, of near photos and
            of those of each --far: AUROC against the test photos, accepted at the threshold that accepts 95% of
            these, accepted by the head, and accepted by a threshold of scikit-learn's folds

Needs numpy, scikit-learn, scipy and safetensors.
"""
import argparse
import json
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import tempfile

import numpy as np
from safetensors import safe_open
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score
from sklearn.model_selection import StratifiedKFold

ENDINGS = {".jpg", ".jpeg", ".png"}


def photos_below(directory):
    return sorted(str(path.resolve()) for path in pathlib.Path(directory).rglob("*") if path.suffix.lower() in ENDINGS)


def split(directory, per_class, leave_out):
    """Training photos, test photos and those of classes that are left out: lists of (path, class)."""
    classes = sorted(entry.name for entry in pathlib.Path(directory).iterdir() if entry.is_dir())
    known = classes[:len(classes) - leave_out]
    train, test, near = [], [], []
    for name in classes:
        photos = photos_below(os.path.join(directory, name))
        random.Random(name).shuffle(photos)
        count = -(-3 * len(photos) // 10)
        labelled = [(photo, name) for photo in photos]
        if name in known:
            test += labelled[:count]
            train += labelled[count:][:per_class]
        else:
            near += labelled
    return train, test, near


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def log_sum_exp(logits):
    largest = logits.max(1, keepdims=True)
    return (largest + np.log(np.exp(logits - largest).sum(1, keepdims=True)))[:, 0]


def softmax(logits):
    return np.exp(logits - log_sum_exp(logits)[:, None])


def regression(features, labels, classes, regularization):
    """Weights, [features x classes], and biases; of two classes each has half of scikit-learn's one vector."""
    fit = LogisticRegression(C=1 / (regularization * len(labels)), max_iter=3000, tol=1e-5).fit(features, labels)
    if classes == 2:
        return np.stack([-fit.coef_[0] / 2, fit.coef_[0] / 2], 1), np.array([-fit.intercept_[0] / 2, fit.intercept_[0] / 2])
    return fit.coef_.T, fit.intercept_


class Program:
    def __init__(self, executable, collection):
        self.executable, self.collection = executable, collection

    def run(self, *arguments, **options):
        done = subprocess.run([self.executable, *arguments], capture_output=True, text=True, **options)
        if done.returncode:
            sys.exit(f"{' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def classified(self, head, photos, count):
        """Probabilities, [photos x classes], and scores of rejection."""
        document = json.loads(self.run(
            "--head", head, "--collection", self.collection, "--read-only", "--json", "-k", str(count), "--quiet", "--files-from", "-",
            input="\n".join(photos) + "\n"))
        results = {result["path"]: result for result in document["results"]}
        probabilities = np.zeros((len(photos), count))
        for row, photo in enumerate(photos):
            for prediction in results[photo]["predictions"]:
                probabilities[row, prediction["index"]] = prediction["probability"]
        return probabilities, np.array([results[photo].get("rejection_score", np.nan) for photo in photos])


class Features:
    def __init__(self, collection):
        with sqlite3.connect(f"file:{collection}?mode=ro", uri=True) as database:
            rows = database.execute("SELECT path, scale, features FROM photos WHERE features IS NOT NULL").fetchall()
        self.of = {path: np.frombuffer(blob, np.uint8) * scale for path, scale, blob in rows}

    def __call__(self, photos):
        return np.array([self.of[photo] for photo in photos])


def wilson(count, total):
    z, p = 1.959964, count / total
    center, half = p + z * z / 2 / total, z * np.sqrt(p * (1 - p) / total + z * z / 4 / total**2)
    return [max(0, (center - half) / (1 + z * z / total)), min(1, (center + half) / (1 + z * z / total))]


def figures(probabilities, labels, accepted):
    """All that `evaluate --json` says, from probabilities; rejected photos are wrong, and predictions of no class."""
    predicted, confidence = probabilities.argmax(1), probabilities.max(1)
    right = (predicted == labels) & accepted
    ranks = (probabilities > probabilities[np.arange(len(labels)), labels][:, None]).sum(1)
    total, classes = len(labels), np.arange(probabilities.shape[1])
    outcome = np.where(accepted, predicted, -1)
    precision, recall, f1, support = precision_recall_fscore_support(
        labels, outcome, labels=classes, average=None, zero_division=np.nan)
    confusions = confusion_matrix(labels, np.where(accepted, predicted, labels), labels=classes)
    np.fill_diagonal(confusions, 0)
    bins = np.clip(np.ceil(confidence * 15), 1, 15)
    error = sum(abs((predicted == labels)[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean() for b in set(bins))

    def point(threshold):
        taken = accepted & (confidence >= threshold)
        return [threshold, taken.mean(), right[taken].mean() if taken.any() else None]

    def threshold(share):
        passing = [c for c in confidence[accepted] if right[accepted & (confidence >= c)].mean() >= share]
        return point(min(passing)) if passing else None

    top5 = ((ranks < 5) & accepted).sum()
    have = support > 0
    return {
        "images": total, "rejected": int((~accepted).sum()), "top1": right.mean(), "top1_interval": wilson(right.sum(), total),
        "top5": top5 / total, "top5_interval": wilson(top5, total), "macro_recall": recall[have].mean(),
        "macro_precision": np.nanmean(precision[have]), "macro_f1": f1[have].mean(), "ece": error,
        "coverage": [point(np.float32(step) / np.float32(10)) for step in range(10)],
        "precision_95": threshold(0.95), "precision_99": threshold(0.99),
        "classes": [[precision[k], recall[k], f1[k], support[k]] for k in classes],
        "confusions": sorted((int(a), int(b), int(confusions[a, b])) for a, b in zip(*np.nonzero(confusions))),
        "mistakes": int((~right).sum()),
    }


def documented(document):
    """The same of the program's document."""
    def point(point):
        return point and [point["probability"], point["coverage"], point["accuracy"]]

    keys = ["images", "rejected", "top1", "top1_interval", "top5", "top5_interval", "macro_recall", "macro_precision", "macro_f1", "ece"]
    rows = {row["index"]: row for row in document["classes"]}
    return {key: document[key] for key in keys} | {
        "coverage": [point(entry) for entry in document["coverage"]],
        "precision_95": point(document["precision_95"]), "precision_99": point(document["precision_99"]),
        "classes": [[rows[k]["precision"], rows[k]["recall"], rows[k]["f1"], rows[k]["photos"]] for k in sorted(rows)],
        "confusions": sorted((entry["label"]["index"], entry["predicted"]["index"], entry["count"]) for entry in document["confusions"]),
        "mistakes": len(document["mistakes"]),
    }


def difference(ours, theirs):
    """The largest difference of two numbers at one place; infinite where the places differ. None and NaN are equal."""
    if isinstance(ours, dict):
        return max(difference(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, (list, tuple)):
        return np.inf if len(ours) != len(theirs) else max([0, *map(difference, ours, theirs)])
    a, b = (np.nan if value is None else float(value) for value in (ours, theirs))
    return 0 if np.isnan(a) and np.isnan(b) else np.inf if np.isnan(a) or np.isnan(b) else abs(a - b)


class RejectionFormula:
    """The sum of two z-scores, of the logits' log-sum-exp and of the cosine to the nearest class mean, whose scales and
    threshold are those of photos that five folds of scikit-learn hold out."""

    def __init__(self, features, labels, classes, regularization, mean, length):
        self.mean = mean
        logits, cosines = np.zeros((len(labels), classes)), np.zeros(len(labels))
        for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(features, labels):
            weights, bias = regression(unit(features[train]), labels[train], classes, regularization)
            logits[test] = features[test] / length @ weights + bias
            cosines[test] = self.cosines(features[test], self.means(features[train], labels[train], classes))
        smoothing = 1 / (len(labels) + 2)
        targets = (1 - smoothing) * np.eye(classes)[labels] + smoothing / classes

        def loss(logarithm):
            scaled = logits / np.exp(logarithm)
            return -(targets * (scaled - log_sum_exp(scaled)[:, None])).sum(1).mean()

        temperature = np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x)
        weights, bias = regression(unit(features), labels, classes, regularization)
        self.weights, self.bias = weights / length / temperature, bias / temperature
        self.class_means = self.means(features, labels, classes)
        energies = log_sum_exp(logits / temperature)
        self.scales = energies.mean(), energies.std(), cosines.mean(), cosines.std()
        self.threshold = np.quantile(self.z(energies, cosines), 0.05)

    def direction(self, features):
        return unit(unit(features) - self.mean)

    def means(self, features, labels, classes):
        return unit(np.array([self.direction(features[labels == k]).mean(0) for k in range(classes)]))

    def cosines(self, features, means):
        return (self.direction(features) @ means.T).max(1)

    def z(self, energies, cosines):
        return (energies - self.scales[0]) / self.scales[1] + (cosines - self.scales[2]) / self.scales[3]

    def score(self, features):
        return self.z(log_sum_exp(features @ self.weights + self.bias), self.cosines(features, self.class_means))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos")
    parser.add_argument("--collection", required=True)
    parser.add_argument("--per-class", type=int)
    parser.add_argument("--leave-out", type=int, default=0)
    parser.add_argument("--far", action="append", default=[])
    parser.add_argument("--program", default=os.environ.get("XCEPTION", "xception"))
    options = parser.parse_args()
    program = Program(options.program, options.collection)
    train, test, near = split(options.photos, options.per_class, options.leave_out)
    names = sorted({name for _, name in train}, key=lambda name: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", name)])
    classes, failures = len(names), []
    labels, truth = (np.array([names.index(name) for _, name in photos]) for photos in (train, test))
    far = {directory: photos_below(directory) for directory in options.far}
    if near:
        far = {"classes left out": [photo for photo, _ in near], **far}

    with tempfile.TemporaryDirectory() as folder:
        head = os.path.join(folder, "head.safetensors")
        for name, photos in (("train.csv", train), ("test.csv", test)):
            with open(os.path.join(folder, name), "w") as file:
                file.writelines(f"{path},{label}\n" for path, label in photos)
        report = program.run("train", os.path.join(folder, "train.csv"), "-o", head, "--collection", options.collection, "--quiet")
        print(report.split("\n\n")[0])
        document = json.loads(program.run(
            "evaluate", os.path.join(folder, "test.csv"), "--head", head, "--json", "--collection", options.collection, "--quiet"))
        for photos in far.values():
            program.run("index", options.collection, "--quiet", *photos)
        features = Features(options.collection)
        with safe_open(head, "np") as file:
            tensors, metadata = {key: file.get_tensor(key).astype(np.float64) for key in file.keys()}, file.metadata()
        classified = {name: program.classified(head, photos, classes) for name, photos in
                      {"test": [path for path, _ in test], **far}.items()}

    record = json.loads(metadata["training"])
    regularization = record["lambda"]
    known, unseen = features([path for path, _ in train]), features([path for path, _ in test])
    length = np.linalg.norm(known, axis=1).mean()
    weights, bias = regression(unit(known), labels, classes, regularization)
    theirs = softmax((unseen / length @ weights + bias) / record["temperature"])
    ours, scores = classified["test"]
    rights = [(p.argmax(1) == truth).sum() for p in (ours, theirs)]
    apart = abs(ours - theirs).max()
    print(f"train     probabilities within {apart:.4f}; right of {len(test)}: {rights[0]}, scikit-learn {rights[1]}")
    if apart > 0.02 or abs(rights[0] - rights[1]) > 1:
        failures.append("train")

    parameters = json.loads(metadata["reject"]) if "reject" in metadata else None
    accepted = scores >= parameters["threshold"] if parameters else np.ones(len(test), bool)
    apart = difference(documented(document), figures(ours, truth, accepted))
    draws = np.random.default_rng(2)
    confidence = ours.max(1)
    bins = np.clip(np.ceil(confidence * 15), 1, 15)
    by_chance = np.mean([sum(abs((d[bins == b] - confidence[bins == b]).sum()) for b in set(bins)) / len(test)
                         for d in (draws.random((2000, len(test))) < confidence)])
    print(f"evaluate  every figure within {apart:.1e}; calibration error by chance {document['ece_by_chance']:.4f}, numpy {by_chance:.4f}")
    if apart > 1e-6 or abs(document["ece_by_chance"] - by_chance) > 0.005:
        failures.append("evaluate")

    if parameters:
        formula = RejectionFormula(known, labels, classes, regularization, tensors["reject/center"], length)
        own = RejectionFormula.__new__(RejectionFormula)
        own.mean, own.class_means = tensors["reject/center"], tensors["reject/means"]
        own.weights, own.bias = tensors["predictions/kernel"], tensors["predictions/bias"]
        own.scales = tuple(parameters[key] for key in ("energy_mean", "energy_sd", "cosine_mean", "cosine_sd"))
        apart = abs(own.score(unseen) - scores).max()
        print(f"reject    scores within {apart:.1e} of the formula; threshold {parameters['threshold']:.2f}, of scikit-learn's folds "
              f"{formula.threshold:.2f}; known photos rejected {100 * (~accepted).mean():.1f}%, {100 * (formula.score(unseen) < formula.threshold).mean():.1f}%")
        if apart > 1e-3:
            failures.append("reject")
        for name, photos in far.items():
            foreign = classified[name][1]
            area = roc_auc_score(np.r_[np.ones(len(scores)), np.zeros(len(foreign))], np.r_[scores, foreign])
            print(f"          {name}, {len(photos)} photos: AUROC {100 * area:.1f}, accepted at 95% known "
                  f"{100 * (foreign >= np.quantile(scores, 0.05)).mean():.1f}%, by the head {100 * (foreign >= parameters['threshold']).mean():.1f}%, "
                  f"by scikit-learn's {100 * (formula.score(features(photos)) >= formula.threshold).mean():.1f}%")
    if failures:
        sys.exit("beyond its bar: " + ", ".join(failures))


if __name__ == "__main__":
    main()
