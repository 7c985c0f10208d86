/// The shapes of an instruction set's microkernels.
public struct MicrokernelShape: Equatable, Sendable {
    /// Words per register.
    public let lanes: Int
    /// Rows of the tallest microkernel.
    public let maximumRows: Int
    /// Rows of the shortest microkernel; a tile with fewer rows is padded to them.
    public let minimumRows: Int

    public init(lanes: Int, maximumRows: Int, minimumRows: Int) {
        self.lanes = lanes
        self.maximumRows = maximumRows
        self.minimumRows = minimumRows
    }
}

/// A product of one shape, as ``multiply(_:rows:vectors:depth:left:right:sums:prefetch:)`` defines it.
///
/// A structure, because a closure taken out of an array is wrapped at each access, which costs an allocation.
public struct Microkernel: Sendable {
    public typealias Body = @Sendable (
        _ depth: Int, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ sums: TileSums,
        _ prefetch: TilePrefetch) -> Void
    private let body: Body

    public init(_ body: @escaping Body) { self.body = body }

    package func multiply(
        depth: Int, left: UnsafeRawPointer, right: UnsafeRawPointer, sums: TileSums, prefetch: TilePrefetch
    ) {
        body(depth, left, right, sums, prefetch)
    }
}

extension MicrokernelShape {
    /// Chooses the heights that fit the registers: `maximumRows` x 2 accumulators, two vectors of the right operand and
    /// one of the left take 31 of 32, or 15 of 16. The shortest is half as tall, so that no tile wastes more than half.
    init(lanes: Int, registers: Int) {
        self = registers == 32
            ? MicrokernelShape(lanes: lanes, maximumRows: 14, minimumRows: 7)
            : MicrokernelShape(lanes: lanes, maximumRows: 6, minimumRows: 3)
    }
}

/// The microkernels of `registers` vector registers, `[rows - minimumRows][vectors - 1]`.
@_alwaysEmitIntoClient @inline(__always)
func microkernels<F: OperandFormat>(_: F.Type, registers: Int) -> [[Microkernel]] {
    // A closure per shape, because the optimizer does not inline more than a few such bodies into one function.
    // It specializes each for its literal.
    @inline(__always) func pair(rows: Int) -> [Microkernel] {
        [
            Microkernel {
                multiply(F.self, rows: rows, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, prefetch: $4)
            },
            Microkernel {
                multiply(F.self, rows: rows, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, prefetch: $4)
            },
        ]
    }
    return registers == 32
        ? [
            pair(rows: 7), pair(rows: 8), pair(rows: 9), pair(rows: 10), pair(rows: 11), pair(rows: 12), pair(rows: 13),
            pair(rows: 14),
        ]
        : [pair(rows: 3), pair(rows: 4), pair(rows: 5), pair(rows: 6)]
}
