/// The kernels of one instruction set, behind plain closures, so that whoever drives them
/// is compiled for the oldest processor.
public struct KernelSet: Sendable {
    public let instructionSet: InstructionSet
    /// Floats in a vector.
    public let lanes: Int
    /// Rows of the tallest microkernel.
    public let maximumRows: Int
    /// Rows of the shortest; tiles with fewer rows are computed with as many.
    public let minimumRows: Int

    // Named as the generic functions they stand for; see there.
    @usableFromInline typealias PackPanel = @Sendable (
        _ vectors: Int, _ from: WeightMatrix, _ column: Int, _ into: UnsafeMutablePointer<Float>) -> Void
    @usableFromInline typealias PackStrassenPanel = @Sendable (
        _ operand: StrassenOperand, _ vectors: Int, _ from: WeightMatrix, _ column: Int, _ partner: Int,
        _ into: UnsafeMutablePointer<Float>) -> Void
    @usableFromInline typealias Depthwise = @Sendable (
        _ rectifies: Bool, _ input: FeatureMap, _ weights: UnsafePointer<Float>, _ rows: Range<Int>,
        _ firstChannel: Int, _ blocks: Range<Int>, _ packed: UnsafePointer<PackedRow>,
        _ output: UnsafeMutablePointer<Float>) -> Void
    @usableFromInline typealias PackPatches = @Sendable (
        _ input: FeatureMap, _ geometry: PatchGeometry, _ rows: Range<Int>, _ blocks: Range<Int>,
        _ packed: UnsafePointer<PackedRow>, _ output: UnsafeMutablePointer<Float>) -> Void
    @usableFromInline typealias PackNarrowPatches = @Sendable (
        _ input: FeatureMap, _ geometry: PatchGeometry, _ rows: Range<Int>,
        _ packed: UnsafePointer<PackedRow>, _ output: UnsafeMutablePointer<Float>) -> Void
    @usableFromInline typealias StrassenSums = @Sendable (
        _ operands: UnsafeMutablePointer<Float>, _ operandSize: Int, _ count: Int) -> Void
    @usableFromInline typealias Add = @Sendable (
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int,
        _ sum: UnsafeMutablePointer<Float>) -> Void
    @usableFromInline typealias Finish = @Sendable (
        _ epilogue: Epilogue, _ tile: UnsafePointer<Float>, _ addend: UnsafePointer<Float>?, _ vectors: Int,
        _ area: OutputArea) -> Void
    @usableFromInline typealias AveragePool = @Sendable (_ input: FeatureMap, _ output: UnsafeMutablePointer<Float>) -> Void
    @usableFromInline typealias WinogradInputTile = @Sendable (
        _ input: FeatureMap, _ y: Int, _ x: Int, _ output: UnsafeMutablePointer<Float>, _ blockStride: Int,
        _ productStride: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
    @usableFromInline typealias WinogradOutputTile = @Sendable (
        _ products: UnsafePointer<Float>, _ productStride: Int, _ epilogue: Epilogue, _ y: Int, _ x: Int,
        _ rows: Int, _ columns: Int, _ channel: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
    @usableFromInline typealias MultiplyAddLoop = @Sendable (_ iterations: Int) -> Float
    @usableFromInline typealias Widen = @Sendable (
        _ bits: UnsafeRawPointer, _ count: Int, _ output: UnsafeMutablePointer<Float>) -> Void
    @usableFromInline typealias Dense = @Sendable (
        _ input: UnsafePointer<Float>, _ matrix: WeightMatrix, _ bias: UnsafePointer<Float>, _ column: Int,
        _ output: UnsafeMutablePointer<Float>) -> Void

    /// `[rows - minimumRows][vectors - 1]`.
    @usableFromInline let microkernels: [[Microkernel]]
    @usableFromInline let packPanel: PackPanel
    @usableFromInline let packStrassenPanel: PackStrassenPanel
    @usableFromInline let depthwise: Depthwise
    @usableFromInline let packPatches: PackPatches
    @usableFromInline let packNarrowPatches: PackNarrowPatches
    @usableFromInline let strassenSums: StrassenSums
    @usableFromInline let add: Add
    @usableFromInline let finish: Finish
    @usableFromInline let winogradInputTile: WinogradInputTile
    @usableFromInline let winogradOutputTile: WinogradOutputTile
    @usableFromInline let averagePool: AveragePool
    @usableFromInline let dense: Dense
    @usableFromInline let widen: Widen
    @usableFromInline let multiplyAddLoop: MultiplyAddLoop

    /// Lanes of the longest vector of any set: how much slack is enough for all.
    public static let maximumLanes = 16

    /// IEEE binary16 to 32-bit floats.
    ///
    /// - Parameter output: `count` floats and ``maximumLanes`` of slack; the input has as many.
    public func widen(float16 bits: UnsafeRawPointer, count: Int, into output: UnsafeMutablePointer<Float>) {
        widen(bits, count, output)
    }

    /// Emitted into the target that calls it, and so compiled for that target's processor.
    ///
    /// - Parameters:
    ///   - registers: how many vector registers there are, 16 or 32, which decides the
    ///     microkernel's height.
    @_alwaysEmitIntoClient @inline(__always)
    public init<V: FloatVector>(_ instructionSet: InstructionSet, vector: V.Type, registers: Int) {
        self.instructionSet = instructionSet
        lanes = V.lanes
        maximumRows = registers == 32 ? 14 : 6
        minimumRows = registers == 32 ? 7 : 3
        microkernels = registers == 32 ? tallMicrokernels(V.self) : shortMicrokernels(V.self)
        packPanel = { vectors, matrix, column, panel in
            switch (vectors, matrix.isHalf) {
            case (1, true): Kernels.packPanel(V.self, vectors: 1, isHalf: true, from: matrix, column: column, into: panel)
            case (1, false): Kernels.packPanel(V.self, vectors: 1, isHalf: false, from: matrix, column: column, into: panel)
            case (_, true): Kernels.packPanel(V.self, vectors: 2, isHalf: true, from: matrix, column: column, into: panel)
            case (_, false): Kernels.packPanel(V.self, vectors: 2, isHalf: false, from: matrix, column: column, into: panel)
            }
        }
        packStrassenPanel = { operand, vectors, matrix, column, partner, panel in
            switch (vectors, matrix.isHalf) {
            case (1, true):
                Kernels.packStrassenPanel(
                    V.self, operand, vectors: 1, isHalf: true, from: matrix, column: column, partner: partner, into: panel)
            case (1, false):
                Kernels.packStrassenPanel(
                    V.self, operand, vectors: 1, isHalf: false, from: matrix, column: column, partner: partner, into: panel)
            case (_, true):
                Kernels.packStrassenPanel(
                    V.self, operand, vectors: 2, isHalf: true, from: matrix, column: column, partner: partner, into: panel)
            case (_, false):
                Kernels.packStrassenPanel(
                    V.self, operand, vectors: 2, isHalf: false, from: matrix, column: column, partner: partner, into: panel)
            }
        }
        depthwise = { rectifies, input, weights, rows, firstChannel, blocks, packed, output in
            if rectifies {
                Kernels.depthwise(
                    V.self, rectifies: true, inPairs: registers == 32, input: input, weights: weights, rows: rows,
                    firstChannel: firstChannel, blocks: blocks, packed: packed, output: output)
            } else {
                Kernels.depthwise(
                    V.self, rectifies: false, inPairs: registers == 32, input: input, weights: weights, rows: rows,
                    firstChannel: firstChannel, blocks: blocks, packed: packed, output: output)
            }
        }
        packPatches = { input, geometry, rows, blocks, packed, output in
            Kernels.packPatches(
                V.self, input: input, geometry: geometry, rows: rows, blocks: blocks, packed: packed, output: output)
        }
        packNarrowPatches = { input, geometry, rows, packed, output in
            Kernels.packNarrowPatches(
                V.self, input: input, geometry: geometry, rows: rows, packed: packed, output: output)
        }
        strassenSums = { operands, operandSize, count in
            Kernels.strassenSums(V.self, operands: operands, operandSize: operandSize, count: count)
        }
        add = { a, b, count, sum in Kernels.add(V.self, a, b, count: count, into: sum) }
        finish = { epilogue, tile, addend, vectors, area in
            Kernels.finish(V.self, epilogue, tile: tile, addend: addend, vectors: vectors, area: area)
        }
        winogradInputTile = { input, y, x, output, blockStride, productStride, scratch in
            Kernels.winogradInputTile(
                V.self, input: input, y: y, x: x, output: output, blockStride: blockStride,
                productStride: productStride, columns: scratch)
        }
        winogradOutputTile = { products, productStride, epilogue, y, x, rows, columns, channel, scratch in
            Kernels.winogradOutputTile(
                V.self, products: products, productStride: productStride, epilogue: epilogue, y: y, x: x,
                rows: rows, columns: columns, channel: channel, lines: scratch)
        }
        widen = { bits, count, output in
            for i in stride(from: 0, to: count, by: V.lanes) {
                V.widening(float16: bits + 2 * i).store(output + i)
            }
        }
        multiplyAddLoop = { Kernels.multiplyAddLoop(V.self, iterations: $0) }
        averagePool = { input, output in Kernels.averagePool(V.self, input: input, output: output) }
        dense = { input, matrix, bias, column, output in
            if matrix.isHalf {
                Kernels.dense(
                    V.self, isHalf: true, input: input, matrix: matrix, bias: bias, column: column, output: output)
            } else {
                Kernels.dense(
                    V.self, isHalf: false, input: input, matrix: matrix, bias: bias, column: column, output: output)
            }
        }
    }
}
