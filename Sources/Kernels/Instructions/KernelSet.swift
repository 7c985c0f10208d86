/// The kernels of one instruction set: products in 32-bit floats, and the operators that are computed in
/// those whatever the products' format.
public protocol KernelSet: ProductKernels where Format == Float32Format<Vector> {
    associatedtype Vector: FloatVector

    static var instructionSet: InstructionSet { get }

    // See the generic functions of these names.
    static func depthwise(
        relu: Bool, input: FeatureMap, weights: UnsafePointer<Float>, rows: Range<Int>, firstChannel: Int,
        blocks: Range<Int>, packed: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>)
    static func im2col(
        input: FeatureMap, geometry: ConvolutionGeometry, rows: Range<Int>, blocks: Range<Int>,
        packed: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>)
    static func im2colFewChannels(
        input: FeatureMap, geometry: ConvolutionGeometry, rows: Range<Int>, packed: UnsafePointer<PackedRow>,
        output: UnsafeMutablePointer<Float>)
    static func packStrassenPanel(
        _ operand: StrassenOperand, _ matrix: WeightMatrix, column: Int, partner: Int, vectors: Int,
        into panel: UnsafeMutablePointer<Float>)
    static func strassenSums(operands: UnsafeMutablePointer<Float>, operandSize: Int, count: Int)
    static func add(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int, into sum: UnsafeMutablePointer<Float>)
    static func winogradInputTile(
        input: FeatureMap, y: Int, x: Int, output: UnsafeMutablePointer<Float>, blockStride: Int, productStride: Int,
        columns: UnsafeMutablePointer<Float>)
    static func winogradOutputTile(
        products: UnsafePointer<Float>, productStride: Int, epilogue: Epilogue, bias: UnsafePointer<Float>, y: Int, x: Int,
        rows: Int, columns: Int, channel: Int, lines: UnsafeMutablePointer<Float>)
    static func averagePool(input: FeatureMap, output: UnsafeMutablePointer<Float>)
    static func dense(
        input: UnsafePointer<Float>, matrix: WeightMatrix, bias: UnsafePointer<Float>, column: Int,
        output: UnsafeMutablePointer<Float>)
    /// IEEE binary16 to 32-bit floats.
    ///
    /// - Parameter output: `count` floats and ``maximumLanes`` of padding; the input has as many.
    static func convert(float16 bits: UnsafeRawPointer, count: Int, into output: UnsafeMutablePointer<Float>)
}

extension KernelSet {
    @_alwaysEmitIntoClient
    public static var instructions: String { instructionSet.rawValue }

    @_alwaysEmitIntoClient
    public static func depthwise(
        relu: Bool, input: FeatureMap, weights: UnsafePointer<Float>, rows: Range<Int>, firstChannel: Int,
        blocks: Range<Int>, packed: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>
    ) {
        switch (relu, input.elementType) {
        case (true, .float16):
            Kernels.depthwise(
                Vector.self, Rectified<Float16Element>.self, inPairs: registers == 32, input: input, weights: weights, rows: rows,
                firstChannel: firstChannel, blocks: blocks, packed: packed, output: output)
        case (true, .float32):
            Kernels.depthwise(
                Vector.self, Rectified<Float32Element>.self, inPairs: registers == 32, input: input, weights: weights, rows: rows,
                firstChannel: firstChannel, blocks: blocks, packed: packed, output: output)
        case (false, .float16):
            Kernels.depthwise(
                Vector.self, Float16Element.self, inPairs: registers == 32, input: input, weights: weights, rows: rows,
                firstChannel: firstChannel, blocks: blocks, packed: packed, output: output)
        case (false, .float32):
            Kernels.depthwise(
                Vector.self, Float32Element.self, inPairs: registers == 32, input: input, weights: weights, rows: rows,
                firstChannel: firstChannel, blocks: blocks, packed: packed, output: output)
        }
    }

    @_alwaysEmitIntoClient
    public static func im2col(
        input: FeatureMap, geometry: ConvolutionGeometry, rows: Range<Int>, blocks: Range<Int>,
        packed: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>
    ) {
        switch input.elementType {
        case .float16:
            Kernels.im2col(
                Vector.self, Float16Element.self, input: input, geometry: geometry, rows: rows, blocks: blocks, packed: packed,
                output: output)
        case .float32:
            Kernels.im2col(
                Vector.self, Float32Element.self, input: input, geometry: geometry, rows: rows, blocks: blocks, packed: packed,
                output: output)
        }
    }

