import Kernels
import Testing

/// The kernels are pointer arithmetic without checks: these must stop the program before it, in an
/// optimized build too.
@Suite struct DoorTests {
    private static func run(
        input: (Int, Int, Int) = (6, 5, 8), output: (Int, Int, Int) = (6, 5, 12), depth: Int = 8, bias: Int = 12,
        depthwise: Int = 72, depthwiseBias: Int? = nil, stride: Int = 1, padding: Int = 1,
        inner: ActivationFunction = .none, residual: (Int, Int, Int)? = nil, residualType: ElementType = .float32
    ) throws {
        let weights = ConvolutionWeights(
            Matrix(rows: depth, columns: 12, isHalf: false, [Float](repeating: 0, count: depth * 12)),
            bias: [Float](repeating: 0, count: bias), depthwise: [Float](repeating: 0, count: depthwise),
            depthwiseBias: depthwiseBias.map { [Float](repeating: 0, count: $0) })
        let (x, y) = (Image(input.0, input.1, input.2), Image(output.0, output.1, output.2))
        let z = residual.map { Image(residualType, $0.0, $0.1, $0.2) }
        try ConvolutionEngine(ProcessorKernels(PortableKernels.self), threads: 1).separableConvolution(
            x.map, weights,
            ConvolutionGeometry(kernel: 3, stride: stride, padding: padding, inputHeight: 6, inputWidth: 5),
            innerActivation: inner, Epilogue(output: y.map, shortcut: z.map { .residual($0.map) } ?? .none))
    }

    private static func pool(input: (Int, Int, Int), outputWidth: Int = 3, padding: Int = 0) throws {
        let weights = ConvolutionWeights(
            Matrix(rows: 8, columns: 12, isHalf: false, [Float](repeating: 0, count: 96)), bias: [Float](repeating: 0, count: 12))
        let (x, y, z) = (Image(6, 5, 8), Image(3, 3, 12), Image(input.0, input.1, input.2))
        try ConvolutionEngine(ProcessorKernels(PortableKernels.self), threads: 1).convolution(
            x.map, weights, ConvolutionGeometry(kernel: 1, stride: 2, padding: 0, inputHeight: 6, inputWidth: 5),
            Epilogue(
                output: y.map,
                shortcut: .maxPool(MaxPool(input: z.map, outputWidth: outputWidth, rowPadding: padding, columnPadding: padding))))
    }

    @Test("What fits is computed")
    func fits() throws {
        try Self.run()
        try Self.run(residual: (6, 5, 12))
        try Self.run(output: (3, 3, 12), depthwiseBias: 8, stride: 2, inner: .relu6)
        try Self.pool(input: (6, 5, 12))
    }

    @Test("An input of other channels than the kernel stops the program")
    func channels() async { await #expect(processExitsWith: .failure) { try Self.run(input: (6, 5, 9)) } }

    @Test("An output of another size stops the program")
    func outputSize() async { await #expect(processExitsWith: .failure) { try Self.run(output: (6, 4, 12)) } }

    @Test("An output of other channels than the filters stops the program")
    func outputChannels() async { await #expect(processExitsWith: .failure) { try Self.run(output: (6, 5, 11)) } }

    @Test("Fewer biases than filters stop the program")
    func bias() async { await #expect(processExitsWith: .failure) { try Self.run(bias: 11) } }

    @Test("A depthwise kernel of other channels stops the program")
    func depthwise() async { await #expect(processExitsWith: .failure) { try Self.run(depthwise: 71) } }

    @Test("A depthwise bias of other channels stops the program")
    func depthwiseBias() async { await #expect(processExitsWith: .failure) { try Self.run(depthwiseBias: 7) } }

    @Test("A depthwise stride or activation function without a bias stops the program")
    func unbiased() async {
        await #expect(processExitsWith: .failure) { try Self.run(output: (3, 3, 12), stride: 2) }
        await #expect(processExitsWith: .failure) { try Self.run(inner: .relu) }
    }

    @Test("A depthwise stride of 1 without padding, or of 3, stops the program")
    func depthwiseGeometry() async {
        await #expect(processExitsWith: .failure) { try Self.run(output: (4, 3, 12), padding: 0) }
        await #expect(processExitsWith: .failure) { try Self.run(output: (2, 2, 12), depthwiseBias: 8, stride: 3) }
    }

    @Test("A residual of another shape stops the program")
    func residual() async { await #expect(processExitsWith: .failure) { try Self.run(residual: (5, 6, 12)) } }

    @Test("A residual of another type than the output stops the program")
    func residualType() async {
        await #expect(processExitsWith: .failure) { try Self.run(residual: (6, 5, 12), residualType: .float16) }
    }

    @Test("A pool that the output's windows reach beyond stops the program")
    func poolSize() async { await #expect(processExitsWith: .failure) { try Self.pool(input: (4, 4, 12)) } }

    @Test("A pool of another width than the output stops the program")
    func poolWidth() async { await #expect(processExitsWith: .failure) { try Self.pool(input: (6, 5, 12), outputWidth: 2) } }

    @Test("A feature map larger than its buffer stops the program")
    func buffer() async {
        await #expect(processExitsWith: .failure) {
            _ = FeatureMap(try AlignedBuffer(words: 100), height: 5, width: 5, channels: 4)
        }
    }

    @Test("A window larger than the padded input stops the program")
    func window() async {
        await #expect(processExitsWith: .failure) {
            _ = ConvolutionGeometry(kernel: 3, stride: 1, padding: 0, inputHeight: 2, inputWidth: 9)
        }
    }

    @Test("A team without threads stops the program")
    func team() async { await #expect(processExitsWith: .failure) { _ = ThreadTeam(count: 0) } }
}
