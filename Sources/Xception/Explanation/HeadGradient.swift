import KernelSelection
import Kernels
import ModelFiles

/// The gradient of a head's logits by the features.
package struct HeadGradient: Sendable {
    private struct Layer: Sendable {
        let inputs: Int
        let outputs: Int
        /// `[inputs x outputs]`
        let kernel: [Float]
        let bias: [Float]
    }

    private let layers: [Layer]

    /// Reads the head's weights.
    ///
    /// - Throws: ``ModelFileError`` if there is no memory for them.
    package init(_ head: Head, kernels: ProcessorKernels = .best) throws(ModelFileError) {
        var layers: [Layer] = []
        for name in head.layerNames {
            let kernel = try head.file.tensor("\(name)/kernel")
            layers.append(Layer(
                inputs: kernel.shape[0], outputs: kernel.shape[1],
                kernel: try PaddedFloats(kernel, of: head.file, kernels.operators).values,
                bias: try PaddedFloats(head.file.tensor("\(name)/bias"), of: head.file, kernels.operators).values))
        }
        self.layers = layers
    }

    /// Returns the derivatives of a class's logit by each feature, and the remainder of the logit: logit = weights .
    /// features + bias. For a linear head these are the class's column and its bias, at any features.
    ///
    /// - Parameter features: the point at which ReLU of hidden layers is decided, `[features]`.
    package func callAsFunction(of index: Int, at features: [Float]) -> (weights: [Float], bias: Float) {
        var activations: [[Float]] = [features]
        for layer in layers.dropLast() { activations.append(Self.output(layer, activations.last!).map { max($0, 0) }) }
        let last = layers.last!
        var weights = (0..<last.inputs).map { last.kernel[$0 * last.outputs + index] }
        let logit = Self.output(last, activations.last!)[index]
        for (layer, output) in zip(layers.dropLast(), activations.dropFirst()).reversed() {
            let active = zip(weights, output).map { $1 > 0 ? $0 : 0 }
            weights = (0..<layer.inputs).map { input in
                let first = input * layer.outputs
                return Float(
                    (0..<layer.outputs).reduce(0.0) { $0 + Double(layer.kernel[first + $1]) * Double(active[$1]) })
            }
        }
        let explained = zip(weights, features).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        return (weights, Float(Double(logit) - explained))
    }

    private static func output(_ layer: Layer, _ input: [Float]) -> [Float] {
        var sums = layer.bias.map { Double($0) }
        for row in 0..<layer.inputs where input[row] != 0 {
            let (value, first) = (Double(input[row]), row * layer.outputs)
            for column in 0..<layer.outputs { sums[column] += value * Double(layer.kernel[first + column]) }
        }
        return sums.map { Float($0) }
    }
}
