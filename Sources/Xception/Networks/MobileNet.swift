import Kernels
import ModelFiles

/// The 27 convolution layers of MobileNet v1 (A. Howard et al., "MobileNets: Efficient Convolutional Neural Networks
/// for Mobile Vision Applications", 2017, table 1), layer names as in `keras.applications.MobileNet`.
package struct MobileNet: Network {
    package static let name = "mobilenet_v1"

    package let features: Int

    /// The ratio of channels to those of the full network: the paper's width multiplier, Keras' `alpha`.
    private var width: Double { Double(features) / 1024 }

    /// Takes the width from the shape of the last layer.
    package init(_ file: SafetensorsFile) throws(ModelFileError) {
        let shape = try file.tensor("conv_pw_13/bias").shape
        guard let features = shape.first, [256, 512, 768, 1024].contains(features) else {
            throw .wrongShape(path: file.path, name: "conv_pw_13/bias", found: shape, expected: [1024])
        }
        self.features = features
    }

    package var minimumInputSize: Int { 32 }
    package var accuratePrecisions: Set<Precision> { [.fp32, .bf16] }
    package var settings: String { "Keras, width \(width)" }

    private func filters(_ count: Int) -> Int { Int(Double(count) * width) }

    /// Runs the network. Shapes beside the layers are for 224 x 224 and width 1.
    package func forward<Operations: NetworkOperations>(
        _ image: Operations.Tensor, on network: inout Operations
    ) throws(Operations.Failure) -> Operations.Tensor {
        var x = try network.convolution(
            "conv1", image, filters: filters(32), stride: 2, padding: .same, activation: .relu6)  // 112 x 112 x 32
        let blocks = [
            (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),  // 14 x 14 x 512
            (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),  // 7 x 7 x 1024
        ]
        for (index, (count, stride)) in blocks.enumerated() {
            x = try network.depthwiseBlock(
                ("conv_dw_\(index + 1)", "conv_pw_\(index + 1)"), x, filters: filters(count), stride: stride,
                padding: stride == 1 ? .same : .after, inputActivation: .none, innerActivation: .relu6, residual: nil,
                activation: .relu6)
        }
        return x
    }
}
