"""The work of a Spark worker: one xception for its lifetime, images through its pipe, rows back.

`mapInArrow` is used because only it leaves the image bytes in place: `mapInPandas` and `predict_batch_udf` make
Python objects of every value, and the latter can neither pass other columns through nor return arrays of structs.
Rows are joined with their answers by position.
"""
import atexit
import collections

import pyarrow as pa
import pyarrow.fs
from pyspark import TaskContext
from pyspark.sql import types as spark

from xception_process import XceptionProcess

PREDICTION = [("rank", pa.int32()), ("index", pa.int32()), ("id", pa.string()), ("label", pa.string()), ("probability", pa.float32())]
ERROR = [("code", pa.string()), ("message", pa.string())]
ANSWER = {
    "width": pa.int32(),
    "height": pa.int32(),
    "predictions": pa.list_(pa.struct(PREDICTION)),
    # By `embed`, which gives no predictions: 2048 numbers of Xception, 1024 of MobileNet.
    "embedding": pa.list_(pa.float32()),
    "error": pa.struct(ERROR),
    # The weights and the precision.
    "model": pa.string(),
}
"""The columns that are added, which are the members of the program's JSON."""

# Larger files are not photos, and the program would reject the whole input.
LARGEST_IMAGE = 256 << 20

_processes = {}


def output_schema(schema):
    """The Spark schema of the result: the input's columns but `content`, then those of ANSWER."""
    from pyspark.sql.pandas.types import from_arrow_schema

    kept = [field for field in schema.fields if field.name != "content"]
    taken = [field.name for field in kept if field.name in ANSWER]
    if taken:
        raise ValueError(f"the input has a column {taken[0]} already; rename it")
    return spark.StructType(kept + from_arrow_schema(pa.schema(list(ANSWER.items()))).fields)


def classify(frame, *options, program="xception"):
    """The DataFrame's rows with the columns of ANSWER, of which `predictions` is filled, without `content`.

    The images are the column `content`; without one, the files that the column `path` names, on any file system that
    pyarrow.fs knows. `options` are the program's, such as "--top", "3".
    """
    return answered(frame, "classify", options, program)


def embed(frame, *options, program="xception"):
    """The same with `embedding` filled in place of `predictions`."""
    return answered(frame, "embed", options, program)


def answered(frame, command, options, program):
    columns = set(frame.columns)
    if not columns & {"content", "path"}:
        raise ValueError("the input has neither a column content nor a column path")
    return frame.mapInArrow(lambda batches: answered_batches(batches, program, command, options), output_schema(frame.schema))


def answered_batches(batches, program, command, options):
    """Arrow batches to Arrow batches of as many rows, in order."""
    handed_out = collections.deque()

    def images():
        for batch in batches:
            if batch.num_rows:
                failures = {}
                handed_out.append((batch, failures))
                for row, image in enumerate(contents(batch, failures)):
                    if len(image) > LARGEST_IMAGE:
                        failures[row] = {"code": "image_too_large", "message": f"the file has {len(image)} bytes"}
                    yield b"" if row in failures else image

    answers = running_process(program, command, options).classify_all(images())
    for answer in answers:
        batch, failures = handed_out.popleft()
        answered = [answer] + [next(answers) for _ in range(batch.num_rows - 1)]
        yield joined(batch, [{"error": failures[row]} if row in failures else answer for row, answer in enumerate(answered)])


def contents(batch, failures):
    """Yields the images of a batch as buffers; what keeps a file from being read is put into `failures`, by row."""
    if "content" in batch.schema.names:
        for value in batch.column("content"):
            yield value.as_buffer() if value.is_valid else b""
        return
    for row, path in enumerate(batch.column("path").to_pylist()):
        try:
            system, name = pa.fs.FileSystem.from_uri(path)
            with system.open_input_file(name) as file:
                yield file.read_buffer(LARGEST_IMAGE + 1)
        except (OSError, pa.ArrowException, TypeError) as error:
            code = "not_found" if isinstance(error, FileNotFoundError) else "unreadable"
            failures[row] = {"code": code, "message": str(error)}
            yield b""


def joined(batch, answers):
    kept = [index for index, name in enumerate(batch.schema.names) if name != "content"]
    return pa.RecordBatch.from_arrays(
        [batch.column(index) for index in kept]
        + [pa.array([answer.get(name) for answer in answers], type) for name, type in ANSWER.items()],
        schema=pa.schema([batch.schema.field(index) for index in kept] + list(ANSWER.items())))


def running_process(program, command, options):
    """The program of this Python worker, which Spark uses for task after task; a new one where that has ended.

    It has as many threads as the task has processors (spark.task.cpus), so that an executor's cores are used once.
    """
    task = TaskContext.get()
    arguments = ("--quiet", "--threads", str(task.cpus() if task else 1), *options)
    key = (program, command, arguments)
    if key in _processes and _processes[key].process.poll() is not None:
        del _processes[key]
    if key not in _processes:
        _processes[key] = XceptionProcess(*arguments, program=program, command=command)
        atexit.register(_processes[key].process.kill)
    return _processes[key]
