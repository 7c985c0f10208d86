"""Tests of the output of convert_weights.py."""
import hashlib
import json
import os
import struct
import subprocess
import sys
import unittest

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import project  # noqa: F401, makes the converter importable

import samples
import torch_samples
from converting import Directory, LAYERS
from xception_weights.model_file import read_tensors, serialize, write_atomically
from xception_weights.network import WIDTHS, XCEPTION, mobilenet
from xception_weights.weights import folded

PROGRAM = os.environ.get("XCEPTION")


class Folding(unittest.TestCase):
    def test_folded_layers_compute_what_normalization_after_them_computes(self):
        tensors = folded(XCEPTION, LAYERS, 1e-3)
        rng = np.random.default_rng(3)
        for layer, kernel in (("block1_conv2", "kernel"), ("block5_sepconv1", "pointwise_kernel"), ("block13_shortcut", "kernel")):
            source = LAYERS[layer]
            weights = source[kernel].astype(np.float64).reshape(-1, source[kernel].shape[-1])
            x = rng.normal(0, 1, (4, len(weights)))
            expected = ((x @ weights - source["moving_mean"]) / np.sqrt(source["moving_variance"] + np.float64(1e-3))
                        * source["gamma"] + source["beta"])
            found = x @ tensors[f"{layer}/{kernel}"].reshape(weights.shape) + tensors[f"{layer}/bias"]
            np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-9)


    def test_folded_depthwise_layers_too(self):
        network = mobilenet(0.25)
        layers = samples.weights(network)
        tensors, source = folded(network, layers, 1e-3), layers["conv_dw_3"]
        scale = source["gamma"] / np.sqrt(source["moving_variance"] + np.float64(1e-3))
        x = np.random.default_rng(3).normal(0, 1, source["depthwise_kernel"].shape)
        expected = ((x * source["depthwise_kernel"]).sum((0, 1, 3)) - source["moving_mean"]) * scale + source["beta"]
        found = (x * tensors["conv_dw_3/depthwise_kernel"]).sum((0, 1, 3)) + tensors["conv_dw_3/bias"]
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-9)


@unittest.skipUnless(PROGRAM, "$XCEPTION does not name the program; make test-scripts does")
class OneSchema(Directory):
    """The names and shapes of a network's layers stand in the program and here: both texts must agree."""

    def verified(self, name):
        files = [os.path.join(self.output, f"{name}{suffix}") for suffix in ("-backbone.safetensors", ".head.safetensors")]
        done = subprocess.run([PROGRAM, "model", "verify", "--model", files[0], "--head", files[1]], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)

    def test_the_program_finds_all_tensors_of_every_network(self):
        samples.legacy_h5(self.path("x.h5"), LAYERS, samples.dense(3))
        self.assertEqual(self.convert(self.path("x.h5"), "--dtype", "float16")[0], 0)
        self.verified("xception")
        for width in WIDTHS:
            network = mobilenet(width)
            samples.mobilenet_h5(self.path("m.h5"), samples.weights(network), samples.dense(3, features=network.features))
            self.assertEqual(self.convert(self.path("m.h5"), "--dtype", "float16")[0], 0)
            self.verified("mobilenet")


class Files(Directory):
    """The written files."""

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
        content, _ = serialize(torch_samples.torch_state(LAYERS, samples.dense(3)), {}, "float16")
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
        # A Keras model of dense layers is a head, too.
        samples.keras_zip(self.path("head.keras"), {}, [(kernel, bias)], ["sigmoid"])
        self.assertEqual(self.convert(backbone, "--head", self.path("head.keras"), "--head-name", "mine")[0], 0)
        self.assertEqual(self.written("mine.head.safetensors")[1]["activation"], "sigmoid")
        self.assertIn("--head names a head to put on it", self.convert(backbone)[2])
        np.savez(self.path("small.npz"), kernel=kernel[:1024], bias=bias)
        self.assertIn("expected (2048, units)", self.convert(backbone, "--head", self.path("small.npz"))[2])
        self.assertIn("expected xception.backbone/1", self.convert(os.path.join(self.output, "mine.head.safetensors"), *options)[2])
        with open(backbone, "r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(b"?")
        self.assertIn("damaged", self.convert(backbone, *options)[2])

if __name__ == "__main__":
    unittest.main()
