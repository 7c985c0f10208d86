import Foundation
import TestSupport
import Testing

/// The reference operation against what Keras' layer computed (Scripts/goldens/make_separable_goldens.py).
@Suite struct SeparableConv2DTests {
    static let goldens = try! Goldens("separable")

    /// A layer's configuration, as Keras writes it.
    struct Configuration: Decodable {
        let strides: [Int]
        let padding: String
        let dilation_rate: [Int]
    }

    @Test("Keras' SeparableConv2D", arguments: goldens.names(prefix: "").filter { $0.hasSuffix("/output") })
    func keras(output: String) throws {
        let name = String(output.dropLast("/output".count))
        let tensors = Self.goldens.file.tensors
        let configuration = try JSONDecoder().decode(
            Configuration.self, from: Data(#require(Self.goldens.file.metadata[name]).utf8))
        let input = try #require(tensors["\(name)/input"]).shape
        let depthwise = try #require(tensors["\(name)/depthwise_kernel"]).shape
        let expected = try #require(tensors[output]).shape

        let layer = SeparableConv2D(
            inputChannels: input[2], filters: expected[2], kernelSize: size(depthwise),
            strides: size(configuration.strides), padding: try #require(.init(rawValue: configuration.padding)),
            dilationRate: size(configuration.dilation_rate), depthMultiplier: depthwise[3],
            depthwiseKernel: try Self.goldens.values("\(name)/depthwise_kernel"),
            pointwiseKernel: try Self.goldens.values("\(name)/pointwise_kernel"),
            bias: tensors["\(name)/bias"] == nil ? nil : try Self.goldens.values("\(name)/bias"))
        #expect(layer.outputSize(of: size(input)) == size(expected))
        let values = layer(try Self.goldens.values("\(name)/input"), size: size(input))
        // Keras sums some hundred products of at most 1 in single precision.
        #expect(largestDifference(values, try Self.goldens.values(output)) < 1e-5)
    }

    @Test("A window larger than the image fits nowhere")
    func noOutput() {
        let layer = SeparableConv2D(
            inputChannels: 1, filters: 1, kernelSize: .init(height: 3, width: 1),
            depthwiseKernel: [1, 1, 1], pointwiseKernel: [1])
        #expect(layer.outputSize(of: .init(height: 2, width: 5)) == .init(height: 0, width: 5))
        #expect(layer([Float](repeating: 1, count: 10), size: .init(height: 2, width: 5)).isEmpty)
    }

    /// The first two dimensions of a shape.
    private func size(_ shape: [Int]) -> SeparableConv2D.Size { .init(height: shape[0], width: shape[1]) }
}
