"""The Spark job on a cluster of two workers of one core each, against the program alone. `make test-spark`"""
import os
import pathlib
import signal
import sys
import tempfile
import threading
import time
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[1]
MODULES = [SCRIPTS / "spark" / "xception_spark.py", SCRIPTS / "coprocess" / "xception_process.py"]
sys.path.extend([str(SCRIPTS), *(str(module.parent) for module in MODULES)])

from project import PHOTOS, ROOT
from pyspark.sql import SparkSession

import xception_spark
from xception_process import XceptionProcess

PROGRAM = os.path.abspath(os.environ["XCEPTION"])
COPIES = 4


def make_photos(folder):
    """Writes photos and files that are none; some have names that need care."""
    originals = sorted(path for path in PHOTOS.iterdir() if path.suffix in (".jpg", ".png"))
    for copy in range(COPIES):
        for path in originals:
            (folder / f"{copy} {path.stem} ü'%20{path.suffix}").write_bytes(path.read_bytes())
    (folder / "text.jpg").write_text("no photo")
    # Spark leaves out files without a byte; a table of paths does not.
    (folder / "empty.png").write_bytes(b"")
    (folder / "cut.jpg").write_bytes((PHOTOS / "coffee.jpg").read_bytes()[:9000])


def as_float32(value):
    import numpy
    return float(numpy.float32(value))


def plain(answer):
    """The comparable part of an answer: everything except timings and the message of an error."""
    return (
        answer.get("width"), answer.get("height"),
        tuple((p["rank"], p["index"], p["id"], p["label"], as_float32(p["probability"])) for p in answer.get("predictions") or []),
        (answer.get("error") or {}).get("code"))


def rows_by_path(frame):
    """Path -> row; fails where a path has two."""
    rows = {}
    for row in frame.collect():
        row = row.asDict(recursive=True)
        assert row["path"] not in rows, f"{row['path']} twice"
        rows[row["path"]] = row
    return rows


class SparkJob(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        cls.photos = cls.folder / "photos"
        cls.photos.mkdir()
        make_photos(cls.photos)
        with XceptionProcess("--quiet", program=PROGRAM) as xception:
            paths = sorted(path for path in cls.photos.iterdir() if path.stat().st_size)
            answers = xception.classify_all(path.read_bytes() for path in paths)
            cls.expected = {path.name: plain(answer) for path, answer in zip(paths, answers, strict=True)}

        os.environ["PYSPARK_PYTHON"] = sys.executable
        cls.spark = (
            SparkSession.builder.master("local-cluster[2,1,2048]").appName("test")
            .config("spark.executor.memory", "1g").config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", 4)
            .config("spark.sql.files.maxPartitionBytes", 32 << 20)
            .getOrCreate())
        cls.addClassCleanup(cls.spark.stop)
        cls.spark.sparkContext.setLogLevel("OFF")
        for module in MODULES:
            cls.spark.sparkContext.addPyFile(str(module))

    def files(self):
        return self.spark.read.format("binaryFile").load(str(self.photos))

    def check(self, rows):
        found = {pathlib.Path(path).name: plain(row) for path, row in rows.items()}
        self.assertEqual(sorted(found), sorted(self.expected))
        for name, answer in self.expected.items():
            self.assertEqual(found[name], answer, name)

    def test_files_to_parquet(self):
        output = str(self.folder / "parquet")
        xception_spark.classify(self.files(), program=PROGRAM).write.parquet(output)
        table = self.spark.read.parquet(output)
        self.assertEqual(table.columns, [
            "path", "modificationTime", "length", "width", "height", "predictions", "embedding", "error", "model"])
        self.assertEqual(table.schema["predictions"].dataType.simpleString(),
                         "array<struct<rank:int,index:int,id:string,label:string,probability:float>>")
        self.assertEqual(table.schema["error"].dataType.simpleString(), "struct<code:string,message:string>")
        rows = rows_by_path(table)
        self.check(rows)
        codes = {pathlib.Path(path).name: row["error"]["code"] for path, row in rows.items() if row["error"]}
        self.assertEqual(codes, {"text.jpg": "unsupported_format", "cut.jpg": "corrupt_image"})

    def test_a_process_that_is_killed_loses_and_doubles_nothing(self):
        """The program is started by a script that notes its number; the first one is killed after some answers."""
        numbers = self.folder / "numbers"
        numbers.touch()
        script = self.folder / "noted-xception"
        script.write_text(f'#!/bin/sh\necho $$ >> "{numbers}"\nexec "{PROGRAM}" "$@"\n')
        script.chmod(0o755)
        killed = []

        def kill_one():
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline and not killed:
                for number in numbers.read_text().split():
                    written = int(pathlib.Path(f"/proc/{number}/io").read_text().split("wchar: ")[1].split()[0])
                    if written > 2000:
                        os.kill(int(number), signal.SIGKILL)
                        killed.append(number)
                        break
                time.sleep(0.01)

        killer = threading.Thread(target=kill_one)
        killer.start()
        output = str(self.folder / "killed")
        xception_spark.classify(self.files(), program=str(script)).write.parquet(output)
        killer.join()
        self.assertEqual(len(killed), 1)
        self.assertGreater(len(numbers.read_text().split()), 2, "no process took the place of the killed one")
        self.check(rows_by_path(self.spark.read.parquet(output)))

    def test_a_table_of_paths(self):
        """One path twice, a file that is missing, no path at all: a row each, in place."""
        cat, coffee = (str(next(self.photos.glob(f"0 {name}*"))) for name in ("chelsea", "coffee"))
        paths = [(1, coffee), (2, cat), (3, str(self.photos / "none.jpg")), (4, coffee), (5, None), (6, str(self.photos / "empty.png"))]
        table = self.spark.createDataFrame(paths, "number int, path string").coalesce(1)
        rows = xception_spark.classify(table, "--top", "1", program=PROGRAM).orderBy("number").collect()
        self.assertEqual([row.number for row in rows], [1, 2, 3, 4, 5, 6])
        self.assertEqual([row.predictions and row.predictions[0].label for row in rows], ["espresso", "Egyptian cat", None, "espresso", None, None])
        self.assertEqual([row.error and row.error.code for row in rows], [None, None, "not_found", None, "unreadable", "empty_file"])

    def test_a_table_of_images_and_a_column_that_is_taken(self):
        image = bytearray((PHOTOS / "coffee.jpg").read_bytes())
        table = self.spark.createDataFrame([("a", image), ("b", None)], "name string, content binary")
        rows = {row.name: row for row in xception_spark.classify(table, program=PROGRAM).collect()}
        self.assertEqual(rows["a"].predictions[0].label, "espresso")
        self.assertEqual(rows["b"].error.code, "empty_file")
        with self.assertRaisesRegex(ValueError, "column width already"):
            xception_spark.classify(self.files().selectExpr("content", "1 as width"))

    def test_features_in_place_of_predictions(self):
        image = bytearray((PHOTOS / "coffee.jpg").read_bytes())
        table = self.spark.createDataFrame([("a", image), ("b", None)], "name string, content binary")
        rows = {row.name: row for row in xception_spark.embed(table, program=PROGRAM).collect()}
        self.assertEqual((len(rows["a"].embedding), rows["a"].predictions), (2048, None))
        self.assertEqual((rows["b"].error.code, rows["b"].embedding), ("empty_file", None))

    def test_a_program_that_is_not_there_fails_the_job(self):
        with self.assertRaisesRegex(Exception, "does-not-exist"):
            xception_spark.classify(self.files().limit(1), program="/does-not-exist/xception").collect()


if __name__ == "__main__":
    unittest.main()
