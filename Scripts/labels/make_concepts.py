#!/usr/bin/env python3
"""Writes Sources/Xception/Labels/concepts.txt: ImageNet's classes and the concepts above them.

The concepts above a class come from WordNet 3.0 (Debian: wordnet-base), thinned and corrected by concepts.txt beside this
script. One line per concept, then one per class: WordNet id, ids of its parents, name, other names; tabs between them.
Paths through the tree use the first parent.
"""
import argparse
import pathlib
import re
import sys
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import project

from xception_weights import labels as class_lists

INDENT = 2
# Class labels that concepts take over, because users mean the concept: these classes are an amphibious vehicle and a carpenter's plane.
STRONGER = {"amphibian", "plane"}


class Concept:
    """A line of concepts.txt."""

    def __init__(self, line, number):
        fields = re.split(r"\s{2,}", line.strip())
        self.name, self.id = fields[:2]
        self.depth = (len(line) - len(line.lstrip())) // INDENT
        self.where = f"concepts.txt:{number}: {self.name}"
        self.parent, self.children = None, []
        self.named = {"=": [], "+": [], "-": []}
        for field in fields[2:]:
            kind, names = field[0], field[2:].split("; ")
            if kind not in self.named or field[1] != " " or self.named[kind]:
                raise SystemExit(f"{self.where}: cannot read “{field}”")
            self.named[kind] = names
        # Of classes: those that WordNet has below the id or that the line adds, and all, with the concepts' below.
        self.own, self.added, self.members = set(), set(), set()


def read_outline(path):
    concepts, above = [], []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        concept = Concept(line, number)
        del above[concept.depth:]
        if len(above) != concept.depth:
            raise SystemExit(f"{concept.where}: indented too far")
        if above:
            concept.parent = above[-1]
            concept.parent.children.append(concept)
        above.append(concept)
        concepts.append(concept)
    return concepts


def read_wordnet(folder):
    """Names and hypernyms of every noun, by id. The format is that of wndb(5WN)."""
    names, hypernyms = {}, {}
    for line in (folder / "data.noun").read_text().splitlines():
        if line.startswith(" "):  # the licence
            continue
        fields = line.split(" | ")[0].split()
        words = int(fields[3], 16)
        pointers = fields[5 + 2 * words:]
        id = "n" + fields[0]
        names[id] = [name.replace("_", " ") for name in fields[4:4 + 2 * words:2]]
        hypernyms[id] = ["n" + target for kind, target in zip(pointers[0::4], pointers[1::4]) if kind in ("@", "@i")]
    return names, hypernyms


def ancestors(id, hypernyms):
    found, open = set(), [id]
    while open:
        for parent in hypernyms[open.pop()]:
            if parent not in found:
                found.add(parent)
                open.append(parent)
    return found


def fill(concepts, labels, hypernyms):
    """Which classes each concept holds; complains of lines that change nothing."""
    ids = {label: id for id, label in labels.items()}
    below = {}
    for id in labels:
        for ancestor in ancestors(id, hypernyms):
            below.setdefault(ancestor, set()).add(id)

    def classes(concept, kind):
        unknown = [name for name in concept.named[kind] if name not in ids]
        if unknown:
            raise SystemExit(f"{concept.where}: no class is called {', '.join(unknown)}")
        return {ids[name] for name in concept.named[kind]}

    for concept in reversed(concepts):
        if concept.id in labels or concept.id not in hypernyms and not concept.id.startswith("x-"):
            raise SystemExit(f"{concept.where}: {concept.id} is a class, or nothing in WordNet")
        concept.own = set() if concept.named["-"] == ["*"] else set(below.get(concept.id, ()))
        from_children = set().union(*(child.members for child in concept.children))
        removed = set() if concept.named["-"] == ["*"] else classes(concept, "-")
        concept.added = classes(concept, "+")
        idle = concept.added & (concept.own | from_children) | removed - concept.own | removed & from_children
        if idle:
            raise SystemExit(f"{concept.where}: nothing to change for {', '.join(labels[id] for id in sorted(idle))}")
        concept.own -= removed
        concept.members = concept.own | concept.added | from_children
        if any(concept.members == child.members for child in concept.children):
            raise SystemExit(f"{concept.where}: holds what a concept below it holds")
        if not concept.members:
            raise SystemExit(f"{concept.where}: holds nothing")
    left = set(labels) - concepts[0].members
    concepts[0].members |= left
    return left


def parents(id, concepts):
    """The lowest concepts that hold a class: those by WordNet first, small ones first."""
    lowest = [
        concept for concept in concepts
        if id in concept.members and not any(id in child.members for child in concept.children)]
    return [concept.id for concept in sorted(lowest, key=lambda one: (id in one.added, len(one.members)))]


def check_names(concepts, labels):
    """No concept has the name of another concept, nor that of a class unless it holds it."""
    taken = {label.lower(): id for id, label in labels.items() if label not in STRONGER}
    for kind in ("name", "="):
        for concept in concepts:
            for name in [concept.name] if kind == "name" else concept.named["="]:
                if taken.get(name.lower(), concept.id) not in concept.members | {concept.id}:
                    raise SystemExit(f"{concept.where}: “{name}” is taken")
                if re.search("[|/,;]", name):
                    raise SystemExit(f"{concept.where}: “{name}” has a separator of keywords in it")
                taken[name.lower()] = concept.id
    return taken


def other_names(labels, names, taken):
    """WordNet's further names of each class that nothing else is called."""
    counts = Counter(name.lower() for id in labels for name in set(names[id]))
    return {
        id: [name for name in names[id] if name.lower() not in taken and counts[name.lower()] == 1]
        for id in labels}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=pathlib.Path, default="/usr/share/wordnet")
    parser.add_argument("--check", action="store_true", help="compare with the file in place of writing it")
    parser.add_argument("--tree", action="store_true", help="print the tree for review, and write nothing")
    arguments = parser.parse_args()

    labels = {one["id"]: one["label"] for one in class_lists.read(str(project.HEAD))}
    names, hypernyms = read_wordnet(arguments.wordnet)
    concepts = read_outline(pathlib.Path(__file__).with_name("concepts.txt"))
    left = fill(concepts, labels, hypernyms)
    if arguments.tree:
        for concept in concepts:
            direct = sorted(labels[id] for id in concept.members if concept.id in parents(id, concepts))
            print("  " * concept.depth + f"{concept.name} ({len(concept.members)}): {'; '.join(direct)}")
        print("in none:", "; ".join(sorted(labels[id] for id in left if parents(id, concepts) == [concepts[0].id])))
        return

    lines = []
    for concept in concepts:
        above = concept.parent.id if concept.parent else ""
        lines.append((concept.id, above, concept.name, "; ".join(concept.named["="])))
    others = other_names(labels, names, check_names(concepts, labels))
    for id, label in labels.items():
        lines.append((id, ",".join(parents(id, concepts)), label, "; ".join(others[id])))
    text = "".join("\t".join(line) + "\n" for line in lines)
    path = project.ROOT / "Sources" / "Xception" / "Labels" / "concepts.txt"
    if arguments.check:
        if path.read_text() != text:
            raise SystemExit(f"{path} is not what this script makes")
    else:
        path.write_text(text)


if __name__ == "__main__":
    main()
