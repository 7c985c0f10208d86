import Kernels
import Testing

/// Every instruction set against the definitions, in double precision.
@Suite struct ConvolutionTests {
    struct Separable: CustomStringConvertible, Sendable {
        var height: Int, width: Int, channels: Int, filters: Int
        var isHalf = true, reluInput = false, relu = false, hasResidual = false
        /// Of the activations.
        var elementType = ElementType.float32
        var threads = 1

        var description: String {
            "\(height)x\(width)x\(channels) to \(filters), \(elementType), \(threads) threads" + (isHalf ? ", F16" : ", F32")
                + (reluInput ? ", ReLU before" : "") + (relu ? ", ReLU after" : "")
                + (hasResidual ? ", residual" : "")
        }
    }

    static let separables = [
        // Small matrices: channels that fill no whole vectors, more threads than rows.
        Separable(height: 7, width: 5, channels: 3, filters: 5),
        Separable(height: 1, width: 1, channels: 16, filters: 8, isHalf: false),
        Separable(height: 1, width: 9, channels: 20, filters: 33, relu: true),
        Separable(height: 9, width: 1, channels: 17, filters: 16, reluInput: true, threads: 2),
        Separable(height: 20, width: 31, channels: 64, filters: 128, hasResidual: true, threads: 3),
        Separable(height: 3, width: 4, channels: 5, filters: 7, hasResidual: true, elementType: .float16),
        Separable(height: 11, width: 9, channels: 70, filters: 40, reluInput: true, elementType: .float16, threads: 2),
        Separable(height: 20, width: 31, channels: 64, filters: 128, relu: true, hasResidual: true, elementType: .float16),
        // Large matrices without Strassen-Winograd.
        Separable(height: 6, width: 6, channels: 728, filters: 728, reluInput: true, threads: 2),
        Separable(height: 13, width: 11, channels: 301, filters: 600, isHalf: false, relu: true, threads: 5),
        // Strassen-Winograd: even and odd pixel counts, halves that fill no whole vectors, bands
        // that begin in the middle of an image row.
        Separable(height: 19, width: 19, channels: 728, filters: 728, relu: true, threads: 2),
        Separable(height: 10, width: 10, channels: 512, filters: 1024, reluInput: true, hasResidual: true),
        Separable(height: 9, width: 13, channels: 550, filters: 518, isHalf: false, hasResidual: true, threads: 3),
    ]

    @Test("Depthwise and pointwise", arguments: availableInstructionSets, separables)
    func separable(set: InstructionSet, shape: Separable) throws {
        let kernels = ProcessorKernels(kernels(set))
        var noise = Noise(seed: shape.channels)
        let input = Image(shape.elementType, shape.height, shape.width, shape.channels, noise.values(shape.height * shape.width * shape.channels))
        let depthwise = noise.values(9 * shape.channels)
        let pointwise = Matrix(
            rows: shape.channels, columns: shape.filters, isHalf: shape.isHalf, noise.values(shape.channels * shape.filters))
        let bias = noise.values(shape.filters)
        let residual = Image(shape.elementType, shape.height, shape.width, shape.filters, noise.values(shape.height * shape.width * shape.filters))
        let output = Image(shape.elementType, shape.height, shape.width, shape.filters)

        let engine = ConvolutionEngine(kernels, threads: shape.threads)
        let weights = ConvolutionWeights(pointwise, bias: bias, depthwise: depthwise)
        // Twice, since the second run finds its memory in use.
        for _ in 0..<2 {
            try engine.separableConvolution(
                input.map, weights, reluInput: shape.reluInput,
                Epilogue(
                    output: output.map, relu: shape.relu, shortcut: shape.hasResidual ? .residual(residual.map) : .none))
        }

        var largest = 0.0
        for y in 0..<shape.height {
            for x in 0..<shape.width {
                let filtered = (0..<shape.channels).map { channel in
                    (0..<9).reduce(0.0) { sum, tap in
                        let value = input[y + tap / 3 - 1, x + tap % 3 - 1, channel]
                        return sum + (shape.reluInput ? max(value, 0) : value) * Double(depthwise[tap * shape.channels + channel])
                    }
                }
                // All filters of a few pixels, a few filters of all.
                let isWhole = (y * shape.width + x) % 29 == 0 || y == shape.height - 1
                for filter in stride(from: isWhole ? 0 : x % 37, to: shape.filters, by: isWhole ? 1 : 37) {
                    var expected = Double(bias[filter])
                    for channel in 0..<shape.channels { expected += filtered[channel] * pointwise[channel, filter] }
                    if shape.hasResidual { expected += residual[y, x, filter] }
                    if shape.relu { expected = max(expected, 0) }
                    let difference = abs(output[y, x, filter] - expected) - output.rounding(of: expected)
                    largest = difference.isNaN ? .infinity : max(largest, difference)
                }
            }
        }
        // Sums of so many products of about 1.
        #expect(largest < 3e-6 * Double(shape.channels).squareRoot() * 10)
    }

