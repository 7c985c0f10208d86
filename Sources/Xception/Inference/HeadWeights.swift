import Kernels
import ModelFiles

/// The dense layers of a head, ready to run after a backbone.
package final class HeadWeights: Sendable {
    private struct Layer: Sendable {
        let matrix: WeightMatrix
        let bias: PaddedFloats
    }

    package let head: Head
    /// The rejection; nil if the head cannot detect photos unlike its training photos.
    package let rejection: Rejection?
    let weightsCheck: WeightsCheck
    private let layers: [Layer]

    /// Prepares a head.
    ///
    /// - Throws: ``ModelFileError/unreadable(path:reason:)`` if there is no memory for the biases.
    init(_ head: Head, kernels: any OperatorKernels.Type) throws(ModelFileError) {
        let file = head.file
        self.head = head
        weightsCheck = WeightsCheck([file])
        var layers: [Layer] = []
        for name in head.layerNames {
            layers.append(Layer(
                matrix: WeightMatrix(try file.tensor("\(name)/kernel")),
                bias: try PaddedFloats(try file.tensor("\(name)/bias"), of: file, kernels)))
        }
        self.layers = layers
        rejection = if let parameters = head.rejection {
            Rejection(
                parameters: parameters,
                center: try PaddedFloats(file.tensor(RejectionParameters.centerTensor), of: file, kernels).values,
                means: try PaddedFloats(file.tensor(RejectionParameters.meansTensor), of: file, kernels).values)
        } else {
            nil
        }
    }

    /// Returns one logit per class.
    ///
    /// - Parameter features: `[inputs]`.
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
