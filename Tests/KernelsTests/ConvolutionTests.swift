import Kernels
import Testing

/// Every instruction set against the definitions, in double precision.
@Suite struct ConvolutionTests {
    struct Separable: CustomStringConvertible, Sendable {
        var height: Int, width: Int, channels: Int, filters: Int
        /// True for weights of binary16.
        var isHalf = true
        var inputActivation = ActivationFunction.none
        /// Between the two convolutions; nil without a bias there.
        var inner: ActivationFunction?
        var activation = ActivationFunction.none
        var hasResidual = false
        var stride = 1
        var padding = Padding(before: 1, after: 1)
        /// Of the activations.
        var elementType = ElementType.float32
        var threads = 1
        var algorithm = ConvolutionAlgorithm.direct

        var geometry: ConvolutionGeometry {
            ConvolutionGeometry(
                kernel: 3, stride: stride, inputHeight: height, inputWidth: width, rowPadding: padding,
                columnPadding: padding)
        }

        var description: String {
            "\(height)x\(width)x\(channels) to \(filters), \(elementType), \(threads) threads, stride \(stride)"
                + (isHalf ? ", F16" : ", F32") + ", \(inputActivation)/\(inner.map { "\($0)" } ?? "-")/\(activation)"
                + (hasResidual ? ", residual" : "") + ", \(algorithm)"
        }
    }

    private static let after = Padding(before: 0, after: 1)

    static let separables = [
        // Small matrices: channels that fill no whole vectors, more threads than rows.
        Separable(height: 7, width: 5, channels: 3, filters: 5),
        Separable(height: 1, width: 1, channels: 16, filters: 8, isHalf: false),
        Separable(height: 1, width: 9, channels: 20, filters: 33, activation: .relu),
        Separable(height: 9, width: 1, channels: 17, filters: 16, inputActivation: .relu, threads: 2),
        Separable(height: 20, width: 31, channels: 64, filters: 128, hasResidual: true, threads: 3),
        Separable(height: 3, width: 4, channels: 5, filters: 7, hasResidual: true, elementType: .float16),
        Separable(height: 11, width: 9, channels: 70, filters: 40, inputActivation: .relu, elementType: .float16, threads: 2),
        Separable(
            height: 20, width: 31, channels: 64, filters: 128, activation: .relu, hasResidual: true, elementType: .float16),
        // A bias and an activation function between the two convolutions.
        Separable(height: 8, width: 7, channels: 32, filters: 64, inner: .relu6, activation: .relu6),
        Separable(height: 9, width: 9, channels: 21, filters: 19, inner: ActivationFunction.none, threads: 3),
        Separable(
            height: 6, width: 11, channels: 40, filters: 24, inputActivation: .relu, inner: .relu, activation: .relu6,
            elementType: .float16, threads: 2),
        // Stride 2: TensorFlow's padding of even and odd sizes, and images of a row, a column and a pixel.
        Separable(height: 12, width: 14, channels: 64, filters: 48, inner: .relu6, activation: .relu6, stride: 2, padding: after),
        Separable(height: 15, width: 13, channels: 35, filters: 50, inner: .relu, stride: 2, threads: 2),
        Separable(height: 11, width: 8, channels: 16, filters: 32, inner: .relu6, stride: 2, padding: after, elementType: .float16),
        Separable(height: 1, width: 9, channels: 24, filters: 8, inputActivation: .relu, inner: .relu6, stride: 2),
        Separable(height: 8, width: 1, channels: 9, filters: 16, inner: .relu6, activation: .relu, stride: 2, threads: 2),
        Separable(height: 2, width: 2, channels: 128, filters: 64, inner: .relu6, stride: 2, padding: after),
        Separable(height: 60, width: 58, channels: 64, filters: 128, inner: .relu6, stride: 2, padding: after, threads: 2),
        // Large matrices without Strassen-Winograd.
        Separable(height: 6, width: 6, channels: 728, filters: 728, inputActivation: .relu, threads: 2),
        Separable(height: 13, width: 11, channels: 301, filters: 600, isHalf: false, activation: .relu, threads: 5),
        Separable(
            height: 14, width: 14, channels: 512, filters: 1024, inner: .relu6, activation: .relu6, stride: 2, padding: after),
        // Strassen-Winograd: even and odd pixel counts, halves that fill no whole vectors, bands
        // that begin in the middle of an image row.
        Separable(height: 19, width: 19, channels: 728, filters: 728, activation: .relu, threads: 2, algorithm: .strassen),
        Separable(
            height: 10, width: 10, channels: 512, filters: 1024, inputActivation: .relu, hasResidual: true,
            algorithm: .strassen),
        Separable(
            height: 9, width: 13, channels: 550, filters: 518, isHalf: false, hasResidual: true, threads: 3,
            algorithm: .strassen),
        Separable(
            height: 14, width: 14, channels: 512, filters: 512, inner: .relu6, activation: .relu6, threads: 2,
            algorithm: .strassen),
        Separable(
            height: 29, width: 28, channels: 256, filters: 512, inner: .relu6, activation: .relu6, stride: 2, threads: 2,
            algorithm: .strassen),
    ]

