import CSIMD
import Kernels
import Testing

#if arch(x86_64)
import KernelsAVX512BF16
#endif

/// Products of bfloat16 in plain Swift, so that the format's text is tested on processors without instructions for it.
enum PlainBF16Kernels: GemmKernels {
    enum Product: BFloat16Product {
        typealias Vector = SIMD4<Float>

        static func multiplyAdd(_ sums: SIMD4<Float>, _ a: SIMD4<Int32>, _ b: SIMD4<Int32>) -> SIMD4<Float> {
            var sums = sums
            for lane in 0..<4 {
                func values(_ word: Int32) -> (low: Float, high: Float) {
                    let bits = UInt32(bitPattern: word)
                    return (Float(bitPattern: bits << 16), Float(bitPattern: bits & 0xffff_0000))
                }
                let (left, right) = (values(a[lane]), values(b[lane]))
                sums[lane] += left.low * right.low + left.high * right.high
            }
            return sums
        }
    }

    typealias Format = BFloat16Format<Product>

    static var instructions: String { "plain" }
    static var registers: Int { 16 }
}

/// Layers in 8 bits and in bfloat16 beside the same layers in 32-bit floats.
@Suite struct ReducedPrecisionTests {
    struct Format: CustomStringConvertible, Sendable {
        let kernels: any GemmKernels.Type
        let precision: Precision
        /// The least signal-to-noise ratio of a layer, in decibels: 7 bits of weights, or 8 bits of a fraction.
        let decibels: Double

        var description: String { kernels.instructions }

        /// With operators of the same register size.
        var processor: ProcessorKernels {
            let operators = availableKernels.first { $0.lanes == kernels.lanes }!
            return precision == .int8
                ? ProcessorKernels(operators, int8: kernels) : ProcessorKernels(operators, bf16: kernels)
        }
    }

    static let formats: [Format] = {
        var formats = int8Kernels.map { Format(kernels: $0.kernels, precision: .int8, decibels: 30) }
        formats.append(Format(kernels: PlainBF16Kernels.self, precision: .bf16, decibels: 45))
        #if arch(x86_64)
        if csimd_supports_avx512bf16() {
            formats.append(Format(kernels: AVX512BF16Kernels.self, precision: .bf16, decibels: 45))
        }
        #endif
        return formats
    }()

    /// A layer of one of the networks' kinds.
    struct Layer: CustomStringConvertible, Sendable {
        enum Kind { case residual, biased, downsampling }
        let kind: Kind
        var height: Int, width: Int, channels: Int, filters: Int
        var stride = 1

        var description: String { "\(kind), \(height)x\(width)x\(channels) to \(filters), stride \(stride)" }

        func run(_ format: Format, _ precision: Precision, threads: Int) throws -> [Float] {
            var noise = Noise(seed: channels)
            let engine = ConvolutionEngine(format.processor, precision: precision, threads: threads)
            let type = engine.activationType
            let input = Image(type, height, width, channels, &noise)
            let geometry =
                kind == .downsampling
                ? ConvolutionGeometry(kernel: 1, stride: 2, padding: 0, inputHeight: height, inputWidth: width)
                : ConvolutionGeometry(kernel: 3, stride: stride, padding: 1, inputHeight: height, inputWidth: width)
            let matrix = Matrix(rows: channels, columns: filters, isHalf: true, noise.values(channels * filters))
            let (bias, innerBias, depthwise) = (noise.values(filters), noise.values(channels), noise.values(9 * channels))
            let other = Image(type, height, width, filters, &noise)
            let output = Image(type, geometry.outputHeight, geometry.outputWidth, filters)
            // Twice, since the second run finds its memory in use.
            for _ in 0..<2 {
                switch kind {
                case .residual:
                    try engine.separableConvolution(
                        input.map, ConvolutionWeights(matrix, bias: bias, depthwise: depthwise), geometry,
                        inputActivation: .relu,
                        Epilogue(output: output.map, activation: .relu, shortcut: .residual(other.map)))
                case .biased:
                    try engine.separableConvolution(
                        input.map, ConvolutionWeights(matrix, bias: bias, depthwise: depthwise, depthwiseBias: innerBias),
                        geometry, innerActivation: .relu6, Epilogue(output: output.map, activation: .relu6))
                case .downsampling:
                    let pool = MaxPool(
                        input: other.map, outputWidth: geometry.outputWidth, rowPadding: height % 2, columnPadding: width % 2)
                    try engine.convolution(
                        input.map, ConvolutionWeights(matrix, bias: bias), geometry,
                        Epilogue(output: output.map, shortcut: .maxPool(pool)))
                }
            }
            return output.values
        }
    }

    static let layers = [
        Layer(kind: .residual, height: 19, width: 19, channels: 728, filters: 728),
        Layer(kind: .residual, height: 20, width: 31, channels: 64, filters: 128),
        Layer(kind: .residual, height: 9, width: 13, channels: 300, filters: 70),
        Layer(kind: .biased, height: 14, width: 14, channels: 128, filters: 256),
        Layer(kind: .biased, height: 15, width: 12, channels: 70, filters: 40, stride: 2),
        Layer(kind: .downsampling, height: 13, width: 9, channels: 40, filters: 30),
        Layer(kind: .downsampling, height: 12, width: 20, channels: 256, filters: 728),
    ]

    @Test(
        "A layer's output is near that of 32-bit floats, the same for any threads", arguments: formats, layers)
    func layer(format: Format, layer: Layer) throws {
        let floats = try layer.run(format, .fp32, threads: 1)
        let reduced = try layer.run(format, format.precision, threads: 1)
        for threads in [2, 3] { #expect(try layer.run(format, format.precision, threads: threads) == reduced) }
        #expect(signalToNoise(reduced, floats) > format.decibels)
    }
}
