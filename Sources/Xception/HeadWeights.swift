import Kernels
import ModelFiles

/// The dense layers after the backbone.
final class HeadWeights: Sendable {
    private struct Layer: Sendable {
        let matrix: WeightMatrix
        let bias: PaddedFloats
    }

    private let layers: [Layer]
    private let file: SafetensorsFile

    init(_ head: Head, kernels: any OperatorKernels.Type) throws(ModelFileError) {
        file = head.file
        var layers: [Layer] = []
        for name in head.layerNames {
            layers.append(Layer(
                matrix: WeightMatrix(try file.tensor("\(name)/kernel")),
                bias: try PaddedFloats(try file.tensor("\(name)/bias"), of: file, kernels)))
        }
        self.layers = layers
    }

    /// - Parameter features: `[2048]`.
    func logits(_ features: [Float], on engine: ConvolutionEngine) -> [Float] {
        var values = features
        for (index, layer) in layers.enumerated() {
            values = engine.dense(values, layer.matrix, bias: layer.bias)
            if index < layers.count - 1 {
                values = values.map { max($0, 0) }
            }
        }
        return values
    }
}

extension Head {
    /// The dense layers, in order.
    package var layers: [LayerDescription] {
        layerNames.map { name in
            let shape = file.tensors["\(name)/kernel"]!.shape
            let weights = shape[0] * shape[1]
            return LayerDescription(
                name: name, kind: "Dense", height: 1, width: 1, channels: shape[1], parameters: weights + shape[1],
                nonTrainableParameters: 0, multiplyAdds: weights, tensors: ["kernel": shape, "bias": [shape[1]]])
        }
    }
}
