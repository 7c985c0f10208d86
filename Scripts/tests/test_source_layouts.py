"""Every layout of a source gives the same arrays. `python -m unittest discover -s Scripts/tests`"""
import os
import sys
import unittest

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import project  # noqa: F401, makes the converter importable

import samples
import torch_samples
from converting import Directory, LAYERS, torch
from xception_weights import file_kind, keras_file
from xception_weights.model_file import serialize, write_atomically
from xception_weights.network import kernels_of, mobilenet


class Layouts(Directory):
    """Every layout gives the same arrays."""

    def check(self, weights, head=(), layers=LAYERS):
        for layer, tensors in layers.items():
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

    def test_legacy_weights_whose_names_say_the_class_alone(self):
        head = samples.dense(1000)
        keras_2 = {"Conv2D": "conv2d", "SeparableConv2D": "separable_conv2d", "BatchNormalization": "batch_normalization", "Dense": "dense"}
        for names, first, shortcuts_first in ((samples.KERAS_1, 1, True), (samples.KERAS_1, 41, False), (keras_2, 7, True)):
            with self.subTest(first=first, shortcuts_first=shortcuts_first):
                samples.made_up_names_h5(self.path("w.h5"), LAYERS, head, first, shortcuts_first, names)
                self.check(keras_file.read(self.path("w.h5")), head)

    def test_mobilenet_of_every_width(self):
        for width, features in ((0.25, 256), (0.5, 512), (0.75, 768), (1.0, 1024)):
            network = mobilenet(width)
            layers = samples.weights(network)
            head = samples.dense(1000, features=features)
            for whole in (True, False):
                samples.mobilenet_h5(self.path("m.h5"), layers, head, whole, size=192)
                weights = keras_file.read(self.path("m.h5"))
                self.assertEqual((weights.network.name, weights.network.features), ("mobilenet_v1", features))
                self.check(weights, head, layers)
                self.assertEqual(weights.head[0].activation, "softmax")
            self.assertEqual(self.convert(self.path("m.h5"))[0], 0)
            tensors, metadata = self.written("mobilenet-backbone.safetensors")
            self.assertEqual((metadata["network"], metadata["input_size"], metadata["name"]), ("mobilenet_v1", "224", "mobilenet"))
            self.assertEqual(tensors.keys(), {f"{layer}/{name}" for layer, shapes in network.layers.items()
                                              for name in (*kernels_of(shapes), "bias")})
            self.assertNotIn("stem_padding", metadata)
            self.assertEqual(self.written("mobilenet.head.safetensors")[0]["predictions/kernel"].shape, (features, 1000))

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
        state = torch_samples.torch_state(LAYERS, head)
        torch_samples.torch_zip(self.path("a.pth"), state)
        self.check(torch(self.path("a.pth")), head)
        torch_samples.torch_legacy(self.path("b.pth"), state)
        self.check(torch(self.path("b.pth")), head)

    def test_what_a_file_is_shows_in_its_content(self):
        torch_samples.torch_zip(self.path("checkpoint"), {"state_dict": torch_samples.torch_state(LAYERS, samples.dense(3))})
        self.check(torch(self.path("checkpoint")), samples.dense(3))
        torch_samples.torch_legacy(self.path("epoch=3.ckpt"), torch_samples.torch_state(LAYERS))
        self.check(torch(self.path("epoch=3.ckpt")))
        samples.keras_zip(self.path("model.zip"), LAYERS, samples.dense(2), ["softmax"])
        self.assertEqual(file_kind.file_kind(self.path("model.zip")), file_kind.KERAS)

    def test_one_output_of_a_torch_head_is_a_sigmoid(self):
        torch_samples.torch_zip(self.path("a.pth"), torch_samples.torch_state(LAYERS, samples.dense(1)))
        weights = torch(self.path("a.pth"))
        self.assertEqual(weights.head[0].activation, "sigmoid")
        self.assertTrue(any("sigmoid" in note for note in weights.notes))

    def test_an_adapter_that_the_forward_pass_leaves_out(self):
        adapter = {"adjust_channel.0.weight": np.ones((512, 2048, 1, 1), np.float32)}
        for units, result in ((samples.dense(2), 0), (samples.dense(2, features=512), 2)):
            state = torch_samples.torch_state(LAYERS, units, "last_linear") | adapter
            torch_samples.torch_zip(self.path("a.pth"), {f"backbone.{name}": array for name, array in state.items()})
            status, out, err = self.convert(self.path("a.pth"))
            self.assertEqual(status, result)
            self.assertIn("adjust_channel", out + err)

    def test_old_cadene_file_with_flat_pointwise_weights(self):
        head = samples.dense(1000)
        torch_samples.torch_legacy(self.path("c.pth"), torch_samples.torch_state(LAYERS, head, "last_linear", flat_pointwise=True))
        weights = torch(self.path("c.pth"))
        self.check(weights, head)
        self.assertEqual(weights.preset, "cadene")

    def test_torch_checkpoint_with_prefix_and_hidden_layer(self):
        head = samples.dense(8, 4)
        state = {f"module.{name}": array for name, array in torch_samples.torch_state(LAYERS, head).items()}
        torch_samples.torch_zip(self.path("d.pt"), {"epoch": 3, "state_dict": state})
        weights = torch(self.path("d.pt"))
        self.check(weights, head)
        self.assertEqual([dense.activation for dense in weights.head], ["relu", "softmax"])

    def test_safetensors_in_torch_naming(self):
        head = samples.dense(10)
        content, _ = serialize(torch_samples.torch_state(LAYERS, head), {}, "float32")
        write_atomically({self.path("e.safetensors"): content})
        self.check(torch(self.path("e.safetensors")), head)

if __name__ == "__main__":
    unittest.main()
