"""Sources that cannot be used are refused in one line."""
import os
import sys
import unittest

import h5py
import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import project  # noqa: F401, makes the converter importable

import samples
import torch_samples
from converting import LAYERS, Refusing
from xception_weights import hdf5_file, keras_file, labels
from xception_weights.errors import ConversionError
from xception_weights.network import mobilenet


class Refusals(Refusing):
    def test_missing_file_and_file_of_another_kind(self):
        self.assertIn("No such file", self.refused(self.path("none.h5")))
        for name in ("text.h5", "text.keras", "text.pth", "text.safetensors", "text"):
            with open(self.path(name), "w") as file:
                file.write("{" * 40)
            self.refused(self.path(name))

    def test_missing_tensor(self):
        layers = {name: dict(tensors) for name, tensors in LAYERS.items()}
        del layers["block7_sepconv2"]["pointwise_kernel"]
        torch_samples.torch_zip(self.path("a.pth"), torch_samples.torch_state(layers))
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
        torch_samples.torch_zip(self.path("a.pth"), torch_samples.torch_state(LAYERS))
        torch_samples.torch_legacy(self.path("b.pth"), torch_samples.torch_state(LAYERS))
        for name in ("a.h5", "a.keras", "a.pth", "b.pth"):
            size = os.path.getsize(self.path(name))
            for length in (size - 100, size // 2, 1000, 9):
                os.truncate(self.path(name), length)
                self.refused(self.path(name))

    def test_a_flipped_byte_in_an_archive(self):
        samples.keras_zip(self.path("a.keras"), LAYERS, samples.dense(2), ["softmax"])
        torch_samples.torch_zip(self.path("a.pth"), torch_samples.torch_state(LAYERS))
        for name in ("a.keras", "a.pth"):
            with open(self.path(name), "r+b") as file:
                middle = os.path.getsize(self.path(name)) // 2
                file.seek(middle)
                value = file.read(1)[0]
                file.seek(middle)
                file.write(bytes([value ^ 1]))
            self.refused(self.path(name))

    def test_other_hash_than_expected(self):
        samples.legacy_h5(self.path("a.h5"), LAYERS)
        self.assertIn("expected 00", self.refused(self.path("a.h5"), "--sha256", "00"))

    def test_labels_that_do_not_fit(self):
        samples.legacy_h5(self.path("a.h5"), LAYERS, samples.dense(3))
        for name, text, reason in (("labels.txt", "a\nb\n", "lists 2 classes, the head has 3"), ("config.json", '{"architecture": "x"}', "no class list"),
                                   ("config.json", '{"0": "a", "2": "b", "3": "c"}', "no class list")):
            with open(self.path(name), "w") as file:
                file.write(text)
            self.assertIn(reason, self.refused(self.path("a.h5"), "--labels", self.path(name)))

    def test_class_lists_as_they_are_found(self):
        lists = {
            "mark.txt": ("\ufeffcat\ndog\nbird\n", ["cat", "dog", "bird"], ["cat", "dog", "bird"]),
            "twice.txt": ("crane\nlimpkin\ncrane\n", ["crane", "limpkin", "crane 2"], ["crane", "limpkin", "crane"]),
            "timm.json": ('{"architecture": "legacy_xception", "label_names": ["cat", "dog", "bird"]}', ["cat", "dog", "bird"], None),
            "transformers.json": ('{"id2label": {"0": "cat", "1": "dog", "2": "bird"}}', ["cat", "dog", "bird"], None),
        }
        for name, (text, ids, names) in lists.items():
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(text)
            found = labels.checked(labels.read(self.path(name)), 3, name)
            self.assertEqual([entry["id"] for entry in found], ids)
            self.assertEqual([entry["label"] for entry in found], names or ids)

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

    def test_what_stands_in_a_head_is_called_by_its_own_name(self):
        layers = [{"class_name": "BatchNormalization", "config": {"name": "between", "epsilon": 0.001}}]
        model = samples.config(LAYERS, samples.dense(256, 3), ["relu", "softmax"], 299, nested=True)
        model["config"]["layers"][-1:-1] = layers
        with self.assertRaisesRegex(ConversionError, r"between \(BatchNormalization\) in the head"):
            keras_file.assemble("", [], model)
        samples.made_up_names_h5(self.path("a.h5"), LAYERS, samples.dense(256, 3))
        with h5py.File(self.path("a.h5"), "r+") as file:
            file.copy("batchnormalization_6", "between")
            *names, last = hdf5_file.attribute(file, "layer_names")
            file.attrs["layer_names"] = [*names, "between", last]
        self.assertIn("between (batch normalization) is one more than Xception has", self.refused(self.path("a.h5")))

    def test_a_mobilenet_that_computes_something_else(self):
        network = mobilenet(0.25)
        for layer, setting, reason in (("conv1_relu", {"max_value": None}, "has max_value None"),
                                       ("conv_dw_2", {"strides": [1, 1]}, r"has strides [1, 1]"),
                                       ("conv_pad_2", {"padding": [[1, 1], [1, 1]]}, "has padding [[1, 1], [1, 1]]")):
            samples.mobilenet_h5(self.path("m.h5"), samples.weights(network), **{layer: setting})
            self.assertIn(f"layer {layer} {reason}", self.refused(self.path("m.h5")))
        self.assertIn("no such variants", self.refused_variant(network))

    def refused_variant(self, network):
        samples.mobilenet_h5(self.path("m.h5"), samples.weights(network))
        return self.refused(self.path("m.h5"), "--stem-padding", "1")

    def test_network_that_computes_something_else_with_the_same_weights(self):
        model = samples.config(LAYERS, [], [], 299, nested=False)
        for layer in model["config"]["layers"]:
            if layer["config"]["name"] == "block1_conv1":
                layer["config"]["padding"] = "same"
        with self.assertRaisesRegex(ConversionError, "block1_conv1 has padding same, Xception has valid"):
            keras_file.assemble("", [], model)

if __name__ == "__main__":
    unittest.main()
