"""Class lists: an id and a label for each output of a head, in its order."""

# WordNet has two synsets whose first lemma is `crane` and two with `maillot` among ImageNet's
# classes; the words in brackets are from their definitions.
DISTINCT = {
    "n02012849": "crane (bird)",
    "n03126707": "crane (machine)",
    "n03710637": "maillot (tights)",
    "n03710721": "maillot (tank suit)",
}


def from_wordnet(ids_path, lemmas_path):
    """ImageNet's classes: WordNet ids, one a line, and the first lemma of each.

    The two files are timm's imagenet_synsets.txt and imagenet_synset_to_lemma.txt.
    """
    with open(lemmas_path, encoding="utf-8") as file:
        lemmas = dict(line.rstrip("\n").split("\t", 1) for line in file)
    with open(ids_path, encoding="utf-8") as file:
        ids = file.read().split()
    return [{"id": id, "label": DISTINCT.get(id) or lemmas[id].split(",")[0]} for id in ids]
