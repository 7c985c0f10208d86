"""Malicious sources are rejected in one line, and quickly."""
import collections
import contextlib
import io
import os
import struct
import sys
import unittest
import unittest.mock
import zipfile

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import project  # noqa: F401, makes the converter importable

import convert_weights
import samples
import torch_samples
from converting import LAYERS, Refusing


class HostileSources(Refusing):
    def test_code_in_a_pickle_is_named_and_not_run(self):
        class Code:
            def __reduce__(self):
                return os.mkdir, (marker,)

        marker = self.path("executed")
        for write in (torch_samples.torch_zip, torch_samples.torch_legacy):
            write(self.path("a.pth"), {"conv1.weight": Code()})
            self.assertIn("posix.mkdir, which is code", self.refused(self.path("a.pth")))
            self.assertFalse(os.path.exists(marker))

    def test_a_pickle_that_would_be_endless_if_printed_or_hashed(self):
        # Tuples of the one before twice: forty in memory, a million million in full.
        doubled = b"".join(b"h" + bytes([n]) + b"h" + bytes([n]) + b"\x86\x94" for n in range(40))
        uses = {"a storage's identifier": b"Q.", "a key": b"}h\x28K\x01s.", "keys": b"}(h\x28K\x01u."}
        for name, use in uses.items():
            with self.subTest(name), zipfile.ZipFile(self.path("a.pth"), "w") as archive:
                archive.writestr("model/data.pkl", b"\x80\x04\x8c\x01x\x94" + doubled + use)
            self.assertIn("a tuple in its pickle is larger", self.refused(self.path("a.pth")))

    def test_whatever_is_in_a_pickle_it_ends(self):
        tensor = b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x01tQ"
        number = b"\x8a\x11" + b"\1" * 17
        pickles = {
            "whose shape is not made of numbers": tensor + b"K\0](K\1]e]tR.",
            "sets the attributes": b"ctorch\nFloatStorage\n}b.",
            "a set in its pickle": b"(K\1\x91.",
            "a key in its pickle": b"}K\1\x85K\1s.",
            "a number in its pickle is larger": number + b".",
            "a text in its pickle is longer": b"X\0\0\2\0" + b"x" * (2 << 16) + b".",
            "an array in its pickle": b"\x96" + struct.pack("<Q", 1 << 40) + b".",
            "larger than any state dict's": b"\x95" + struct.pack("<Q", 1 << 40) + b"\0" * (17 << 20),
        }
        for reason, content in pickles.items():
            with self.subTest(reason), zipfile.ZipFile(self.path("a.pth"), "w") as archive:
                archive.writestr("model/data.pkl", b"\x80\x02" + content)
            self.assertIn(reason, self.refused(self.path("a.pth")))

    def test_attributes_of_an_ordered_dictionary_are_passed_over(self):
        state = torch_samples.torch_state(LAYERS)
        state._metadata = collections.OrderedDict(version=1)
        torch_samples.torch_zip(self.path("a.pth"), state)
        self.assertEqual(self.convert(self.path("a.pth"))[0], 0)

    def test_tensors_that_show_more_than_their_storage_holds(self):
        state = torch_samples.torch_state(LAYERS) | {"fc.bias": np.broadcast_to(np.float32(0.5), (1 << 20,))}
        with unittest.mock.patch.object(np, "ascontiguousarray", lambda array: array.ravel()[:1] if array.size == 1 << 20 else array.copy()):
            torch_samples.torch_zip(self.path("a.pth"), state)
        self.assertIn("reaches beyond its storage", self.refused(self.path("a.pth")))

    def test_no_feature_of_hdf5_leads_out_of_the_file(self):
        with open(self.path("secret"), "wb") as file:
            file.write(b"a secret" * 500)
        with h5py.File(self.path("other.h5"), "w") as file:
            file["values"] = np.ones(1000, np.float32)
        layout = h5py.VirtualLayout((1000,), "<f4")
        layout[:] = h5py.VirtualSource(self.path("other.h5"), "values", (1000,))
        ways = {
            "in another file": lambda group, name: group.create_dataset(name, (1000,), "<f4", external=[(self.path("secret"), 0, 4000)]),
            "is a link": lambda group, name: group.__setitem__(name, h5py.ExternalLink(self.path("other.h5"), "values")),
            "is a link,": lambda group, name: group.__setitem__(name, h5py.SoftLink("/predictions/predictions/kernel:0")),
            "another file, which": lambda group, name: group.create_virtual_dataset(name, layout),
            "is not in the file": lambda group, name: group.create_dataset(name, (1 << 33,), "<f4", chunks=(1 << 20,)),
            "more values than": lambda group, name: group.create_dataset(name, (1 << 29,), "<f4", chunks=(1 << 20,), compression="gzip"),
            "holds no numbers": lambda group, name: group.create_dataset(name, data=[b"text"]),
        }
        for reason, put in ways.items():
            samples.legacy_h5(self.path("a.h5"), LAYERS, samples.dense(1000))
            with self.subTest(reason), h5py.File(self.path("a.h5"), "r+") as file:
                del file["predictions"]["predictions/bias:0"]
                put(file["predictions"], "predictions/bias:0")
            self.assertIn(reason, self.refused(self.path("a.h5")))
        samples.legacy_h5(self.path("a.h5"), LAYERS, samples.dense(1000))
        with h5py.File(self.path("a.h5"), "r+") as file:
            del file["predictions"]
            file["predictions"] = h5py.ExternalLink(self.path("other.h5"), "/")
        self.assertIn("is a link", self.refused(self.path("a.h5")))

    def test_a_head_whose_shape_is_not_in_its_file(self):
        samples.legacy_h5(self.path("a.h5"), LAYERS)
        header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2048, 100000000), }"
        with zipfile.ZipFile(self.path("head.npz"), "w") as archive:
            archive.writestr("kernel.npy", b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header)
            archive.writestr("bias.npy", b"")
        self.assertIn("is not in the file", self.refused(self.path("a.h5"), "--head", self.path("head.npz")))

    def test_names_of_strangers_command_no_terminal(self):
        with zipfile.ZipFile(self.path("a.pth"), "w") as archive:
            archive.writestr("model/data.pkl", "cos\n\x1b]0;title\x07\u202esystem\n.".encode())
        error = self.refused(self.path("a.pth"))
        self.assertIn("os.\ufffd]0;title", error)
        self.assertTrue(error.removesuffix("\n").isprintable(), error)
        with contextlib.redirect_stderr(io.StringIO()) as err, self.assertRaises(SystemExit):
            convert_weights.main(["a.h5", "-o", "out", "--\x1b[31m"])
        self.assertNotIn("\x1b", err.getvalue())

    def test_an_archive_that_unpacks_to_gigabytes(self):
        for name, size in (("config.json", 65 << 20), ("model.weights.h5", 3 << 30)):
            samples.keras_zip(self.path("a.keras"), LAYERS, samples.dense(2), ["softmax"])
            # The size that the directory at the end announces is what counts.
            with open(self.path("a.keras"), "r+b") as file:
                content = file.read()
                entry = content.rindex(name.encode()) - 46
                self.assertEqual(content[entry:entry + 4], b"PK\x01\x02")
                file.seek(entry + 24)
                file.write(struct.pack("<I", size))
            self.assertIn(f"{name} unpacks to {size:,} bytes", self.refused(self.path("a.keras")))

if __name__ == "__main__":
    unittest.main()
