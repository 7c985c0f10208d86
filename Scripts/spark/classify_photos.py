"""Classifies photos on a Spark cluster: from files or a table on any storage that Spark reads, to Parquet.

    spark-submit --py-files Scripts/spark/xception_spark.py,Scripts/coprocess/xception_process.py \\
        Scripts/spark/classify_photos.py INPUT OUTPUT [--format FORMAT] [--embed] [--program PATH] [-- XCEPTION OPTIONS]

INPUT is a folder or a pattern of files, read as binaryFile and searched recursively; with another --format (parquet,
json, csv, orc ...) a table with the images in its column `content`, or their places in its column `path`.
OUTPUT is a folder of Parquet files: the input's columns without `content`, and

    width, height   int
    predictions     array<struct<rank int, index int, id string, label string, probability float>>; null with --embed
    embedding       array<float>, with --embed
    error           struct<code string, message string>, null for an image that was read
    model           string, which weights and precision answered

one row per image, including broken ones; but Spark's binaryFile leaves out empty files. OUTPUT must not exist, unless --append adds to it.

xception must be installed on every worker, or --program name it; each Python worker runs one.
"""
import argparse
import pathlib
import sys

# spark-submit ships these with --py-files; in a checkout they are here.
SCRIPTS = pathlib.Path(__file__).resolve().parents[1]
MODULES = [SCRIPTS / "spark" / "xception_spark.py", SCRIPTS / "coprocess" / "xception_process.py"]
sys.path.extend(str(module.parent) for module in MODULES)


def main():
    from pyspark.sql import SparkSession

    import xception_spark

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--format", default="binaryFile")
    parser.add_argument("--program", default="xception")
    parser.add_argument("--append", action="store_true")
    parser.add_argument("--embed", action="store_true", help="the backbone's features in place of predictions")
    parser.add_argument("options", nargs="*", help="options for xception, after --")
    args = parser.parse_args()

    session = (
        SparkSession.builder.appName("xception")
        # A batch is in memory as a whole: a few photos, not ten thousand.
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", 64)
        .config("spark.sql.execution.arrow.maxBytesPerBatch", 64 << 20)
        .getOrCreate())
    for module in MODULES:
        if module.exists():
            session.sparkContext.addPyFile(str(module))
    reader = session.read.format(args.format)
    if args.format == "binaryFile":
        reader = reader.option("recursiveFileLookup", "true")
    elif args.format == "csv":
        reader = reader.option("header", "true")
    photos = reader.load(args.input)
    ask = xception_spark.embed if args.embed else xception_spark.classify
    ask(photos, *args.options, program=args.program).write.mode("append" if args.append else "errorifexists").parquet(args.output)
    session.stop()


if __name__ == "__main__":
    main()
