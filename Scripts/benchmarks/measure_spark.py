"""Measures the Spark job on this machine beside one process on the same processors.

    python Scripts/benchmarks/measure_spark.py PHOTOS [--count 5000] [--slices 12] [--binary PATH]

Of the photos in PHOTOS `count` copies are made and divided into slices. For each slice, in turn: the job on a
running cluster of two workers with one core each, from files to Parquet, and one process with two threads, from the
same files to JSON lines. Printed are both times and their ratio, Spark's own start, a check for one row per photo,
and whether every answer is the same. The first slice also starts Python workers and programs; it is in the sum.

Needs pyspark, pandas below 3, pyarrow, and Java.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BINARY, SCRIPTS
from inputs import photos_in

sys.path.extend([str(SCRIPTS / "spark"), str(SCRIPTS / "coprocess")])
import xception_spark


def start_cluster():
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local-cluster[2,1,2048]").appName("measure")
        .config("spark.executor.memory", "1g").config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", 64)
        .getOrCreate())
    session.sparkContext.setLogLevel("ERROR")
    for module in ("spark/xception_spark.py", "coprocess/xception_process.py"):
        session.sparkContext.addPyFile(str(SCRIPTS / module))
    # Both executors are there once both have had work.
    session.sparkContext.parallelize(range(8), 8).map(lambda number: time.sleep(0.5)).count()
    return session


def run_job(session, folder, output, binary):
    frame = session.read.format("binaryFile").load(str(folder))
    xception_spark.classify(frame, program=str(binary)).write.parquet(str(output))


def run_program(folder, output, binary):
    subprocess.run([binary, "--quiet", "--threads", "2", "--format", "jsonl", "-o", str(output), str(folder)], check=True)


def timed(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def check_equal(session, parquet, lines):
    """Number of rows; ends the script unless they are the program's answers."""
    from numpy import float32

    rows = {pathlib.Path(row.path).name: row for row in session.read.parquet(str(parquet)).collect()}
    answers = [json.loads(line) for line in lines.read_text().splitlines()]
    expected = {
        pathlib.Path(answer["path"]).name: [(p["index"], float(float32(p["probability"]))) for p in answer["predictions"]]
        for answer in answers}
    found = {name: [(p["index"], p["probability"]) for p in row.predictions] for name, row in rows.items()}
    if found != expected or len(rows) != session.read.parquet(str(parquet)).count():
        sys.exit("the rows are not the program's answers")
    return len(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--slices", type=int, default=12)
    parser.add_argument("--binary", default=BINARY)
    args = parser.parse_args()
    photos = photos_in([args.photos])

    start = time.perf_counter()
    session = start_cluster()
    print(f"Spark's start: {time.perf_counter() - start:.1f} s", flush=True)
    rows, sums = 0, [0, 0]
    for number in range(args.slices):
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary) / "photos"
            folder.mkdir()
            for copy in range(number * args.count // args.slices, (number + 1) * args.count // args.slices):
                source = pathlib.Path(photos[copy % len(photos)])
                shutil.copyfile(source, folder / f"{copy:05}{source.suffix}")
            parquet, lines = folder.parent / "parquet", folder.parent / "lines.jsonl"
            seconds = [timed(run_job, session, folder, parquet, args.binary), timed(run_program, folder, lines, args.binary)]
            rows += check_equal(session, parquet, lines)
            sums = [total + part for total, part in zip(sums, seconds)]
            print(f"slice {number + 1}: Spark {seconds[0]:.1f} s, one process {seconds[1]:.1f} s, {seconds[0] / seconds[1]:.3f}", flush=True)
    session.stop()
    print(f"{rows} photos, {rows} rows, the same answers; Spark {sums[0]:.1f} s, one process {sums[1]:.1f} s: {sums[0] / sums[1]:.3f}")


if __name__ == "__main__":
    main()
