"""A directory to convert in, for the tests of the converter."""
import contextlib
import io
import os
import sys
import tempfile
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import project  # noqa: F401, makes the converter importable

import convert_weights
import samples
from xception_weights import file_kind, torch_file
from xception_weights.model_file import read_tensors

LAYERS = samples.weights()


def torch(path):
    return torch_file.read(path, file_kind.file_kind(path))


class Directory(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.output = os.path.join(self.directory, "out")

    def path(self, name):
        return os.path.join(self.directory, name)

    def convert(self, source, *options):
        """Returns exit status, standard output, standard error."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = convert_weights.main([source, "-o", self.output, *options])
        return status, out.getvalue(), err.getvalue()

    def written(self, name):
        return read_tensors(os.path.join(self.output, name))


class Refusing(Directory):
    """A refusal is one line on standard error, exit status 2, nothing written."""

    def refused(self, source, *options):
        status, out, err = self.convert(source, *options)
        self.assertEqual((status, out), (2, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertTrue(err.startswith(f"{source}: "), err)
        self.assertEqual(os.path.isdir(self.output) and os.listdir(self.output) or [], [])
        return err