    @Test("Depthwise and pointwise", arguments: availableInstructionSets, separables)
    func separable(set: InstructionSet, shape: Separable) throws {
        let kernels = ProcessorKernels(kernels(set))
        let geometry = shape.geometry
        var noise = Noise(seed: shape.channels)
        let input = Image(shape.elementType, shape.height, shape.width, shape.channels, &noise)
        let depthwise = noise.values(9 * shape.channels)
        let innerBias = shape.inner == nil ? nil : noise.values(shape.channels)
        let pointwise = Matrix(
            rows: shape.channels, columns: shape.filters, isHalf: shape.isHalf, noise.values(shape.channels * shape.filters))
        let bias = noise.values(shape.filters)
        let residual = Image(shape.elementType, geometry.outputHeight, geometry.outputWidth, shape.filters, &noise)
        let output = Image(shape.elementType, geometry.outputHeight, geometry.outputWidth, shape.filters)

        let product = ProductShape(
            outputHeight: geometry.outputHeight, outputWidth: geometry.outputWidth, depth: shape.channels,
            columns: shape.filters, isDepthwise: true)
        #expect(
            ConvolutionAlgorithm(
                kernelSize: 1, stride: shape.stride, shape: product, precision: .fp32, lanes: kernels.operators.lanes)
                == shape.algorithm)
        let engine = ConvolutionEngine(kernels, threads: shape.threads)
        let weights = ConvolutionWeights(pointwise, bias: bias, depthwise: depthwise, depthwiseBias: innerBias)
        // Twice, since the second run finds its memory in use.
        for _ in 0..<2 {
            try engine.separableConvolution(
                input.map, weights, geometry, inputActivation: shape.inputActivation,
                innerActivation: shape.inner ?? .none,
                Epilogue(
                    output: output.map, activation: shape.activation,
                    shortcut: shape.hasResidual ? .residual(residual.map) : .none))
        }

