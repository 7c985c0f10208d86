import Kernels
import TestSupport
import Testing

/// The fast path of a separable convolution against the reference operation.
@Suite struct SeparableConv2DTests {
    struct Shape: CustomStringConvertible, Sendable {
        let size: SeparableConv2D.Size
        let channels: Int
        let filters: Int
        let threads: Int

        var description: String { "\(size.height)x\(size.width)x\(channels) to \(filters), \(threads) threads" }
    }

    /// Small ones, and some on both sides of the sizes from which Strassen-Winograd is used.
    static let shapes: [Shape] = {
        var noise = Noise(seed: 2017)
        func draw(_ range: ClosedRange<Int>) -> Int {
            range.lowerBound + Int((noise.next() + 1) / 2 * Float(range.count))
        }
        func shape(_ sizes: ClosedRange<Int>, _ channels: ClosedRange<Int>, _ filters: ClosedRange<Int>) -> Shape {
            Shape(
                size: .init(height: draw(sizes), width: draw(sizes)), channels: draw(channels), filters: draw(filters),
                threads: draw(1...5))
        }
        return (0..<30).map { _ in shape(1...14, 1...90, 1...90) } + (0..<10).map { _ in shape(7...12, 250...530, 500...530) }
    }()

    @Test("The fast path is SeparableConv2D", arguments: availableInstructionSets, shapes)
    func fastPath(set: InstructionSet, shape: Shape) throws {
        var noise = Noise(seed: shape.channels * shape.filters)
        let (height, width) = (shape.size.height, shape.size.width)
        let values = noise.values(height * width * shape.channels)
        let depthwise = noise.values(9 * shape.channels)
        let pointwise = Matrix(
            rows: shape.channels, columns: shape.filters, isHalf: shape.filters % 2 == 0,
            noise.values(shape.channels * shape.filters))
        let bias = noise.values(shape.filters)

        let expected = SeparableConv2D(
            inputChannels: shape.channels, filters: shape.filters, kernelSize: .init(height: 3, width: 3), padding: .same,
            depthwiseKernel: depthwise, pointwiseKernel: pointwise.values, bias: bias)(values, size: shape.size)

        let input = Image(height, width, shape.channels, values)
        let output = Image(height, width, shape.filters)
        try ConvolutionEngine(ProcessorKernels(kernels(set)), threads: shape.threads).separableConvolution(
            input.map, ConvolutionWeights(pointwise, bias: bias, depthwise: depthwise),
            ConvolutionGeometry(kernel: 3, stride: 1, padding: 1, inputHeight: height, inputWidth: width),
            Epilogue(output: output.map))

        let largest = zip(output.values, expected).reduce(Float(0)) { largest, pair in
            let difference = abs(pair.0 - pair.1)
            return difference.isNaN ? .infinity : max(largest, difference)
        }
        #expect(largest < 3e-5 * Float(shape.channels).squareRoot())
    }
}