    @_alwaysEmitIntoClient
    public static func im2colFewChannels(
        input: FeatureMap, geometry: ConvolutionGeometry, rows: Range<Int>, packed: UnsafePointer<PackedRow>,
        output: UnsafeMutablePointer<Float>
    ) {
        Kernels.im2colFewChannels(
            Vector.self, input: input, geometry: geometry, rows: rows, packed: packed, output: output)
    }

    @_alwaysEmitIntoClient
    public static func packStrassenPanel(
        _ operand: StrassenOperand, _ matrix: WeightMatrix, column: Int, partner: Int, vectors: Int,
        into panel: UnsafeMutablePointer<Float>
    ) {
        if matrix.elementType == .float16 {
            Kernels.packStrassenPanel(
                Vector.self, operand, isHalf: true, matrix, column: column, partner: partner, vectors: vectors, into: panel)
        } else {
            Kernels.packStrassenPanel(
                Vector.self, operand, isHalf: false, matrix, column: column, partner: partner, vectors: vectors, into: panel)
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
    public static func winogradInputTile(
        input: FeatureMap, y: Int, x: Int, output: UnsafeMutablePointer<Float>, blockStride: Int, productStride: Int,
        columns: UnsafeMutablePointer<Float>
    ) {
        switch input.elementType {
        case .float16:
            Kernels.winogradInputTile(
                Vector.self, Float16Element.self, input: input, y: y, x: x, output: output, blockStride: blockStride,
                productStride: productStride, columns: columns)
        case .float32:
            Kernels.winogradInputTile(
                Vector.self, Float32Element.self, input: input, y: y, x: x, output: output, blockStride: blockStride,
                productStride: productStride, columns: columns)
        }
    }

    @_alwaysEmitIntoClient
    public static func winogradOutputTile(
        products: UnsafePointer<Float>, productStride: Int, epilogue: Epilogue, bias: UnsafePointer<Float>, y: Int, x: Int,
        rows: Int, columns: Int, channel: Int, lines: UnsafeMutablePointer<Float>
    ) {
        switch epilogue.output.elementType {
        case .float16:
            Kernels.winogradOutputTile(
                Vector.self, Float16Element.self, products: products, productStride: productStride, epilogue: epilogue,
                bias: bias, y: y, x: x, rows: rows, columns: columns, channel: channel, lines: lines)
        case .float32:
            Kernels.winogradOutputTile(
                Vector.self, Float32Element.self, products: products, productStride: productStride, epilogue: epilogue,
                bias: bias, y: y, x: x, rows: rows, columns: columns, channel: channel, lines: lines)
        }
    }

    @_alwaysEmitIntoClient
    public static func averagePool(input: FeatureMap, output: UnsafeMutablePointer<Float>) {
        switch input.elementType {
        case .float16:
            Kernels.averagePool(Vector.self, Float16Element.self, input: input, output: output)
        case .float32:
            Kernels.averagePool(Vector.self, Float32Element.self, input: input, output: output)
        }
    }

    @_alwaysEmitIntoClient
    public static func dense(
        input: UnsafePointer<Float>, matrix: WeightMatrix, bias: UnsafePointer<Float>, column: Int,
        output: UnsafeMutablePointer<Float>
    ) {
        if matrix.elementType == .float16 {
            Kernels.dense(
                Vector.self, isHalf: true, input: input, matrix: matrix, bias: bias, column: column, output: output)
        } else {
            Kernels.dense(
                Vector.self, isHalf: false, input: input, matrix: matrix, bias: bias, column: column, output: output)
        }
    }

    @_alwaysEmitIntoClient
    public static func convert(float16 bits: UnsafeRawPointer, count: Int, into output: UnsafeMutablePointer<Float>) {
        for i in stride(from: 0, to: count, by: Vector.lanes) {
            Vector.converting(float16: bits + 2 * i).store(output + i)
        }
    }
}