        var largest = LargestDifference()
        for y in 0..<geometry.outputHeight {
            for x in 0..<geometry.outputWidth {
                let filtered = (0..<shape.channels).map { channel in
                    let sum = Reference.window(geometry, y: y, x: x) { row, column, tap in
                        shape.inputActivation(input[row, column, channel]) * Double(depthwise[tap * shape.channels + channel])
                    }
                    return (shape.inner ?? .none)(sum + Double(innerBias?[channel] ?? 0))
                }
                // All filters of a few pixels, a few filters of all.
                let isWhole = (y * geometry.outputWidth + x) % 29 == 0 || y == geometry.outputHeight - 1
                for filter in stride(from: isWhole ? 0 : x % 37, to: shape.filters, by: isWhole ? 1 : 37) {
                    var expected = Double(bias[filter])
                    for channel in 0..<shape.channels { expected += filtered[channel] * pointwise[channel, filter] }
                    if shape.hasResidual { expected += residual[y, x, filter] }
                    largest.compare(output, y, x, filter, with: shape.activation(expected))
                }
            }
        }
        #expect(largest.value < tolerance(products: 9 * shape.channels))
    }

    @Test(
        "Prepacked weights and any number of threads give the same bits", arguments: availableInstructionSets,
        [
            (19, 19, 728, 728, 1), (30, 31, 256, 512, 1), (12, 12, 300, 400, 1), (16, 15, 64, 128, 1),
            (28, 28, 256, 512, 2), (33, 30, 64, 128, 2),
        ])
    func sameBits(set: InstructionSet, shape: (height: Int, width: Int, channels: Int, filters: Int, stride: Int)) throws {
        var noise = Noise(seed: shape.height)
        let input = Image(.float32, shape.height, shape.width, shape.channels, &noise)
        let depthwise = noise.values(9 * shape.channels)
        let pointwise = Matrix(
            rows: shape.channels, columns: shape.filters, isHalf: true, noise.values(shape.channels * shape.filters))
        let (bias, innerBias) = (noise.values(shape.filters), noise.values(shape.channels))
        let geometry = ConvolutionGeometry(
            kernel: 3, stride: shape.stride, padding: 1, inputHeight: shape.height, inputWidth: shape.width)
        func run(threads: Int, _ prepacking: PrepackingPolicy, images: Int = 1) throws -> [Float] {
            let output = Image(geometry.outputHeight, geometry.outputWidth, shape.filters)
            let weights = ConvolutionWeights(
                pointwise, bias: bias, depthwise: depthwise, depthwiseBias: shape.stride == 1 ? nil : innerBias,
                prepacking: prepacking)
            let engine = ConvolutionEngine(ProcessorKernels(kernels(set)), threads: threads)
            for _ in 0..<images {
                try engine.separableConvolution(input.map, weights, geometry, Epilogue(output: output.map))
            }
            return output.values
        }
        let alone = try run(threads: 1, .never)
        #expect(try run(threads: 3, .never) == alone)
        for threads in [1, 2, 7] { #expect(try run(threads: threads, .atOnce) == alone) }
        #expect(try run(threads: 2, .afterImages(2), images: 3) == alone)
    }

    struct Patches: CustomStringConvertible, Sendable {
        var height: Int, width: Int, channels: Int, filters: Int, kernel: Int, stride: Int
        var padding = Padding(before: 0, after: 0)
        var activation = ActivationFunction.none
        var pool: Int?
        /// Of the activations.
        var elementType = ElementType.float32
        var threads = 1
        var algorithm = ConvolutionAlgorithm.direct

        var geometry: ConvolutionGeometry {
            ConvolutionGeometry(
                kernel: kernel, stride: stride, inputHeight: height, inputWidth: width, rowPadding: padding,
                columnPadding: padding)
        }

        var description: String {
            "\(height)x\(width)x\(channels) to \(filters), \(elementType), \(kernel)x\(kernel), stride \(stride), "
                + "padding \(padding.before)+\(padding.after), \(activation)" + (pool.map { ", pool padding \($0)" } ?? "")
                + ", \(threads) threads, \(algorithm)"
        }
    }

    private static let one = Padding(before: 1, after: 1)

    static let patches = [
        Patches(height: 15, width: 12, channels: 3, filters: 32, kernel: 3, stride: 2),
        Patches(height: 14, width: 13, channels: 3, filters: 20, kernel: 3, stride: 2, padding: one, threads: 2),
        Patches(height: 16, width: 14, channels: 3, filters: 32, kernel: 3, stride: 2, padding: after, activation: .relu6),
        Patches(height: 11, width: 10, channels: 32, filters: 20, kernel: 3, stride: 1, padding: one),
        Patches(height: 13, width: 9, channels: 40, filters: 30, kernel: 1, stride: 2, pool: 1, threads: 2),
        Patches(height: 10, width: 12, channels: 16, filters: 33, kernel: 1, stride: 2, pool: 0),
        Patches(height: 13, width: 9, channels: 40, filters: 30, kernel: 1, stride: 2, pool: 1, elementType: .float16),
        Patches(
            height: 11, width: 10, channels: 32, filters: 20, kernel: 3, stride: 1, padding: one, elementType: .float16,
            threads: 2),
        Patches(height: 20, width: 20, channels: 728, filters: 1024, kernel: 1, stride: 2, pool: 0, threads: 3),
        // Winograd.
        Patches(height: 9, width: 9, channels: 32, filters: 64, kernel: 3, stride: 1, threads: 2, algorithm: .winograd),
        Patches(height: 8, width: 13, channels: 32, filters: 64, kernel: 3, stride: 1, activation: .relu, algorithm: .winograd),
        Patches(
            height: 23, width: 6, channels: 32, filters: 64, kernel: 3, stride: 1, padding: one, activation: .relu6,
            algorithm: .winograd),
        Patches(
            height: 6, width: 61, channels: 32, filters: 64, kernel: 3, stride: 1, padding: one, activation: .relu,
            threads: 2, algorithm: .winograd),
        Patches(height: 3, width: 3, channels: 32, filters: 64, kernel: 3, stride: 1, algorithm: .winograd),
        Patches(height: 7, width: 8, channels: 32, filters: 64, kernel: 3, stride: 1, padding: after, algorithm: .winograd),
        Patches(
            height: 13, width: 14, channels: 32, filters: 64, kernel: 3, stride: 1, padding: one, elementType: .float16,
            algorithm: .winograd),
    ]

    @Test("Plain convolution, with a pooled sum", arguments: availableInstructionSets, patches)
    func plain(set: InstructionSet, shape: Patches) throws {
        let kernels = ProcessorKernels(kernels(set))
        let geometry = shape.geometry
        var noise = Noise(seed: shape.filters)
        let input = Image(shape.elementType, shape.height, shape.width, shape.channels, &noise)
        let depth = shape.kernel * shape.kernel * shape.channels
        let matrix = Matrix(rows: depth, columns: shape.filters, isHalf: true, noise.values(depth * shape.filters))
        let bias = noise.values(shape.filters)
        let pooled = Image(shape.elementType, shape.height, shape.width, shape.filters, &noise)
        let output = Image(shape.elementType, geometry.outputHeight, geometry.outputWidth, shape.filters)
        let product = ProductShape(
            outputHeight: geometry.outputHeight, outputWidth: geometry.outputWidth, depth: depth, columns: shape.filters,
            isDepthwise: false)
        #expect(
            ConvolutionAlgorithm(
                kernelSize: shape.kernel, stride: shape.stride, shape: product, precision: .fp32,
                lanes: kernels.operators.lanes) == shape.algorithm)
        try ConvolutionEngine(kernels, threads: shape.threads).convolution(
            input.map, ConvolutionWeights(matrix, kernelSize: shape.kernel, bias: bias), geometry,
            Epilogue(
                output: output.map, activation: shape.activation,
                shortcut: shape.pool.map {
                    .maxPool(MaxPool(
                        input: pooled.map, outputWidth: geometry.outputWidth, rowPadding: $0, columnPadding: $0))
                } ?? .none))

        var largest = LargestDifference()
        for y in 0..<geometry.outputHeight {
            for x in 0..<geometry.outputWidth {
                for filter in stride(from: (y + x) % 3, to: shape.filters, by: 3) {
                    var expected = Double(bias[filter]) + Reference.window(geometry, y: y, x: x) { row, column, tap in
                        (0..<shape.channels).reduce(0.0) { sum, channel in
                            sum + input[row, column, channel] * matrix[tap * shape.channels + channel, filter]
                        }
                    }
                    if let padding = shape.pool {
                        expected += Reference.maxPool(pooled, padding: padding, y: y, x: x, channel: filter)
                    }
                    largest.compare(output, y, x, filter, with: shape.activation(expected))
                }
            }
        }
        // Winograd's transforms amplify rounding.
        #expect(largest.value < tolerance(products: depth) * (shape.algorithm == .winograd ? 2 : 1))
    }

    @Test("Mean over pixels, and a dense layer", arguments: availableInstructionSets)
    func head(set: InstructionSet) throws {
        let kernels = ProcessorKernels(kernels(set))
        var noise = Noise(seed: 5)
        let engine = ConvolutionEngine(kernels, threads: 2)
        let values = noise.values(5 * 7 * 37)
        for elementType in [ElementType.float16, .float32] {
            let input = Image(elementType, 5, 7, 37, values)
            let mean = engine.averagePool(input.map)
            for channel in 0..<37 {
                let expected = (0..<35).reduce(0.0) { $0 + input[$1 / 7, $1 % 7, channel] } / 35
                #expect(abs(Double(mean[channel]) - expected) < 1e-6)
            }
        }
        let features = noise.values(37)
        for isHalf in [true, false] {
            let matrix = Matrix(rows: 37, columns: 21, isHalf: isHalf, noise.values(37 * 21))
            let bias = noise.values(21)
            let output = engine.dense(features, matrix.matrix, bias: try PaddedFloats(bias))
            for column in 0..<21 {
                let expected = (0..<37).reduce(Double(bias[column])) { $0 + Double(features[$1]) * matrix[$1, column] }
                #expect(abs(Double(output[column]) - expected) < 1e-5)
            }
        }
    }

    @Test("Every binary16 number converts to itself", arguments: availableInstructionSets)
    func float16(set: InstructionSet) throws {
        let bits = (UInt16.min...UInt16.max).filter { $0 & 0x7c00 != 0x7c00 }
        let output = try AlignedBuffer(words: bits.count + maximumLanes)
        (bits + [UInt16](repeating: 0, count: 32)).withUnsafeBytes {
            kernels(set).convert(float16: $0.baseAddress!, count: bits.count, into: output.floats)
        }
        #expect(bits.indices.allSatisfy { output.floats[$0].bitPattern == Float(Float16(bitPattern: bits[$0])).bitPattern })
    }

    @Test("A layer's output is rounded to the nearest binary16 number", arguments: availableInstructionSets)
    func float16Output(set: InstructionSet) throws {
        // Each number, and what lies a quarter, half and three quarters of the way to the next.
        let numbers = (UInt16.min...UInt16.max).map(Float16.init(bitPattern:)).filter(\.isFinite)
        var values = numbers.flatMap { number in
            [0, 0.25, 0.5, 0.75].map { Float(number) + $0 * Float(number.ulp) }
        }
        values += [65519.996, 65520, -65520, 1e6, -1e30, .leastNonzeroMagnitude]
        values += [Float](repeating: 0, count: (16 - values.count % 16) % 16)
        // 16 values a pixel, through the identity.
        let input = Image(1, values.count / 16, 16, values)
        let output = Image(.float16, 1, values.count / 16, 16)
        let identity = (0..<256).map { Float($0 / 16 == $0 % 16 ? 1 : 0) }
        try ConvolutionEngine(ProcessorKernels(kernels(set)), threads: 1).convolution(
            input.map,
            ConvolutionWeights(
                Matrix(rows: 16, columns: 16, isHalf: true, identity), kernelSize: 1, bias: [Float](repeating: 0, count: 16)),
            ConvolutionGeometry(kernel: 1, stride: 1, padding: 0, inputHeight: 1, inputWidth: values.count / 16),
            Epilogue(output: output.map))
        #expect(output.values == values.map { Float(Float16($0)) })
    }

    @Test(
        "Activation functions, pool and sum let NaN through", arguments: availableInstructionSets, [ElementType.float32, .float16])
    func nan(set: InstructionSet, elementType: ElementType) throws {
        let engine = ConvolutionEngine(ProcessorKernels(kernels(set)), threads: 1)
        let weights = ConvolutionWeights(
            Matrix(rows: 16, columns: 16, isHalf: true, [Float](repeating: 1, count: 256)),
            bias: [Float](repeating: 0, count: 16), depthwise: [Float](repeating: 1, count: 9 * 16))
        var values = [Float](repeating: 1, count: 25 * 16)
        values[12 * 16 + 3] = .nan
        let (input, output) = (Image(elementType, 5, 5, 16, values), Image(elementType, 5, 5, 16))
        let geometry = ConvolutionGeometry(kernel: 3, stride: 1, padding: 1, inputHeight: 5, inputWidth: 5)
        for inputActivation in [ActivationFunction.none, .relu] {
            for activation in ActivationFunction.allCases {
                try engine.separableConvolution(
                    input.map, weights, geometry, inputActivation: inputActivation,
                    Epilogue(output: output.map, activation: activation))
                #expect(output[2, 2, 0].isNaN)
            }
        }
        withExtendedLifetime(input) {}
    }
}
