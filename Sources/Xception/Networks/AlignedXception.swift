import Kernels
import ModelFiles

/// The "modified aligned Xceptions" (L.-C. Chen et al., "Encoder-Decoder with Atrous Separable Convolution for Semantic
/// Image Segmentation", 2018, figure 4) at an output stride of 32: timm's xception41, xception65 and xception71, by
/// whose module names layers are called.
package struct AlignedXception: Network {
    package static let name = "aligned_xception"

    /// The number in the network's name.
    enum Variant: String, CaseIterable { case xception41 = "41", xception65 = "65", xception71 = "71" }

    private let variant: Variant

    package init(_ file: SafetensorsFile) throws(ModelFileError) {
        variant = try file.value(
            .variant, expected: Variant.allCases.map(\.rawValue).joined(separator: " or ")) { Variant(rawValue: $0) }
    }

    package var minimumInputSize: Int { 32 }
    package var features: Int { 2048 }
    package var accuratePrecisions: Set<Precision> { [.fp32, .bf16] }
    package var settings: String { "timm \(variant)" }

    /// Channels and stride of each block before the middle flow.
    private var entryFlow: [(filters: Int, stride: Int)] {
        switch variant {
        case .xception41, .xception65: [(128, 2), (256, 2), (728, 2)]
        case .xception71: [(128, 2), (256, 1), (256, 2), (728, 1), (728, 2)]
        }
    }

    private var middleBlocks: Int { variant == .xception41 ? 8 : 16 }

    /// Shapes beside the layers are for 299 x 299.
    package func forward<Operations: NetworkOperations>(
        _ image: Operations.Tensor, on network: inout Operations
    ) throws(Operations.Failure) -> Operations.Tensor {
        var block = 0
        var channels = 64

        func separable(
            _ order: Int, _ x: Operations.Tensor, filters: Int, stride: Int = 1, inputActivation: ActivationFunction = .none,
            innerActivation: ActivationFunction = .none, residual: Operations.Tensor? = nil, activation: ActivationFunction
        ) throws(Operations.Failure) -> Operations.Tensor {
            let module = "blocks.\(block).stack.conv\(order)"
            return try network.depthwiseBlock(
                ("\(module).conv_dw", "\(module).conv_pw"), x, filters: filters, stride: stride, padding: .symmetric,
                inputActivation: inputActivation, innerActivation: innerActivation, residual: residual, activation: activation)
        }
        /// ReLU before each separable convolution, the sum with the shortcut after the last, which may have stride 2.
        func residual(
            _ x: Operations.Tensor, filters: (Int, Int, Int), stride: Int
        ) throws(Operations.Failure) -> Operations.Tensor {
            let shortcut = stride == 1 && filters.2 == channels
                ? x : try network.projection("blocks.\(block).shortcut", x, filters: filters.2, stride: stride)
            var y = try separable(1, x, filters: filters.0, inputActivation: .relu, activation: .relu)
            y = try separable(2, y, filters: filters.1, activation: .relu)
            y = try separable(3, y, filters: filters.2, stride: stride, residual: shortcut, activation: .none)
            (block, channels) = (block + 1, filters.2)
            return y
        }

        // Entry flow
        var x = try network.convolution(
            "stem.0", image, filters: 32, stride: 2, padding: .symmetric, activation: .relu)  // 150 x 150 x 32
        x = try network.convolution("stem.1", x, filters: 64, stride: 1, padding: .symmetric, activation: .relu)
        for (filters, stride) in entryFlow {
            x = try residual(x, filters: (filters, filters, filters), stride: stride)  // 19 x 19 x 728 in the end
        }

        // Middle flow
        for _ in 0..<middleBlocks { x = try residual(x, filters: (728, 728, 728), stride: 1) }

        // Exit flow
        x = try residual(x, filters: (728, 1024, 1024), stride: 2)  // 10 x 10 x 1024
        for (order, filters) in [1536, 1536, features].enumerated() {
            x = try separable(order + 1, x, filters: filters, innerActivation: .relu, activation: .relu)
        }
        return x
    }
}
