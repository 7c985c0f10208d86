"""timm's xception41, xception65 and xception71, and what looks like them."""
import os
import sys
import unittest

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import project  # noqa: F401, makes the converter importable

import samples
import torch_samples
from converting import LAYERS, Refusing
from xception_weights import aligned_naming
from xception_weights.model_file import serialize, write_atomically
from xception_weights.network import aligned_xception


class AlignedXceptions(Refusing):
    def state(self, variant="41", head=()):
        return torch_samples.aligned_state(samples.weights(aligned_xception(variant)), head)

    def saved(self, state, name="a.safetensors"):
        write_atomically({self.path(name): serialize(state, {}, "float16")[0]})
        return self.path(name)

    def test_every_tensor_finds_its_place(self):
        for variant in ("41", "65", "71"):
            layers = samples.weights(aligned_xception(variant))
            state = torch_samples.aligned_state(layers, samples.dense(3))
            weights = aligned_naming.assemble("test", {f"module.{name}": array for name, array in state.items()})
            weights.check()
            self.assertEqual(weights.network.title, f"xception{variant}")
            self.assertEqual(weights.layers.keys(), layers.keys())
            for layer, tensors in layers.items():
                for name, array in tensors.items():
                    np.testing.assert_array_equal(weights.layers[layer][name], array)
            self.assertEqual([dense.bias.size for dense in weights.head], [3])

    def test_the_files_say_which_network(self):
        status, out, err = self.convert(self.saved(self.state(head=samples.dense(3))))
        self.assertEqual((status, err), (0, ""))
        self.assertIn("timm's xception41; dense 3 softmax", out)
        tensors, metadata = self.written("xception41-backbone.safetensors")
        expected = {"network": "aligned_xception", "variant": "41", "batch_norm_epsilon": "0.001", "input_size": "299",
                    "resize": "crop:331", "resample": "bicubic"}
        self.assertEqual({key: metadata[key] for key in expected}, expected)
        self.assertEqual(tensors["blocks.11.stack.conv2.conv_pw/kernel"].shape, (1, 1, 728, 1024))
        self.assertEqual(self.written("xception41.head.safetensors")[0]["predictions/kernel"].shape, (2048, 3))

    def test_networks_that_normalize_first_are_refused(self):
        state = self.state() | {"blocks.0.norm.weight": np.ones(64, np.float32)}
        self.assertIn("xception41p", self.refused(self.saved(state)))

    def test_segmentation_networks_are_refused_by_name(self):
        aspp = {"aspp.aspp1.atrous_conv.weight": np.ones((256, 2048, 1, 1), np.float32)}
        for name, state in (("a", self.state()), ("b", torch_samples.torch_state(LAYERS))):
            source = self.saved({f"backbone.{key}": array for key, array in state.items()} | aspp, f"{name}.safetensors")
            self.assertIn("a segmentation network (aspp.aspp1.atrous_conv.weight)", self.refused(source))

    def test_other_numbers_of_blocks_and_other_tensors_are_refused(self):
        state = self.state()
        shorter = {name: array for name, array in state.items() if not name.startswith("blocks.12.")}
        self.assertIn("12 blocks", self.refused(self.saved(shorter)))
        self.assertIn("blocks.3.se.weight", self.refused(self.saved(state | {"blocks.3.se.weight": np.ones(1, np.float32)})))
        del state["blocks.2.shortcut.conv.weight"]
        self.assertIn("blocks.2.shortcut/kernel missing", self.refused(self.saved(state)))


if __name__ == "__main__":
    unittest.main()
