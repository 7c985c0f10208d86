"""What convert_weights.py makes of every kind of file. `python -m unittest discover -s Scripts/tests`"""
import contextlib
import hashlib
import io
import json
import os
import struct
import sys
import tempfile
import unittest
import zipfile

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import project  # noqa: F401, makes the converter importable

import convert_weights
import samples
from xception_weights import keras_file, torch_file
from xception_weights.errors import ConversionError
from xception_weights.model_file import read_tensors, serialize, write_atomically
from xception_weights.network import folded

LAYERS = samples.weights()


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


class Layouts(Directory):
    """Every layout gives the same arrays."""

    def check(self, weights, head=()):
        for layer, tensors in LAYERS.items():
            self.assertEqual(tensors.keys(), weights.layers[layer].keys())
            for name, array in tensors.items():
                np.testing.assert_array_equal(weights.layers[layer][name], array, f"{layer}/{name}")
        self.assertEqual(len(weights.head), len(head))
        for found, (kernel, bias) in zip(weights.head, head):
            np.testing.assert_array_equal(found.kernel, kernel)
            np.testing.assert_array_equal(found.bias, bias)
        weights.check()

    def test_legacy_weights_named_as_in_the_official_file(self):
        head = samples.dense(1000)
        for slashes in (True, False):
            samples.legacy_h5(self.path("w.h5"), LAYERS, head, first_shortcut=1, slashes=slashes)
            self.check(keras_file.read(self.path("w.h5")), head)

    def test_legacy_weights_without_top(self):
        samples.legacy_h5(self.path("w.h5"), LAYERS, first_shortcut=0, suffix="")
        self.check(keras_file.read(self.path("w.h5")))

    def test_legacy_whole_model_with_nested_network_and_hidden_layer(self):
        head = samples.dense(16, 6)
        samples.legacy_whole_h5(self.path("m.h5"), LAYERS, head, ["relu", "linear"], 150, "categorical_crossentropy")
        weights = keras_file.read(self.path("m.h5"))
        self.check(weights, head)
        self.assertEqual([dense.activation for dense in weights.head], ["relu", "softmax"])
        self.assertEqual(weights.facts["input_size"], 150)

    def test_linear_output_trained_with_binary_crossentropy_is_a_sigmoid(self):
        head = samples.dense(3)
        samples.legacy_whole_h5(self.path("m.h5"), LAYERS, head, ["linear"], 150, "binary_crossentropy")
        self.assertEqual(keras_file.read(self.path("m.h5")).head[-1].activation, "sigmoid")

    def test_keras_3_weights_nested_or_flat_named_or_numbered(self):
        head = samples.dense(8, 5)
        for nested in (False, True):
            for named in (False, True):
                with h5py.File(self.path("x.weights.h5"), "w") as file:
                    samples.weights_h5(file, LAYERS, head, nested, named)
                self.check(keras_file.read(self.path("x.weights.h5")), head)

    def test_keras_3_model_nested_or_flat(self):
        head = samples.dense(7)
        for nested in (False, True):
            samples.keras_zip(self.path("m.keras"), LAYERS, head, ["sigmoid"], 160, nested)
            weights = keras_file.read(self.path("m.keras"))
            self.check(weights, head)
            self.assertEqual(weights.head[0].activation, "sigmoid")

    def test_rescaling_in_the_model_sets_mean_and_deviation(self):
        rescaling = {"class_name": "Rescaling", "config": {"name": "r", "scale": 1 / 255, "offset": 0.0}}
        samples.keras_zip(self.path("m.keras"), LAYERS, samples.dense(2), ["softmax"], 150, True, [rescaling])
        facts = keras_file.read(self.path("m.keras")).facts
        np.testing.assert_allclose(facts["input_mean"], 0, atol=1e-12)
        np.testing.assert_allclose(facts["input_std"], 1, atol=1e-12)

    def test_torch_pickles_of_both_layouts(self):
        head = samples.dense(1000)
        state = samples.torch_state(LAYERS, head)
        samples.torch_zip(self.path("a.pth"), state)
        self.check(torch_file.read(self.path("a.pth")), head)
        samples.torch_legacy(self.path("b.pth"), state)
        self.check(torch_file.read(self.path("b.pth")), head)

    def test_old_cadene_file_with_flat_pointwise_weights(self):
        head = samples.dense(1000)
        samples.torch_legacy(self.path("c.pth"), samples.torch_state(LAYERS, head, "last_linear", flat_pointwise=True))
        weights = torch_file.read(self.path("c.pth"))
        self.check(weights, head)
        self.assertEqual(weights.preset, "cadene")

    def test_torch_checkpoint_with_prefix_and_hidden_layer(self):
        head = samples.dense(8, 4)
        state = {f"module.{name}": array for name, array in samples.torch_state(LAYERS, head).items()}
        samples.torch_zip(self.path("d.pt"), {"epoch": 3, "state_dict": state})
        weights = torch_file.read(self.path("d.pt"))
        self.check(weights, head)
        self.assertEqual([dense.activation for dense in weights.head], ["relu", "softmax"])

    def test_safetensors_in_torch_naming(self):
        head = samples.dense(10)
        content, _ = serialize(samples.torch_state(LAYERS, head), {}, "float32")
        write_atomically({self.path("e.safetensors"): content})
        self.check(torch_file.read(self.path("e.safetensors")), head)


