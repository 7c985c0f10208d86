/// One level of Strassen's algorithm in Winograd's form (S. Winograd, 1971): a product of
/// 2 x 2 blocks by seven block products instead of eight.
///
///     S1 = A21 + A22    T1 = B12 - B11    P1 = A11 B11    P5 = S1 T1
///     S2 = S1 - A11     T2 = B22 - T1     P2 = A12 B21    P6 = S2 T2
///     S3 = A11 - A21    T3 = B22 - B12    P3 = S4 B22     P7 = S3 T3
///     S4 = A12 - S2     T4 = B21 - T2     P4 = A22 T4
///
///     C11 = P1 + P2                 C12 = P1 + P6 + P5 + P3
///     C21 = P1 + P6 + P7 + P4       C22 = P1 + P6 + P7 + P5
///
/// (T4 has the sign that turns Winograd's subtraction of P4 into a sum.) The A sums are
/// made where the packed rows are still in cache, the B sums while the weights are packed,
/// and the C sums in the accumulators: a product continues the sums of the one before it.
///
/// The order in which the products run, and so the order of left operands in memory.
public enum StrassenOperand: Int, CaseIterable, Sendable {
    /// Left A11, A12, S2, S3, A22, S1, S4; right B11, B21, T2, T3, T4, T1, B22.
    case p1, p2, p6, p7, p4, p5, p3

    /// The quarter of the output whose sums are complete after the product; nil if none are.
    var completes: (isLower: Bool, isRight: Bool)? {
        switch self {
        case .p2: (isLower: false, isRight: false)
        case .p3: (isLower: false, isRight: true)
        case .p4: (isLower: true, isRight: false)
        case .p5: (isLower: true, isRight: true)
        case .p1, .p6, .p7: nil
        }
    }
}

/// Makes the left operands S1 to S4 of `count` floats from A11, A12, A21 and A22, which are stored in their places
/// among the seven; A21 is in the place of S3, which overwrites it.
@_alwaysEmitIntoClient @inline(__always)
func strassenSums<V: FloatVector>(
    _: V.Type, operands: UnsafeMutablePointer<Float>, operandSize: Int, count: Int
) {
    let a11 = operands
    let a12 = operands + operandSize
    let s2 = operands + 2 * operandSize
    let s3 = operands + 3 * operandSize
    let a22 = operands + 4 * operandSize
    let s1 = operands + 5 * operandSize
    let s4 = operands + 6 * operandSize
    for i in stride(from: 0, to: count, by: V.lanes) {
        let upper = V.load(a11 + i)
        let lower = V.load(s3 + i)
        let first = lower + V.load(a22 + i)
        let second = first - upper
        first.store(s1 + i)
        second.store(s2 + i)
        (upper - lower).store(s3 + i)
        (V.load(a12 + i) - second).store(s4 + i)
    }
}

/// The right operand of one of the seven products for columns `column ...` and their counterparts in the
/// right half, from `partner` on: `[rows / 2][vectors * lanes]`.
public struct StrassenPanel {
    @usableFromInline let operand: StrassenOperand
    @usableFromInline let matrix: WeightMatrix
    @usableFromInline let column: Int
    @usableFromInline let partner: Int
    /// Registers of columns.
    @usableFromInline let vectors: Int
    @usableFromInline let output: UnsafeMutablePointer<Float>
}

@_alwaysEmitIntoClient @inline(__always)
func packStrassenPanel<V: FloatVector, Reader: ElementReader>(_: V.Type, _: Reader.Type, _ panel: StrassenPanel) {
    let matrix = panel.matrix
    let depth = matrix.rows / 2
    let half = panel.partner - panel.column
    func fill(_ value: (_ row: Int, _ column: Int) -> V) {
        var output = panel.output
        for row in 0..<depth {
            for vector in 0..<panel.vectors {
                value(row, panel.column + vector * V.lanes).store(output)
                output += V.lanes
            }
        }
    }
    func b11(_ row: Int, _ column: Int) -> V { matrix.vector(V.self, Reader.self, row: row, column: column) }
    func b12(_ row: Int, _ column: Int) -> V {
        matrix.paddedVector(V.self, Reader.self, row: row, column: column + half)
    }
    func b21(_ row: Int, _ column: Int) -> V { b11(row + depth, column) }
    func b22(_ row: Int, _ column: Int) -> V { b12(row + depth, column) }
    func t1(_ row: Int, _ column: Int) -> V { b12(row, column) - b11(row, column) }
    func t2(_ row: Int, _ column: Int) -> V { b22(row, column) - t1(row, column) }
    switch panel.operand {
    case .p1: fill { b11($0, $1) }
    case .p2: fill { b21($0, $1) }
    case .p3: fill { b22($0, $1) }
    case .p4: fill { b21($0, $1) - t2($0, $1) }
    case .p5: fill { t1($0, $1) }
    case .p6: fill { t2($0, $1) }
    case .p7: fill { b22($0, $1) - b12($0, $1) }
    }
}

/// `sum = a + b`, `count` floats, a whole number of vectors.
@_alwaysEmitIntoClient @inline(__always)
func add<V: FloatVector>(
    _: V.Type, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int,
    into sum: UnsafeMutablePointer<Float>
) {
    for i in stride(from: 0, to: count, by: V.lanes) {
        (V.load(a + i) + V.load(b + i)).store(sum + i)
    }
}
