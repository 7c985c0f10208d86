"""A network of Models/ as an ONNX model: the twin that ONNX Runtime and OpenVINO run in comparisons.

Batch normalization is folded, the weights are the shipped ones as float32, so that every program computes the same.
"""
import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from project import NETWORKS
from xception_weights.model_file import read_tensors


class Graph:
    """An ONNX graph while it is built, with the layers that the networks are made of."""

    def __init__(self, tensors):
        self.tensors = tensors
        self.nodes, self.weights = [], []

    def op(self, kind, inputs, **attributes):
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [f"t{len(self.nodes)}"], **attributes))
        return self.nodes[-1].output[0]

    def constant(self, name, values):
        from onnx import numpy_helper

        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))
        return name

    def weight(self, name, transpose=None):
        values = self.tensors[name]
        return self.constant(name, values if transpose is None else values.transpose(transpose))

    def convolution(self, name, x, stride=1, pads=(0, 0, 0, 0)):
        return self.op("Conv", [x, self.weight(name + "/kernel", (3, 2, 0, 1)), self.weight(name + "/bias")],
                       strides=[stride, stride], pads=pads)

    def depthwise(self, name, x, bias=(), stride=1, pads=(1, 1, 1, 1)):
        return self.op("Conv", [x, self.weight(name + "/depthwise_kernel", (2, 3, 0, 1)), *bias],
                       strides=[stride, stride], pads=pads, group=self.tensors[name + "/depthwise_kernel"].shape[2])

    def model(self, x, size):
        """The model whose last feature map is `x`, input [N x 3 x size x size], output the logits."""
        from onnx import TensorProto, helper

        x = self.op("Flatten", [self.op("GlobalAveragePool", [x])])
        self.nodes.append(helper.make_node(
            "Gemm", [x, self.weight("predictions/kernel"), self.weight("predictions/bias")], ["logits"]))
        graph = helper.make_graph(
            self.nodes, "network", [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, size, size])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 1000])], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
        model.ir_version = 8
        return model


def xception(graph):
    op = graph.op

    def separable(name, x):
        x = graph.depthwise(name, x)
        return op("Conv", [x, graph.weight(name + "/pointwise_kernel", (3, 2, 0, 1)), graph.weight(name + "/bias")])

    def downsampling(block, x, size, rectifies=True):
        y = separable(f"block{block}_sepconv1", op("Relu", [x]) if rectifies else x)
        y = separable(f"block{block}_sepconv2", op("Relu", [y]))
        # TensorFlow's "same" puts the odd row after the input.
        pads = [1, 1, 1, 1] if size % 2 else [0, 0, 1, 1]
        y = op("MaxPool", [y], kernel_shape=[3, 3], strides=[2, 2], pads=pads)
        return op("Add", [y, graph.convolution(f"block{block}_shortcut", x, stride=2)])

    x = op("Relu", [graph.convolution("block1_conv1", "input", stride=2)])
    x = op("Relu", [graph.convolution("block1_conv2", x)])
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
    return x


def mobilenet(graph):
    limits = [graph.constant("zero", 0), graph.constant("six", 6)]

    def relu6(x):
        return graph.op("Clip", [x, *limits])

    behind = (0, 0, 1, 1)
    x = relu6(graph.convolution("conv1", "input", stride=2, pads=behind))
    for block in range(1, 14):
        name = f"conv_dw_{block}"
        strided = {"stride": 2, "pads": behind} if block in (2, 4, 6, 12) else {}
        x = relu6(graph.depthwise(name, x, [graph.weight(name + "/bias")], **strided))
        x = relu6(graph.convolution(f"conv_pw_{block}", x))
    return x


def save_onnx_twin(network, path):
    """Writes the ONNX twin of a network of Models/, named as --model names it."""
    import onnx

    backbone, head, size = NETWORKS[network]
    graph = Graph(read_tensors(backbone)[0] | read_tensors(head)[0])
    onnx.save(graph.model({"xception": xception, "mobilenet": mobilenet}[network](graph), size), path)