    @Test(
        "Prepacked weights and any number of threads give the same bits", arguments: availableInstructionSets,
        [(19, 19, 728, 728), (30, 31, 256, 512), (12, 12, 300, 400), (16, 15, 64, 128)])
    func sameBits(set: InstructionSet, shape: (height: Int, width: Int, channels: Int, filters: Int)) throws {
        var noise = Noise(seed: shape.height)
        let count = shape.height * shape.width * shape.channels
        let input = Image(shape.height, shape.width, shape.channels, noise.values(count))
        let depthwise = noise.values(9 * shape.channels)
        let pointwise = Matrix(
            rows: shape.channels, columns: shape.filters, isHalf: true, noise.values(shape.channels * shape.filters))
        let bias = noise.values(shape.filters)
        func run(threads: Int, _ prepacking: PrepackingPolicy, images: Int = 1) throws -> [Float] {
            let output = Image(shape.height, shape.width, shape.filters)
            let weights = ConvolutionWeights(pointwise, bias: bias, depthwise: depthwise, prepacking: prepacking)
            let engine = ConvolutionEngine(ProcessorKernels(kernels(set)), threads: threads)
            for _ in 0..<images {
                try engine.separableConvolution(
                    input.map, weights, reluInput: false, Epilogue(output: output.map, relu: false))
            }
            return output.values
        }
        let alone = try run(threads: 1, .never)
        #expect(try run(threads: 3, .never) == alone)
        for threads in [1, 2, 7] { #expect(try run(threads: threads, .atOnce) == alone) }
        #expect(try run(threads: 2, .afterImages(2), images: 3) == alone)
    }

    struct Patches: CustomStringConvertible, Sendable {
        var height: Int, width: Int, channels: Int, filters: Int, kernel: Int, stride: Int, padding: Int
        var pool: Int?
        /// Of the activations.
        var elementType = ElementType.float32
        var threads = 1

        var description: String {
            "\(height)x\(width)x\(channels) to \(filters), \(elementType), \(kernel)x\(kernel), stride \(stride), padding \(padding)"
                + (pool.map { ", pool padding \($0)" } ?? "") + ", \(threads) threads"
        }
    }

    static let patches = [
        Patches(height: 15, width: 12, channels: 3, filters: 32, kernel: 3, stride: 2, padding: 0),
        Patches(height: 14, width: 13, channels: 3, filters: 20, kernel: 3, stride: 2, padding: 1, threads: 2),
        Patches(height: 11, width: 10, channels: 32, filters: 64, kernel: 3, stride: 1, padding: 0, threads: 2),
        Patches(height: 11, width: 10, channels: 32, filters: 24, kernel: 3, stride: 1, padding: 1),
        Patches(height: 13, width: 9, channels: 40, filters: 30, kernel: 1, stride: 2, padding: 0, pool: 1, threads: 2),
        Patches(height: 10, width: 12, channels: 16, filters: 33, kernel: 1, stride: 2, padding: 0, pool: 0),
        Patches(height: 13, width: 9, channels: 40, filters: 30, kernel: 1, stride: 2, padding: 0, pool: 1, elementType: .float16),
        Patches(height: 11, width: 10, channels: 32, filters: 24, kernel: 3, stride: 1, padding: 1, elementType: .float16, threads: 2),
        Patches(height: 20, width: 20, channels: 728, filters: 1024, kernel: 1, stride: 2, padding: 0, pool: 0, threads: 3),
    ]

    @Test("Plain convolution, with a pooled sum", arguments: availableInstructionSets, patches)
    func plain(set: InstructionSet, shape: Patches) throws {
        let kernels = ProcessorKernels(kernels(set))
        var noise = Noise(seed: shape.filters)
        let input = Image(shape.elementType, shape.height, shape.width, shape.channels, noise.values(shape.height * shape.width * shape.channels))
        let height = (shape.height + 2 * shape.padding - shape.kernel) / shape.stride + 1
        let width = (shape.width + 2 * shape.padding - shape.kernel) / shape.stride + 1
        let depth = shape.kernel * shape.kernel * shape.channels
        let matrix = Matrix(rows: depth, columns: shape.filters, isHalf: true, noise.values(depth * shape.filters))
        let bias = noise.values(shape.filters)
        let pooled = Image(shape.elementType, shape.height, shape.width, shape.filters, noise.values(shape.height * shape.width * shape.filters))
        let output = Image(shape.elementType, height, width, shape.filters)
        try ConvolutionEngine(kernels, threads: shape.threads).convolution(
            input.map, ConvolutionWeights(matrix, kernelSize: shape.kernel, bias: bias),
            ConvolutionGeometry(
                kernel: shape.kernel, stride: shape.stride, padding: shape.padding, inputHeight: shape.height,
                inputWidth: shape.width),
            Epilogue(
                output: output.map, relu: false,
                shortcut: shape.pool.map {
                    .maxPool(MaxPool(input: pooled.map, outputWidth: width, rowPadding: $0, columnPadding: $0))
                } ?? .none))

        var largest = 0.0
        for y in 0..<height {
            for x in 0..<width {
                for filter in stride(from: (y + x) % 3, to: shape.filters, by: 3) {
                    var expected = Double(bias[filter])
                    for tap in 0..<shape.kernel * shape.kernel {
                        let (row, column) = (tap / shape.kernel, tap % shape.kernel)
                        for channel in 0..<shape.channels {
                            expected += input[y * shape.stride - shape.padding + row, x * shape.stride - shape.padding + column, channel]
                                * matrix[tap * shape.channels + channel, filter]
                        }
                    }
                    if let padding = shape.pool {
                        var maximum = -Double.infinity
                        for row in max(0, y * 2 - padding)..<min(shape.height, y * 2 - padding + 3) {
                            for column in max(0, x * 2 - padding)..<min(shape.width, x * 2 - padding + 3) {
                                maximum = max(maximum, pooled[row, column, filter])
                            }
                        }
                        expected += maximum
                    }
                    let difference = abs(output[y, x, filter] - expected) - output.rounding(of: expected)
                    largest = difference.isNaN ? .infinity : max(largest, difference)
                }
            }
        }
        #expect(largest < 1e-5 * Double(depth).squareRoot())
    }

    @Test(
        "Winograd's F(4x4, 3x3) is the convolution", arguments: availableInstructionSets,
        [
            (9, 9, 0, ElementType.float32), (8, 13, 0, .float32), (23, 6, 1, .float32), (6, 61, 1, .float32),
            (3, 3, 0, .float32), (13, 14, 1, .float16),
        ])
    func winograd(set: InstructionSet, size: (height: Int, width: Int, padding: Int, elementType: ElementType)) throws {
        let kernels = ProcessorKernels(kernels(set))
        var noise = Noise(seed: size.width)
        let (channels, filters) = (32, 64)
        let input = Image(size.elementType, size.height, size.width, channels, noise.values(size.height * size.width * channels))
        let weights = noise.values(9 * channels * filters)
        let bias = noise.values(filters)
        let height = size.height + 2 * size.padding - 2
        let width = size.width + 2 * size.padding - 2
        let output = Image(size.elementType, height, width, filters)
        let layer = ConvolutionWeights(
            Matrix(rows: 9 * channels, columns: filters, isHalf: false, weights), kernelSize: 3, bias: bias)
        let geometry = ConvolutionGeometry(
            kernel: 3, stride: 1, padding: size.padding, inputHeight: size.height, inputWidth: size.width)
        let shape = ProductShape(
            outputHeight: height, outputWidth: width, depth: 9 * channels, columns: filters, isDepthwise: false)
        #expect(ConvolutionAlgorithm(kernelSize: 3, stride: 1, shape: shape, precision: .fp32, lanes: kernels.operators.lanes) == .winograd)
        try ConvolutionEngine(kernels, threads: 2).convolution(
            input.map, layer, geometry, Epilogue(output: output.map, relu: true))

        var largest = 0.0
        for y in 0..<height {
            for x in 0..<width {
                for filter in 0..<filters {
                    var expected = Double(bias[filter])
                    for tap in 0..<9 {
                        for channel in 0..<channels {
                            expected += input[y - size.padding + tap / 3, x - size.padding + tap % 3, channel]
                                * Double(weights[(tap * channels + channel) * filters + filter])
                        }
                    }
                    expected = max(expected, 0)
                    let difference = abs(output[y, x, filter] - expected) - output.rounding(of: expected)
                    largest = difference.isNaN ? .infinity : max(largest, difference)
                }
            }
        }
        // The transforms amplify rounding about tenfold.
        #expect(largest < 2e-4)
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
            Epilogue(output: output.map, relu: false))
        #expect(output.values == values.map { Float(Float16($0)) })
    }

    @Test(
        "ReLU, pool and sum let NaN through", arguments: availableInstructionSets, [ElementType.float32, .float16])
    func nan(set: InstructionSet, elementType: ElementType) throws {
        let engine = ConvolutionEngine(ProcessorKernels(kernels(set)), threads: 1)
        let weights = ConvolutionWeights(
            Matrix(rows: 16, columns: 16, isHalf: true, [Float](repeating: 1, count: 256)),
            bias: [Float](repeating: 0, count: 16), depthwise: [Float](repeating: 1, count: 9 * 16))
        var values = [Float](repeating: 1, count: 25 * 16)
        values[12 * 16 + 3] = .nan
        let (input, output) = (Image(elementType, 5, 5, 16, values), Image(elementType, 5, 5, 16))
        for reluInput in [false, true] {
            try engine.separableConvolution(
                input.map, weights, reluInput: reluInput, Epilogue(output: output.map, relu: true))
            #expect(output[2, 2, 0].isNaN)
        }
        withExtendedLifetime(input) {}
    }
}
