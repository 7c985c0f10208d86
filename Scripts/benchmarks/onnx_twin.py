"""The network of Models/ as an ONNX model: the twin that ONNX Runtime and OpenVINO run in comparisons.

Batch normalization is folded, the weights are the shipped ones as float32, so that every program computes the same.
"""
import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import BACKBONE, HEAD
from xception_weights.model_file import read_tensors


def build_onnx_twin(tensors):
    """The network of Models/ as an ONNX model, input [N x 3 x H x W], output the logits."""
    from onnx import TensorProto, helper, numpy_helper

    nodes, weights = [], []

    def op(kind, inputs, **attributes):
        nodes.append(helper.make_node(kind, inputs, [f"t{len(nodes)}"], **attributes))
        return nodes[-1].output[0]

    def weight(name, transpose=None):
        values = tensors[name].astype(np.float32)
        weights.append(numpy_helper.from_array(np.ascontiguousarray(values if transpose is None else values.transpose(transpose)), name))
        return name

    def convolution(name, x, stride=1):
        return op("Conv", [x, weight(name + "/kernel", (3, 2, 0, 1)), weight(name + "/bias")], strides=[stride, stride])

    def separable(name, x):
        channels = tensors[name + "/depthwise_kernel"].shape[2]
        x = op("Conv", [x, weight(name + "/depthwise_kernel", (2, 3, 0, 1))], pads=[1] * 4, group=channels)
        return op("Conv", [x, weight(name + "/pointwise_kernel", (3, 2, 0, 1)), weight(name + "/bias")])

    def downsampling(block, x, size, rectifies=True):
        y = separable(f"block{block}_sepconv1", op("Relu", [x]) if rectifies else x)
        y = separable(f"block{block}_sepconv2", op("Relu", [y]))
        # TensorFlow's "same" puts the odd row after the input.
        pads = [1, 1, 1, 1] if size % 2 else [0, 0, 1, 1]
        y = op("MaxPool", [y], kernel_shape=[3, 3], strides=[2, 2], pads=pads)
        return op("Add", [y, convolution(f"block{block}_shortcut", x, stride=2)])

    x = op("Relu", [convolution("block1_conv1", "input", stride=2)])
    x = op("Relu", [convolution("block1_conv2", x)])
    x = downsampling(2, x, 147, rectifies=False)
    x = downsampling(3, x, 74)
    x = downsampling(4, x, 37)
    for block in range(5, 13):
        y = x
        for part in (1, 2, 3):
            y = separable(f"block{block}_sepconv{part}", op("Relu", [y]))
        x = op("Add", [y, x])
    x = downsampling(13, x, 19)
    for part in (1, 2):
        x = op("Relu", [separable(f"block14_sepconv{part}", x)])
    x = op("Flatten", [op("GlobalAveragePool", [x])])
    nodes.append(helper.make_node("Gemm", [x, weight("predictions/kernel"), weight("predictions/bias")], ["logits"]))
    graph = helper.make_graph(
        nodes, "xception", [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, 299, 299])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 1000])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return model


def save_onnx_twin(path):
    """Writes the ONNX twin of Models/."""
    import onnx

    tensors = read_tensors(BACKBONE)[0] | read_tensors(HEAD)[0]
    onnx.save(build_onnx_twin(tensors), path)
