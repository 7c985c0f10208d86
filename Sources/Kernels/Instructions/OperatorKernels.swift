/// The kernels of one instruction set: products in 32-bit floats, and the operators that are computed in
/// those in every precision.
///
/// Each is a generic function, written once, that is compiled for the element type of its input or output and for
/// this instruction set.
public protocol OperatorKernels: GemmKernels where Format == Float32Format<Vector> {
    associatedtype Vector: FloatVector

    static var instructionSet: InstructionSet { get }

    /// 3x3 depthwise convolution, as packed rows of a left operand.
    static func depthwise(_ convolution: DepthwiseConvolution, _ part: OperandPart)
    /// Patches of inputs whose channels fill whole vectors, as packed rows of a left operand.
    static func im2col(_ patches: ImagePatches, _ part: OperandPart)
    /// Patches of other inputs, with all blocks of a patch, as packed rows of a left operand.
    static func im2colFewChannels(_ patches: ImagePatches, _ part: OperandPart)

    /// Packs one of Strassen's right operands.
    static func packStrassenPanel(_ panel: StrassenPanel)
    /// Makes Strassen's sums of left operands, `count` floats each, in place.
    static func strassenSums(operands: UnsafeMutablePointer<Float>, operandSize: Int, count: Int)
    static func add(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int, into sum: UnsafeMutablePointer<Float>)

    static func transform(_ tile: WinogradInput)
    static func transform(_ tile: WinogradOutput)

    /// The mean of every channel over all pixels, `[channels]`.
    static func averagePool(input: FeatureMap, output: UnsafeMutablePointer<Float>)
    static func dense(_ columns: DenseColumns)
    static func correlate(_ work: Correlation)
    /// Converts IEEE binary16 to 32-bit floats.
    ///
    /// - Parameter output: `count` floats and ``maximumLanes`` of padding; the input has as many.
    static func convert(float16 bits: UnsafeRawPointer, count: Int, into output: UnsafeMutablePointer<Float>)
}

extension OperatorKernels {
    @_alwaysEmitIntoClient
    public static var instructions: String { instructionSet.rawValue }

    @_alwaysEmitIntoClient
    public static func depthwise(_ convolution: DepthwiseConvolution, _ part: OperandPart) {
        switch (convolution.inputActivation == .none, convolution.input.elementType) {
        case (true, .float16): Kernels.depthwise(Vector.self, Float16Element.self, convolution, part)
        case (true, .float32): Kernels.depthwise(Vector.self, Float32Element.self, convolution, part)
        case (false, .float16):
            Kernels.depthwise(Vector.self, Rectified<Float16Element>.self, convolution, part)
        case (false, .float32):
            Kernels.depthwise(Vector.self, Rectified<Float32Element>.self, convolution, part)
        }
    }

    @_alwaysEmitIntoClient
    public static func im2col(_ patches: ImagePatches, _ part: OperandPart) {
        switch patches.input.elementType {
        case .float16: Kernels.im2col(Vector.self, Float16Element.self, patches, part)
        case .float32: Kernels.im2col(Vector.self, Float32Element.self, patches, part)
        }
    }

    @_alwaysEmitIntoClient
    public static func im2colFewChannels(_ patches: ImagePatches, _ part: OperandPart) {
        Kernels.im2colFewChannels(Vector.self, patches, part)
    }

    @_alwaysEmitIntoClient
    public static func packStrassenPanel(_ panel: StrassenPanel) {
        switch panel.matrix.elementType {
        case .float16: Kernels.packStrassenPanel(Vector.self, Float16Element.self, panel)
        case .float32: Kernels.packStrassenPanel(Vector.self, Float32Element.self, panel)
        }
    }

    @_alwaysEmitIntoClient
    public static func strassenSums(operands: UnsafeMutablePointer<Float>, operandSize: Int, count: Int) {
        Kernels.strassenSums(Vector.self, operands: operands, operandSize: operandSize, count: count)
    }

    @_alwaysEmitIntoClient
    public static func add(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int, into sum: UnsafeMutablePointer<Float>
    ) {
        Kernels.add(Vector.self, a, b, count: count, into: sum)
    }

    @_alwaysEmitIntoClient
    public static func transform(_ tile: WinogradInput) {
        switch tile.map.elementType {
        case .float16: transformInput(Vector.self, Float16Element.self, tile)
        case .float32: transformInput(Vector.self, Float32Element.self, tile)
        }
    }

    @_alwaysEmitIntoClient
    public static func transform(_ tile: WinogradOutput) {
        switch tile.epilogue.output.elementType {
        case .float16: transformOutput(Vector.self, Float16Element.self, tile)
        case .float32: transformOutput(Vector.self, Float32Element.self, tile)
        }
    }

    @_alwaysEmitIntoClient
    public static func averagePool(input: FeatureMap, output: UnsafeMutablePointer<Float>) {
        switch input.elementType {
        case .float16: Kernels.averagePool(Vector.self, Float16Element.self, input: input, output: output)
        case .float32: Kernels.averagePool(Vector.self, Float32Element.self, input: input, output: output)
        }
    }

    @_alwaysEmitIntoClient
    public static func dense(_ columns: DenseColumns) {
        switch columns.matrix.elementType {
        case .float16: Kernels.dense(Vector.self, Float16Element.self, columns)
        case .float32: Kernels.dense(Vector.self, Float32Element.self, columns)
        }
    }

    @_alwaysEmitIntoClient
    public static func correlate(_ work: Correlation) { Kernels.correlate(Vector.self, work) }

    @_alwaysEmitIntoClient
    public static func convert(float16 bits: UnsafeRawPointer, count: Int, into output: UnsafeMutablePointer<Float>) {
        for i in stride(from: 0, to: count, by: Vector.lanes) {
            Vector.converting(float16: bits + 2 * i).store(output + i)
        }
    }
}
