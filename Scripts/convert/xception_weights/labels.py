"""Class lists: an id and a label for each output of a head, in its order."""
import json

from .errors import ConversionError
from .model_file import read_tensors

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


def numbered(count):
    return [{"id": str(index), "label": f"class {index}"} for index in range(count)]


def read(path):
    """Reads a class list: another head's safetensors file; JSON, as Keras' imagenet_class_index.json
    ({"0": [id, label], ...}), a generator's class_indices ({label: index, ...}), a list of labels, or a
    config.json with timm's label_names or Transformers' id2label; or text, one class a line, `label` or
    `id<TAB>label`. Where there are no ids the label is the id."""
    if path.endswith(".safetensors"):
        return json.loads(read_tensors(path)[1]["classes"])
    # Windows puts a mark at the beginning of UTF-8.
    with open(path, encoding="utf-8-sig") as file:
        text = file.read()
    if path.endswith(".json"):
        names = json.loads(text)
        for key in ("label_names", "id2label"):
            if isinstance(names, dict) and isinstance(names.get(key), (list, dict)):
                names = names[key]
        if isinstance(names, dict) and names and all(isinstance(value, int) for value in names.values()):
            names = {str(index): label for label, index in names.items()}
        if isinstance(names, dict):
            names = [names.get(str(index)) for index in range(len(names))]
        if not isinstance(names, list):
            raise ConversionError("no class list")
    else:
        names = [line.split("\t", 1) if "\t" in line else line for line in text.splitlines() if line.strip()]
    pairs = [(name, name) if isinstance(name, str) else name for name in names]
    if not all(isinstance(pair, (list, tuple)) and len(pair) == 2 and all(isinstance(part, str) for part in pair) for pair in pairs):
        raise ConversionError("no class list")
    return [{"id": id, "label": label} for id, label in pairs]


def checked(classes, count, path):
    if len(classes) != count:
        raise ConversionError(f"{path} lists {len(classes)} classes, the head has {count}")
    return with_distinct_ids(classes)


def with_distinct_ids(classes):
    """A label that stands there twice, as crane does in lists of ImageNet's, has its index in the second one's id."""
    ids = set()
    for index, entry in enumerate(classes):
        id = entry["id"]
        while id in ids:
            id = f"{id} {index}"
        ids.add(id)
        entry["id"] = id
    return classes
