/// The kernels of a processor: those of its instruction set, and of the formats that it multiplies fast.
public struct ProcessorKernels: Sendable {
    public let operators: any OperatorKernels.Type
    /// The bf16 products; nil if the processor has no instruction for them.
    public let bf16: (any GemmKernels.Type)?
    public let int8: (any GemmKernels.Type)?
    public let rows: any RowKernels.Type

    public var instructionSet: InstructionSet { operators.instructionSet }

    public init(
        _ operators: any OperatorKernels.Type, bf16: (any GemmKernels.Type)? = nil, int8: (any GemmKernels.Type)? = nil,
        rows: any RowKernels.Type = PortableRowKernels.self
    ) {
        self.operators = operators
        self.bf16 = bf16
        self.int8 = int8
        self.rows = rows
    }

    /// Returns the products in a precision; nil if the processor has none.
    public func products(_ precision: Precision) -> (any GemmKernels.Type)? {
        switch precision {
        case .fp32: operators
        case .bf16: bf16
        case .int8: int8
        }
    }
}
