"""Converts Xception weights to the two files `xception` runs: a backbone and a head.

    xception-convert SOURCE -o DIRECTORY [options]

SOURCE is a Keras file (.keras, .weights.h5, legacy .h5) of an Xception or a MobileNet (v1, of width 0.25,
0.5, 0.75 or 1), a PyTorch state dict (.pth, .pt, .ckpt, .safetensors) of an Xception in the naming of
tstandley, Cadene or timm, or of timm's xception41, xception65 or xception71, with or without a head; or a backbone file of `xception`, to which
--head adds a head. Batch normalization is folded into the convolutions in double precision. The files are the same bytes
every time; either all of them are written or none. Exit status 2 if SOURCE cannot be used.

Options give the settings that a file lacks; --variant sets the defaults of a family:

    keras                stem padding 0, pools "same", epsilon 1e-3, squash, bilinear
    timm                 stem padding 0, pools symmetric, epsilon 1e-5, crop:333, bicubic
    cadene, tstandley    as timm, bilinear
    aligned              timm's xception41, 65, 71: epsilon 1e-3, crop:331, bicubic

Needs numpy and h5py, no framework. In a checkout xception-convert is Scripts/convert/convert_weights.py. The
shipped model is made by

    xception-convert kitchenware_xception_model_val-acc_0.901.keras -o Models \\
        --sha256 0e14f861010eafe9026a9d878b1cd260f705cb311a15226e0fbc0235b5529989 \\
        --input-size 299 --dtype float16 --head imagenet-head.npz --head-name imagenet \\
        --labels imagenet_synsets.txt --lemmas imagenet_synset_to_lemma.txt
"""
import argparse
import re
import shlex
import sys

from xception_weights.text import printable
from xception_weights.variants import PRESETS


class Parser(argparse.ArgumentParser):
    def error(self, message):
        super().error(printable(message))


def three_numbers(text):
    values = tuple(float(part) for part in text.split(","))
    if len(values) not in (1, 3):
        raise ValueError
    return values if len(values) == 3 else values * 3


def resizing(text):
    if text != "squash" and not re.fullmatch(r"crop:[1-9]\d*", text):
        raise ValueError
    return text


def parse_arguments(arguments):
    parser = Parser(prog="xception-convert", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="the file to convert")
    parser.add_argument("-o", "--output", required=True, help="directory to write NAME-backbone.safetensors and NAME.head.safetensors to")
    parser.add_argument("--name", help="the backbone's name (default: the network's)")
    parser.add_argument("--head-name", help="the head's name (default: the backbone's)")
    parser.add_argument("--dtype", choices=("float16", "float32"), default="float32",
                        help="of kernels; biases are float32 always")
    parser.add_argument("--sha256", help="refuse SOURCE unless this is its SHA-256")
    parser.add_argument("--license", help="the licence of a source that is not a published file known here")

    group = parser.add_argument_group("head")
    group.add_argument("--labels", help="class list: text, JSON, or a head file to take it from")
    group.add_argument("--lemmas", help="with --labels a list of WordNet ids: file of id, tab, words; the first one is the label")
    group.add_argument("--activation", choices=("softmax", "sigmoid"), help="of the last layer")
    group.add_argument("--head", help="the head, instead of SOURCE's own: an .npz with kernel (features, classes) and bias (classes),"
                       " or a Keras model of dense layers")
    group.add_argument("--backbone", help="a backbone file that SOURCE shares (trained with it frozen): write the head alone")

    group = parser.add_argument_group("variant")
    group.add_argument("--variant", choices=PRESETS, help="default: as recognized")
    group.add_argument("--stem-padding", type=int, choices=(0, 1))
    group.add_argument("--pool-padding", choices=("same", "symmetric"))
    group.add_argument("--shortcut-after-relu", action=argparse.BooleanOptionalAction,
                       help="an in-place ReLU at the head of each block rectifies what its shortcut sees")
    group.add_argument("--batch-norm-epsilon", type=float)
    group.add_argument("--input-size", type=int)
    group.add_argument("--mean", dest="input_mean", type=three_numbers, help="of values in 0 ... 1: one number or three")
    group.add_argument("--std", dest="input_std", type=three_numbers)
    group.add_argument("--resize", type=resizing, help="squash, or crop:SIDE (shorter side to SIDE, then the center)")
    group.add_argument("--resample", choices=("nearest", "bilinear", "bicubic", "lanczos"))
    return parser.parse_args(arguments)


def main(arguments=None):
    args = parse_arguments(arguments)
    try:
        from xception_weights.conversion import convert
        from xception_weights.errors import ConversionError
        from xception_weights.model_file import write_atomically
    except ModuleNotFoundError as error:
        print(f"xception-convert: needs the Python package {error.name}: apt-get install python3-numpy python3-h5py, "
              "or python3 -m pip install numpy h5py", file=sys.stderr)
        return 2
    def fail(path, reason):
        print(printable(f"{path}: {reason}"), file=sys.stderr)
        return 2

    try:
        files, lines = convert(args)
        write_atomically(files)
    except OSError as error:
        return fail(error.filename or args.source, error.strerror or error)
    except ConversionError as error:
        return fail(args.source, error)
    for line in lines:
        print(printable(line))
    for path, content in files.items():
        print(printable(f"wrote {path}, {len(content):,} bytes"))
    for path in files:
        if path.endswith(".head.safetensors"):
            print(printable(f"try: xception --head {shlex.quote(path)} PHOTO"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
