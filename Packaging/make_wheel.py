#!/usr/bin/env python3
"""Makes a wheel of what `make portable` built: the command, its models and manual pages, and the Python module.

    make_wheel.py SCRATCH

The command is the program itself, without a Python around it; its models go where it looks for installed ones, below
the environment's share/. The same binary gives the same wheel: every time in it is that of the commit.
"""
import base64
import hashlib
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
METADATA = """\
Metadata-Version: 2.1
Name: xception
Version: {version}
Summary: Name what is in photos, on the CPU
License: MIT
Requires-Python: >=3.10
Classifier: Operating System :: POSIX :: Linux
Description-Content-Type: text/markdown

{built_from}

The command `xception` names what is in photos; `from xception import XceptionProcess` uses it from Python:

    with XceptionProcess("--top", "3") as xception:
        print(xception.classify(open("photo.jpg", "rb").read()))

Neither a compiler nor other packages are needed. The licences of the contents are in this package's metadata.
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: xception\nRoot-Is-Purelib: false\nTag: {tag}\n"


def output(*command):
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def commit_time():
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch and (ROOT / ".git").exists():
        epoch = output("git", "log", "-1", "--format=%ct")
    # A zip begins in 1980.
    return max(time.gmtime(int(epoch or 0))[:6], (1980, 1, 1, 0, 0, 0))


def contents(scratch, stage, version, built_from, tag):
    """Yields each file's path in the wheel, its bytes, and if it can be run."""
    data, info = f"xception-{version}.data", f"xception-{version}.dist-info"
    yield "xception/__init__.py", (ROOT / "Scripts/coprocess/xception_process.py").read_bytes(), False
    yield "xception/py.typed", b"", False
    subprocess.run([ROOT / "Packaging/strip-program.sh", scratch / "release/xception", stage / "xception"], check=True)
    yield f"{data}/scripts/xception", (stage / "xception").read_bytes(), True
    for model in sorted((ROOT / "Models").glob("*.safetensors")):
        yield f"{data}/data/share/xception/{model.name}", model.read_bytes(), False
    for page in sorted((scratch / "manual").glob("*.1")):
        yield f"{data}/data/share/man/man1/{page.name}", page.read_bytes(), False
    subprocess.run([ROOT / "Packaging/licences.sh", stage / "licences"], cwd=ROOT, check=True)
    for licence in sorted((stage / "licences").iterdir()):
        yield f"{info}/licenses/{licence.name}", licence.read_bytes(), False
    yield f"{info}/licenses/models.md", (ROOT / "Models/README.md").read_bytes(), False
    yield f"{info}/METADATA", METADATA.format(version=version, built_from=built_from).encode(), False
    yield f"{info}/WHEEL", WHEEL.format(tag=tag).encode(), False


def main():
    scratch = pathlib.Path(sys.argv[1]).resolve()
    built_from = output(scratch / "release/xception", "--version").splitlines()[0]
    version = built_from.split()[1]
    # It runs where the C library is as new as here.
    tag = f"py3-none-manylinux_{platform.libc_ver()[1].replace('.', '_')}_{platform.machine()}"
    when = commit_time()
    record = f"xception-{version}.dist-info/RECORD"
    rows = []
    path = scratch / f"xception-{version}-{tag}.whl"
    with tempfile.TemporaryDirectory() as stage, zipfile.ZipFile(f"{path}.new", "w") as wheel:
        def add(name, content, executable=False):
            entry = zipfile.ZipInfo(name, when)
            entry.external_attr = (0o100755 if executable else 0o100644) << 16
            # Weights do not get smaller.
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".safetensors") else zipfile.ZIP_DEFLATED
            wheel.writestr(entry, content, compresslevel=9)

        for name, content, executable in contents(scratch, pathlib.Path(stage), version, built_from, tag):
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(content)}\n")
            add(name, content, executable)
        add(record, "".join(rows) + f"{record},,\n")
    os.replace(f"{path}.new", path)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size >> 10} KiB")


if __name__ == "__main__":
    main()
