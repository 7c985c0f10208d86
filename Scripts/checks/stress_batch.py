"""Puts the program through a long run, and through kill -9, and checks every answer.

    python Scripts/checks/stress_batch.py PHOTOS... [--count 5000] [--passes 1] [--kills 50] [--seed 1]
        [--report FILE] [--binary PATH]

PHOTOS are directories of JPEGs and PNGs. Of these it makes `count` files in a temporary directory: copies,
other sizes, both formats, and one in a hundred broken, each in another way than the one before. Then

long run: one process answers all of them as JSON lines, `passes` times over. Every readable file must be answered
once a pass and in order, every broken one reported with the code its damage calls for, and every pass must equal
the first byte for byte but for the timings; printed is the resident memory at image 500, at each thousand, and the
peak, and images per second. With --report it writes that page too.

kill -9: a smaller set (40 files) is answered undisturbed; then again, killed with SIGKILL at random moments from
the process's start on, each followed by --resume, until `kills` were dealt; whenever a run comes to its end the
file must equal the undisturbed one byte for byte but for the timings, and the next begins anew.

Exit status 0: all held. Needs numpy and pillow.
"""
import argparse
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

from PIL import Image

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BINARY
from inputs import photos_in



def encoded(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def truncated(bytes, generator):
    return bytes[: generator.randrange(len(bytes) // 4, len(bytes) * 3 // 4)]


def wrong_crc(png, generator):
    """A PNG with one changed byte of compressed pixels."""
    start = png.index(b"IDAT") + 4
    position = generator.randrange(start, start + int.from_bytes(png[start - 8:start - 4], "big"))
    return png[:position] + bytes([png[position] ^ 0x10]) + png[position + 1:]


def bomb(png):
    """A PNG whose header claims 100,000 x 100,000 pixels."""
    import zlib

    header = b"IHDR" + (100_000).to_bytes(4, "big") * 2 + png[24:29]
    return png[:12] + header + zlib.crc32(header).to_bytes(4, "big") + png[33:]


# Extension, error code, how a file is broken.
DAMAGES = [
    ("jpg", "corrupt_image", lambda jpeg, png, g: truncated(jpeg, g)),
    ("png", "corrupt_image", lambda jpeg, png, g: truncated(png, g)),
    ("jpg", "empty_file", lambda jpeg, png, g: b""),
    ("jpg", "unsupported_format", lambda jpeg, png, g: b"This is no photo.\n" * 100),
    ("png", "corrupt_image", lambda jpeg, png, g: wrong_crc(png, g)),
    ("jpg", "unsupported_format", lambda jpeg, png, g: g.randbytes(5000).replace(b"\xff", b"\x00")),
    ("jpg", "corrupt_image", lambda jpeg, png, g: jpeg[:20]),
    ("png", "image_too_large", lambda jpeg, png, g: bomb(png)),
    ("jpg", "unsupported_format", lambda jpeg, png, g: b"GIF89a" + jpeg),
    ("jpg", "not_found", None),
]


def make_files(folder, photos, count, broken_every, seed):
    """Makes the files.

    Returns: names in the program's order, each with the code of its error, or None if it is readable.
    """
    generator = random.Random(seed)
    expected = []
    for number in range(count):
        photo = generator.choice(photos)
        code = None
        if number % broken_every == broken_every - 1:
            extension, code, damage = DAMAGES[number // broken_every % len(DAMAGES)]
            image = Image.open(photo).convert("RGB").resize((320, 240))
            content = damage(encoded(image, "JPEG"), encoded(image, "PNG"), generator) if damage else None
        elif generator.random() < 0.6:
            extension = os.path.splitext(photo)[1][1:].lower()
            with open(photo, "rb") as file:
                content = file.read()
        else:
            image = Image.open(photo).convert("RGB")
            longer = generator.choice([90, 299, 640, 1024, 1600, 4000])
            scale = longer / max(image.size)
            image = image.resize([max(1, round(side * scale)) for side in image.size])
            extension = generator.choice(["jpg", "jpg", "jpg", "png"])
            content = encoded(image, "PNG", compress_level=1) if extension == "png" else encoded(image, "JPEG", quality=90)
        path = os.path.join(folder, f"{number}.{extension}")
        if content is None:
            os.symlink("nowhere", path)
        else:
            with open(path, "wb") as file:
                file.write(content)
        expected.append((path, code))
    return expected


def resident(pid):
    """MiB of memory in use, or None when the process is gone."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024
    except (OSError, TypeError):
        return None


def timeless(answers):
    return re.sub(r', "milliseconds": \{[^}]*\}', "", answers)


def check_answers(lines, expected):
    """The first wrong line and its fault, or None."""
    for number, (line, (path, code)) in enumerate(zip(lines, expected), 1):
        answer = json.loads(line)
        if answer["path"] != path:
            return f"line {number} answers {answer['path']}, not {path}"
        if answer.get("error", {}).get("code") != code:
            return f"{path}: {answer.get('error')} where {code} was expected"
        if code is None and len(answer["predictions"]) != 5:
            return f"{path}: {len(answer['predictions'])} predictions"
    if len(lines) != len(expected):
        return f"{len(lines)} lines for {len(expected)} files"


def check_passes(lines, passes):
    """The first line that differs from that of the first pass, or None."""
    files = len(lines) // passes
    for number, line in enumerate(lines[files:], files):
        first = lines[number % files]
        if timeless(line) != timeless(first):
            return f"pass {number // files + 1} answers\n{line}and pass 1 answered\n{first}"


def long_run(binary, folder, expected, passes, report):
    command = [binary, "--format", "jsonl", *(["--report", report] if report else []), *[folder] * passes]
    expected = expected * passes
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    complaints = []
    reader = threading.Thread(target=lambda: complaints.extend(process.stderr))
    reader.start()
    start, lines, memory = time.monotonic(), [], {}
    for line in process.stdout:
        lines.append(line)
        if len(lines) % 100 == 0:
            memory[len(lines)] = resident(process.pid)
    seconds = time.monotonic() - start
    reader.join()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    problem = check_answers(lines, expected) or check_passes(lines, passes)
    broken = [path for path, code in expected if code]
    if problem is None and process.returncode != (1 if broken else 0):
        problem = f"exit status {process.returncode}"
    told = [next((path for path in broken if f" {path}: " in line), line) for line in complaints]
    if problem is None and told != broken:
        problem = "standard error does not name every broken file once and in order"
    points = ", ".join(f"{memory[n]:.0f} at {n}" for n in sorted(memory) if n in (100, 500) or n % 1000 == 0 and memory[n])
    print(f"long run: {len(lines)} answers, {len(broken)} of them errors, {seconds:.1f} s, {len(lines) / seconds:.2f} images/s")
    print(f"resident MiB: {points}; peak {usage.ru_maxrss / 1024:.0f}")
    return problem


def kill_runs(binary, folder, kills, seed):
    generator = random.Random(seed)
    output, whole = folder + ".jsonl", folder + ".whole.jsonl"

    def command(file, *options):
        return [binary, "--quiet", "--format", "jsonl", "-o", file, *options, folder]

    start = time.monotonic()
    subprocess.run(command(whole))
    duration = time.monotonic() - start
    with open(whole) as file:
        undisturbed = timeless(file.read())
    dealt, ends, torn, restarts, sizes = 0, 0, 0, 0, set()
    while dealt < kills or os.path.exists(output):
        process = subprocess.Popen(command(output, "--resume"))
        try:
            # Once all are dealt, the last run comes to its end.
            process.wait(generator.uniform(0, 0.6 * duration) if dealt < kills else None)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            dealt += 1
            left = open(output, "rb").read() if os.path.exists(output) else b""
            torn += not left.endswith(b"\n") and left != b""
            sizes.add(len(left))
            continue
        ends += 1
        with open(output) as file:
            if timeless(file.read()) != undisturbed:
                return f"after {dealt} kills {output} differs from the undisturbed {whole}"
        os.remove(output)
    print(f"kill -9: {dealt} kills at moments up to {0.6 * duration:.1f} s of a run of {duration:.1f} s, {len(sizes)} different "
          f"lengths left, {torn} with a torn line; {ends} completed runs, each equal to the undisturbed one")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="+")
    parser.add_argument("--count", type=int, default=5000, help="0: no long run")
    parser.add_argument("--passes", type=int, default=1, help="of the long run over its files")
    parser.add_argument("--kills", type=int, default=50, help="0: none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report")
    parser.add_argument("--binary", default=BINARY)
    args = parser.parse_args()

    photos = photos_in(args.photos)
    if not photos:
        sys.exit("no photos in " + ", ".join(args.photos))
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        if args.count:
            files = os.path.join(folder, "long")
            os.mkdir(files)
            problems.append(long_run(args.binary, files, make_files(files, photos, args.count, 100, args.seed),
                                     args.passes, args.report))
        if args.kills:
            files = os.path.join(folder, "killed")
            os.mkdir(files)
            make_files(files, photos, 40, 10, args.seed)
            problems.append(kill_runs(args.binary, files, args.kills, args.seed))
    problems = [problem for problem in problems if problem]
    if problems:
        sys.exit("\n".join(problems))
    print("all held")


if __name__ == "__main__":
    main()