class Folding(unittest.TestCase):
    def test_folded_layers_compute_what_normalization_after_them_computes(self):
        tensors = folded(LAYERS, 1e-3)
        rng = np.random.default_rng(3)
        for layer, kernel in (("block1_conv2", "kernel"), ("block5_sepconv1", "pointwise_kernel"), ("block13_shortcut", "kernel")):
            source = LAYERS[layer]
            weights = source[kernel].astype(np.float64).reshape(-1, source[kernel].shape[-1])
            x = rng.normal(0, 1, (4, len(weights)))
            expected = ((x @ weights - source["moving_mean"]) / np.sqrt(source["moving_variance"] + np.float64(1e-3))
                        * source["gamma"] + source["beta"])
            found = x @ tensors[f"{layer}/{kernel}"].reshape(weights.shape) + tensors[f"{layer}/bias"]
            np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-9)


class Files(Directory):
    """What is written."""

    def source(self, head=1000):
        samples.legacy_h5(self.path("w.h5"), LAYERS, samples.dense(head))
        return self.path("w.h5")

    def test_the_same_bytes_every_time_aligned_and_with_their_hash(self):
        source = self.source()
        self.assertEqual(self.convert(source, "--dtype", "float16")[0], 0)
        first = {}
        for name in os.listdir(self.output):
            with open(os.path.join(self.output, name), "rb") as file:
                content = first[name] = file.read()
            [length] = struct.unpack("<Q", content[:8])
            self.assertEqual((8 + length) % 64, 0)
            metadata = json.loads(content[8:8 + length])["__metadata__"]
            self.assertEqual(metadata["data_sha256"], hashlib.sha256(content[8 + length:]).hexdigest())
        self.assertEqual(sorted(first), ["xception-backbone.safetensors", "xception.head.safetensors"])
        self.convert(source, "--dtype", "float16")
        for name, content in first.items():
            with open(os.path.join(self.output, name), "rb") as file:
                self.assertEqual(file.read(), content)

    def test_switches_of_a_torch_file_and_options_that_change_them(self):
        content, _ = serialize(samples.torch_state(LAYERS, samples.dense(3)), {}, "float16")
        write_atomically({self.path("t.safetensors"): content})
        self.assertEqual(self.convert(self.path("t.safetensors"))[0], 0)
        _, metadata = self.written("xception-backbone.safetensors")
        expected = {"stem_padding": "0", "pool_padding": "symmetric", "batch_norm_epsilon": "1e-05",
                    "shortcut_after_relu": "false", "input_size": "299", "input_mean": "0.5,0.5,0.5",
                    "input_std": "0.5,0.5,0.5", "resize": "crop:333", "resample": "bicubic"}
        self.assertEqual({key: metadata[key] for key in expected}, expected)
        status, _, _ = self.convert(
            self.path("t.safetensors"), "--stem-padding", "1", "--pool-padding", "same", "--shortcut-after-relu",
            "--batch-norm-epsilon", "0.01", "--input-size", "224", "--mean", "0.485,0.456,0.406", "--std", "0.25",
            "--resize", "squash", "--resample", "lanczos")
        self.assertEqual(status, 0)
        _, metadata = self.written("xception-backbone.safetensors")
        expected = {"stem_padding": "1", "pool_padding": "same", "batch_norm_epsilon": "0.01",
                    "shortcut_after_relu": "true", "input_size": "224", "input_mean": "0.485,0.456,0.406",
                    "input_std": "0.25,0.25,0.25", "resize": "squash", "resample": "lanczos"}
        self.assertEqual({key: metadata[key] for key in expected}, expected)

    def test_hidden_layers_and_labels(self):
        samples.legacy_whole_h5(self.path("m.h5"), LAYERS, samples.dense(16, 3), ["relu", "softmax"])
        with open(self.path("labels.txt"), "w") as file:
            file.write("cup\nfork\nn03\tbig knife\n")
        self.assertEqual(self.convert(self.path("m.h5"), "--labels", self.path("labels.txt"), "--name", "kitchen")[0], 0)
        tensors, metadata = self.written("kitchen.head.safetensors")
        self.assertEqual(json.loads(metadata["layers"]), ["hidden1", "predictions"])
        self.assertEqual({name: array.shape for name, array in tensors.items()},
                         {"hidden1/kernel": (2048, 16), "hidden1/bias": (16,), "predictions/kernel": (16, 3), "predictions/bias": (3,)})
        self.assertEqual(json.loads(metadata["classes"]), [
            {"id": "cup", "label": "cup"}, {"id": "fork", "label": "fork"}, {"id": "n03", "label": "big knife"}])

    def test_a_head_on_a_backbone_that_is_already_there(self):
        samples.legacy_h5(self.path("w.h5"), LAYERS)
        self.convert(self.path("w.h5"))
        backbone = os.path.join(self.output, "xception-backbone.safetensors")
        samples.legacy_whole_h5(self.path("m.h5"), LAYERS, samples.dense(3), ["softmax"], 150)
        self.assertEqual(self.convert(self.path("m.h5"), "--backbone", backbone, "--name", "mine")[0], 0)
        self.assertEqual(sorted(os.listdir(self.output)), ["mine.head.safetensors", "xception-backbone.safetensors"])
        _, metadata = self.written("mine.head.safetensors")
        self.assertEqual(metadata["backbone_sha256"], read_tensors(backbone)[1]["data_sha256"])
        self.assertEqual(metadata["input_size"], "150")

    def test_a_backbone_file_is_a_source_on_which_a_head_is_put(self):
        samples.legacy_h5(self.path("w.h5"), LAYERS)
        self.convert(self.path("w.h5"), "--dtype", "float16")
        backbone = os.path.join(self.output, "xception-backbone.safetensors")
        [(kernel, bias)] = samples.dense(3)
        np.savez(self.path("head.npz"), kernel=kernel, bias=bias)
        options = ("--head", self.path("head.npz"), "--head-name", "mine")
        self.assertEqual(self.convert(backbone, *options)[0], 0)
        tensors, metadata = self.written("mine.head.safetensors")
        np.testing.assert_array_equal(tensors["predictions/kernel"], kernel)
        self.assertEqual(metadata["backbone_sha256"], read_tensors(backbone)[1]["data_sha256"])
        self.assertNotIn("input_size", metadata)
        self.assertEqual(self.convert(backbone, *options, "--input-size", "150", "--mean", "0.5")[0], 0)
        metadata = self.written("mine.head.safetensors")[1]
        self.assertEqual((metadata["input_size"], metadata.get("input_mean")), ("150", None))
        self.assertIn("--head names a head to put on it", self.convert(backbone)[2])
        self.assertIn("expected xception.backbone/1", self.convert(os.path.join(self.output, "mine.head.safetensors"), *options)[2])
        with open(backbone, "r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(b"?")
        self.assertIn("damaged", self.convert(backbone, *options)[2])


class Refusals(Directory):
    """One line on standard error, exit status 2, nothing written."""

    def refused(self, source, *options):
        status, out, err = self.convert(source, *options)
        self.assertEqual((status, out), (2, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertTrue(err.startswith(f"{source}: "), err)
        self.assertEqual(os.path.isdir(self.output) and os.listdir(self.output) or [], [])
        return err

    def test_missing_file_and_file_of_another_kind(self):
        self.assertIn("No such file", self.refused(self.path("none.h5")))
        for name in ("text.h5", "text.keras", "text.pth", "text.safetensors", "text"):
            with open(self.path(name), "w") as file:
                file.write("{" * 40)
            self.refused(self.path(name))

    def test_missing_tensor(self):
        layers = {name: dict(tensors) for name, tensors in LAYERS.items()}
        del layers["block7_sepconv2"]["pointwise_kernel"]
        samples.torch_zip(self.path("a.pth"), samples.torch_state(layers))
        self.assertIn("block7_sepconv2/pointwise_kernel missing", self.refused(self.path("a.pth")))
        del layers["block7_sepconv2"]
        samples.legacy_h5(self.path("a.h5"), layers)
        self.assertIn("block7_sepconv2/depthwise_kernel and 5 others missing", self.refused(self.path("a.h5")))

    def test_wrong_shape_and_values_that_are_not_numbers(self):
        layers = LAYERS | {"block3_sepconv1": LAYERS["block3_sepconv1"] | {"gamma": np.ones(255, np.float32)}}
        samples.legacy_h5(self.path("a.h5"), layers)
        self.assertIn("block3_sepconv1/gamma has shape (255,)", self.refused(self.path("a.h5")))
        layers["block3_sepconv1"] = LAYERS["block3_sepconv1"] | {"gamma": np.full(256, np.nan, np.float32)}
        samples.legacy_h5(self.path("a.h5"), layers)
        self.assertIn("not finite", self.refused(self.path("a.h5")))

    def test_truncated_files(self):
        samples.legacy_h5(self.path("a.h5"), LAYERS)
        samples.keras_zip(self.path("a.keras"), LAYERS, samples.dense(2), ["softmax"])
        samples.torch_zip(self.path("a.pth"), samples.torch_state(LAYERS))
        samples.torch_legacy(self.path("b.pth"), samples.torch_state(LAYERS))
        for name in ("a.h5", "a.keras", "a.pth", "b.pth"):
            size = os.path.getsize(self.path(name))
            for length in (size - 100, size // 2, 1000, 9):
                os.truncate(self.path(name), length)
                self.refused(self.path(name))

    def test_a_flipped_byte_in_an_archive(self):
        samples.keras_zip(self.path("a.keras"), LAYERS, samples.dense(2), ["softmax"])
        samples.torch_zip(self.path("a.pth"), samples.torch_state(LAYERS))
        for name in ("a.keras", "a.pth"):
            with open(self.path(name), "r+b") as file:
                middle = os.path.getsize(self.path(name)) // 2
                file.seek(middle)
                value = file.read(1)[0]
                file.seek(middle)
                file.write(bytes([value ^ 1]))
            self.refused(self.path(name))

    def test_code_in_a_pickle_is_named_and_not_run(self):
        class Code:
            def __reduce__(self):
                return os.mkdir, (marker,)

        marker = self.path("executed")
        for write in (samples.torch_zip, samples.torch_legacy):
            write(self.path("a.pth"), {"conv1.weight": Code()})
            self.assertIn("posix.mkdir, which is code", self.refused(self.path("a.pth")))
            self.assertFalse(os.path.exists(marker))

    def test_a_pickle_that_would_be_endless_if_printed_or_hashed(self):
        # Tuples of the one before twice: forty in memory, a million million in full.
        doubled = b"".join(b"h" + bytes([n]) + b"h" + bytes([n]) + b"\x86\x94" for n in range(40))
        uses = {"a storage's identifier": b"Q.", "a key": b"}h\x28K\x01s.", "keys": b"}(h\x28K\x01u.", "a set": b"\x8f(h\x28\x90."}
        for name, use in uses.items():
            with self.subTest(name), zipfile.ZipFile(self.path("a.pth"), "w") as archive:
                archive.writestr("model/data.pkl", b"\x80\x04\x8c\x01x\x94" + doubled + use)
            self.assertIn("a tuple in its pickle is larger", self.refused(self.path("a.pth")))

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

    def test_other_hash_than_expected(self):
        samples.legacy_h5(self.path("a.h5"), LAYERS)
        self.assertIn("expected 00", self.refused(self.path("a.h5"), "--sha256", "00"))

    def test_labels_that_do_not_fit(self):
        samples.legacy_h5(self.path("a.h5"), LAYERS, samples.dense(3))
        for text, reason in (("a\nb\n", "lists 2 classes, the head has 3"), ("a\nb\na\n", "lists a twice")):
            with open(self.path("labels.txt"), "w") as file:
                file.write(text)
            self.assertIn(reason, self.refused(self.path("a.h5"), "--labels", self.path("labels.txt")))

    def test_options_that_name_files_of_another_kind(self):
        samples.legacy_h5(self.path("a.h5"), LAYERS, samples.dense(3))
        with open(self.path("labels.json"), "w") as file:
            file.write('{"a": 5, "b": 7, "c": 9}')
        for option in ("--labels", "--head", "--backbone"):
            self.assertIn("labels.json", self.refused(self.path("a.h5"), option, self.path("labels.json")))
        self.assertIn("No such file", self.convert(self.path("a.h5"), "--labels", self.path("none"))[2])

    def test_layers_that_a_head_cannot_hold(self):
        samples.legacy_whole_h5(self.path("a.h5"), LAYERS, samples.dense(4, 3), ["tanh", "softmax"])
        self.assertIn("dense_0 has activation tanh", self.refused(self.path("a.h5")))
        other = {"class_name": "Lambda", "config": {"name": "trick"}}
        samples.keras_zip(self.path("a.keras"), LAYERS, samples.dense(2), ["softmax"], 150, True, [other])
        self.assertIn("trick (Lambda)", self.refused(self.path("a.keras")))

    def test_network_that_computes_something_else_with_the_same_weights(self):
        model = samples.config(LAYERS, [], [], 299, nested=False)
        for layer in model["config"]["layers"]:
            if layer["config"]["name"] == "block1_conv1":
                layer["config"]["padding"] = "same"
        with self.assertRaisesRegex(ConversionError, "block1_conv1 has padding same, Xception has valid"):
            keras_file.assemble("", [], model)


if __name__ == "__main__":
    unittest.main()
