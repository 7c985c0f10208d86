"""Runs each block of shell in a page of Documentation/, and fails if the results differ from the page.

    XCEPTION=PATH python Scripts/checks/run_recipes.py [PAGE.md]

The blocks run one after the other in a folder of their own, in which `photos/` holds the photos of Tests/Fixtures and
`xception` is the program. A block of `text` directly after one of `sh` is its expected output. Comments, invisible to a
reader of the page, add: `check:` a command that must succeed after the block; `start:` a command that
runs beside a block that does not end, and `wait:` one that must succeed within a minute.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BINARY, MODELS, PHOTOS, ROOT

PART = re.compile(r"^```(\w+)\n(.*?)^```$|^<!-- (check|start|wait): (.*?) -->$", re.DOTALL | re.MULTILINE)
SECONDS = 120


def blocks(text):
    """The blocks of shell with their expectations: dictionaries of sh, text, check, start, wait."""
    found, end = [], 0
    for part in PART.finditer(text):
        language, code, kind, command = part.groups()
        follows = not text[end:part.start()].strip()
        end = part.end()
        if language == "sh":
            found.append({"sh": code})
        elif language == "text" and follows and found:
            found[-1]["text"] = code
        elif kind:
            found[-1][kind] = command
    return found


def bash(command, folder, environment, **options):
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=folder, env=environment, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=SECONDS, **options)


def run_beside(block, folder, environment):
    """Runs a block that does not end, until its wait condition is met."""
    process = subprocess.Popen(
        ["bash", "-c", block["sh"] + "\nwait"], cwd=folder, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        bash(block["start"], folder, environment, check=True)
        deadline = time.monotonic() + 60
        while bash(block["wait"], folder, environment).returncode != 0:
            if time.monotonic() > deadline or process.poll() is not None:
                return f"never comes true: {block['wait']}"
            time.sleep(0.2)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    return None


def run(block, folder, environment):
    """The fault of a block, or None."""
    if "start" in block:
        return run_beside(block, folder, environment)
    done = bash(block["sh"], folder, environment)
    print(done.stdout, end="")
    if done.returncode != 0:
        return f"status {done.returncode}: {done.stderr}"
    if "text" in block and done.stdout != block["text"]:
        return f"prints\n{done.stdout}in place of\n{block['text']}"
    if "check" in block:
        checked = bash(block["check"], folder, environment)
        if checked.returncode != 0:
            return f"does not hold: {block['check']}\n{checked.stdout}{checked.stderr}{done.stderr}"
    return None


def main():
    page = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "Documentation" / "recipes.md"
    found = blocks(page.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "bin"))
        os.symlink(os.path.abspath(os.environ.get("XCEPTION", BINARY)), os.path.join(folder, "bin", "xception"))
        os.mkdir(os.path.join(folder, "photos"))
        for photo in PHOTOS.iterdir():
            if photo.suffix in (".jpg", ".png"):
                shutil.copy(photo, os.path.join(folder, "photos"))
        environment = dict(
            os.environ, PATH=os.path.join(folder, "bin") + ":" + os.environ["PATH"], XCEPTION_MODELS=str(MODELS), LC_ALL="C.UTF-8")
        for block in found:
            print("\n".join("$ " + line for line in block["sh"].splitlines()), flush=True)
            fault = run(block, folder, environment)
            if fault:
                sys.exit(f"run_recipes: {page.name}: {fault}")
    print(f"{len(found)} blocks of {page.name} do what they should")


if __name__ == "__main__":
    main()
