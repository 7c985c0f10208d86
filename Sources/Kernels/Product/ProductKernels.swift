import CSIMD

/// The shapes of an instruction set's microkernels.
package struct MicrokernelShape: Equatable {
    /// Words in a register.
    package let lanes: Int
    /// Rows of the tallest.
    package let maximumRows: Int
    /// Rows of the shortest; tiles with fewer rows are computed with as many.
    package let minimumRows: Int
}

/// The parts of a matrix product in one format, compiled for one instruction set.
///
/// A target for an instruction set conforms a type of its own, with which all of this is emitted into
/// that target and so compiled for its processor.
public protocol ProductKernels: Sendable {
    associatedtype Format: OperandFormat

    /// What the processor multiplies with, for people.
    static var instructions: String { get }

    /// How many vector registers there are, 16 or 32, which decides the microkernels' height.
    static var registers: Int { get }

    static var precision: Precision { get }
    static var lanes: Int { get }
    static var valuesPerWord: Int { get }
    /// Whether scaled weights use all of their 8 bits.
    static var hasFullRange: Bool { get }
    /// `[rows - minimumRows][vectors - 1]`.
    static var microkernels: [[Microkernel]] { get }

    /// Packs columns `column ..< column + vectors * lanes` into a panel of the right operand,
    /// `[words][vectors * lanes]`.
    ///
    /// - Parameters:
    ///   - scales: each column's scale, in formats that have scales; 0 past the last column.
    ///   - initial: what sums of each column begin with, in the same formats.
    static func packPanel(
        _ matrix: WeightMatrix, column: Int, vectors: Int, into panel: UnsafeMutableRawPointer,
        scales: UnsafeMutablePointer<Float>?, initial: UnsafeMutablePointer<Int32>?)

    /// Packs pixels as rows of the left operand, in the format's numbers.
    ///
    /// - Parameters:
    ///   - values: the pixels' channels, a vector at a time, of type `elementType`.
    ///   - pixelStride: bytes from one pixel to the next; `vectorStride`: from one vector of a pixel's
    ///     channels to the next.
    ///   - rows: where each of `count` pixels goes.
    ///   - scales: each pixel's scale, in formats that have scales.
    static func packRows(
        _ values: UnsafeRawPointer, _ elementType: ElementType, pixelStride: Int, vectorStride: Int, layout: WordLayout,
        count: Int, rows: UnsafePointer<PackedRow>, into output: UnsafeMutableRawPointer,
        scales: UnsafeMutablePointer<Float>)

    /// Completes a tile's sums and writes them to the output.
    ///
    /// - Parameters:
    ///   - tile: `[pixels x vectors * lanes]` words; what is past the area's channels goes to padding
    ///     at most.
    ///   - addend: a second tile to add, or nil.
    ///   - scales: the tile's, in formats that have scales.
    static func applyEpilogue(
        _ epilogue: Epilogue, tile: UnsafeRawPointer, addend: UnsafePointer<Float>?, scales: TileScales?, vectors: Int,
        area: OutputArea)

    /// Multiply-adds in registers alone, 12 accumulators a step: what no product can outrun.
    static func multiplyAddLoop(steps: Int) -> Float
}

extension ProductKernels {
    @_alwaysEmitIntoClient
    public static var precision: Precision { Format.precision }

    @_alwaysEmitIntoClient
    public static var lanes: Int { Format.lanes }

    @_alwaysEmitIntoClient
    public static var valuesPerWord: Int { Format.valuesPerWord }

    @_alwaysEmitIntoClient
    public static var hasFullRange: Bool { Format.columnLimit == 127 }

    @_alwaysEmitIntoClient
    public static var microkernels: [[Microkernel]] {
        registers == 32 ? tallMicrokernels(Format.self) : shortMicrokernels(Format.self)
    }

    package static var shape: MicrokernelShape {
        MicrokernelShape(lanes: lanes, maximumRows: registers == 32 ? 14 : 6, minimumRows: registers == 32 ? 7 : 3)
    }

    @_alwaysEmitIntoClient
    public static func packPanel(
        _ matrix: WeightMatrix, column: Int, vectors: Int, into panel: UnsafeMutableRawPointer,
        scales: UnsafeMutablePointer<Float>?, initial: UnsafeMutablePointer<Int32>?
    ) {
        for vector in 0..<vectors {
            let isHalf = matrix.elementType == .float16
            let lanes = Format.lanes * vector
            if isHalf {
                packColumns(
                    Format.self, isHalf: true, matrix, column: column + lanes, into: panel + lanes * 4,
                    rowStride: vectors * Format.lanes * 4, scales: scales.map { $0 + lanes }, initial: initial.map { $0 + lanes })
            } else {
                packColumns(
                    Format.self, isHalf: false, matrix, column: column + lanes, into: panel + lanes * 4,
                    rowStride: vectors * Format.lanes * 4, scales: scales.map { $0 + lanes }, initial: initial.map { $0 + lanes })
            }
        }
    }

    @_alwaysEmitIntoClient
    public static func packRows(
        _ values: UnsafeRawPointer, _ elementType: ElementType, pixelStride: Int, vectorStride: Int, layout: WordLayout,
        count: Int, rows: UnsafePointer<PackedRow>, into output: UnsafeMutableRawPointer,
        scales: UnsafeMutablePointer<Float>
    ) {
        switch elementType {
        case .float16:
            Kernels.packRows(
                Format.self, Float16Element.self, values, pixelStride: pixelStride, vectorStride: vectorStride, layout: layout,
                count: count, rows: rows, into: output, scales: scales)
        case .float32:
            Kernels.packRows(
                Format.self, Float32Element.self, values, pixelStride: pixelStride, vectorStride: vectorStride, layout: layout,
                count: count, rows: rows, into: output, scales: scales)
        }
    }

    @_alwaysEmitIntoClient
    public static func applyEpilogue(
        _ epilogue: Epilogue, tile: UnsafeRawPointer, addend: UnsafePointer<Float>?, scales: TileScales?, vectors: Int,
        area: OutputArea
    ) {
        switch epilogue.output.elementType {
        case .float16:
            Kernels.applyEpilogue(
                Format.self, Float16Element.self, epilogue, tile: tile, addend: addend, scales: scales, vectors: vectors,
                area: area)
        case .float32:
            Kernels.applyEpilogue(
                Format.self, Float32Element.self, epilogue, tile: tile, addend: addend, scales: scales, vectors: vectors,
                area: area)
        }
    }

    @_alwaysEmitIntoClient
    public static func multiplyAddLoop(steps: Int) -> Float { Kernels.multiplyAddLoop(Format.self, steps: steps) }
}
