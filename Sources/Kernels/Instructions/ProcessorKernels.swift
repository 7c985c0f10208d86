/// The kernels of a processor: those of its instruction set, and of the formats that it multiplies fast.
public struct ProcessorKernels: Sendable {
    public let operators: any KernelSet.Type
    /// Nil where the processor has no instruction for it.
    public let bf16: (any ProductKernels.Type)?
    public let int8: (any ProductKernels.Type)?

    public var instructionSet: InstructionSet { operators.instructionSet }

    public init(_ operators: any KernelSet.Type, bf16: (any ProductKernels.Type)? = nil, int8: (any ProductKernels.Type)? = nil) {
        self.operators = operators
        self.bf16 = bf16
        self.int8 = int8
    }

    /// Nil where there are none for that format.
    public func products(_ precision: Precision) -> (any ProductKernels.Type)? {
        switch precision {
        case .fp32: operators
        case .bf16: bf16
        case .int8: int8
        }
    }
}
