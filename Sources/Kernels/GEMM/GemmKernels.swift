/// The parts of a matrix product in one format, compiled for one instruction set.
///
/// A target for an instruction set conforms a type of its own, with which all of this is emitted into
/// that target and so compiled for its processor. The defaults broadcast words of the left operand; kernels of
/// another kind replace `shape`, `microkernels` and `multiplyAddLoop`, and keep the layouts.
public protocol GemmKernels: Sendable {
    associatedtype Format: OperandFormat

    /// The name of the instructions, for people.
    static var instructions: String { get }
    /// True if they are faster than 32-bit floats on a processor that has them.
    static var isAccelerated: Bool { get }

    /// The number of vector registers, 16 or 32, which decides the microkernels' height.
    static var registers: Int { get }

    static var precision: Precision { get }
    static var lanes: Int { get }
    static var valuesPerWord: Int { get }
    /// True if scaled weights use all of their 8 bits.
    static var hasFullRange: Bool { get }
    static var shape: MicrokernelShape { get }
    /// `[rows - shape.minimumRows][vectors - 1]`.
    static var microkernels: [[Microkernel]] { get }

    /// Packs weights into a panel.
    static func packPanel(_ packing: PanelPacking)
    /// Packs pixels as rows of the left operand.
    static func packRows(_ packing: RowPacking)
    /// Completes a tile's sums and writes them to the output.
    static func applyEpilogue(_ epilogue: Epilogue, _ tile: IncompleteTile)

    /// Multiply-adds in registers alone, 12 accumulators per step: an upper bound for every product.
    static func multiplyAddLoop(steps: Int) -> Float
}

extension GemmKernels {
    @_alwaysEmitIntoClient
    public static var isAccelerated: Bool { true }

    @_alwaysEmitIntoClient
    public static var precision: Precision { Format.precision }

    @_alwaysEmitIntoClient
    public static var lanes: Int { Format.lanes }

    @_alwaysEmitIntoClient
    public static var valuesPerWord: Int { Format.valuesPerWord }

    @_alwaysEmitIntoClient
    public static var hasFullRange: Bool { Format.columnLimit == 127 }

    public static var shape: MicrokernelShape { MicrokernelShape(lanes: lanes, registers: registers) }

    @_alwaysEmitIntoClient
    public static var microkernels: [[Microkernel]] { Kernels.microkernels(Format.self, registers: registers) }

    @_alwaysEmitIntoClient
    public static func packPanel(_ packing: PanelPacking) {
        switch packing.matrix.elementType {
        case .float16: Kernels.packPanel(Format.self, Float16Element.self, packing)
        case .float32: Kernels.packPanel(Format.self, Float32Element.self, packing)
        }
    }

    @_alwaysEmitIntoClient
    public static func packRows(_ packing: RowPacking) {
        switch packing.elementType {
        case .float16: Kernels.packRows(Format.self, Float16Element.self, packing)
        case .float32: Kernels.packRows(Format.self, Float32Element.self, packing)
        }
    }

    @_alwaysEmitIntoClient
    public static func applyEpilogue(_ epilogue: Epilogue, _ tile: IncompleteTile) {
        switch epilogue.output.elementType {
        case .float16: Kernels.applyEpilogue(Format.self, Float16Element.self, epilogue, tile)
        case .float32: Kernels.applyEpilogue(Format.self, Float32Element.self, epilogue, tile)
        }
    }

    @_alwaysEmitIntoClient
    public static func multiplyAddLoop(steps: Int) -> Float { Kernels.multiplyAddLoop(Format.self, steps: steps) }
}
