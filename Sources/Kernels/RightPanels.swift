import CSIMD

/// A weight matrix as the model file holds it: `[rows x columns]`, row-major, binary16 or
/// binary32. It stays there: panels are widened from it when they are used, so that a
/// program that has just started computes at once, and 2 bytes a weight cross the memory bus.
public struct WeightMatrix: @unchecked Sendable {
    public let base: UnsafeRawPointer
    public let isHalf: Bool
    public let rows: Int
    public let columns: Int

    /// - Parameter base: `rows * columns` values that outlive the matrix, and 64 bytes of
    ///   readable slack behind them: the last columns are read in whole vectors.
    public init(base: UnsafeRawPointer, isHalf: Bool, rows: Int, columns: Int) {
        precondition(rows > 0 && columns > 0)
        self.base = base
        self.isHalf = isHalf
        self.rows = rows
        self.columns = columns
    }
}

extension WeightMatrix {
    /// The vector at `[row, column...]`; lanes past the last column hold whatever comes next.
    @_alwaysEmitIntoClient @inline(__always)
    func vector<V: FloatVector>(_: V.Type, isHalf: Bool, row: Int, column: Int) -> V {
        let first = row * columns + column
        return isHalf
            ? V.widening(float16: base + first * 2)
            : (base + first * 4).loadUnaligned(as: V.self)
    }
}

/// Widens columns `column ..< column + vectors * lanes` into a right panel,
/// `[rows][vectors * lanes]`.
@_alwaysEmitIntoClient @inline(__always)
func packPanel<V: FloatVector>(
    _: V.Type, vectors: Int, isHalf: Bool, from matrix: WeightMatrix, column: Int,
    into panel: UnsafeMutablePointer<Float>
) {
    var panel = panel
    for row in 0..<matrix.rows {
        for vector in 0..<vectors {
            matrix.vector(V.self, isHalf: isHalf, row: row, column: column + vector * V.lanes).store(panel)
            panel += V.lanes
        }
    }
}

/// Right operands of the seven Strassen-Winograd products for columns `column ...` of each
/// half, one panel after the other, `[7][rows / 2][vectors * lanes]`, in the order of
/// ``StrassenOperand``. See there for the algorithm.
@_alwaysEmitIntoClient @inline(__always)
func packStrassenPanels<V: FloatVector>(
    _: V.Type, vectors: Int, isHalf: Bool, from matrix: WeightMatrix, column: Int,
    into panels: UnsafeMutablePointer<Float>
) {
    let depth = matrix.rows / 2
    let half = matrix.columns / 2
    let size = depth * vectors * V.lanes
    var panel = panels
    for row in 0..<depth {
        for vector in 0..<vectors {
            let column = column + vector * V.lanes
            let b11 = matrix.vector(V.self, isHalf: isHalf, row: row, column: column)
            let b12 = matrix.vector(V.self, isHalf: isHalf, row: row, column: column + half)
            let b21 = matrix.vector(V.self, isHalf: isHalf, row: row + depth, column: column)
            let b22 = matrix.vector(V.self, isHalf: isHalf, row: row + depth, column: column + half)
            let t1 = b12 - b11
            let t2 = b22 - t1
            b11.store(panel)
            b21.store(panel + size)
            t2.store(panel + 2 * size)
            (b22 - b12).store(panel + 3 * size)
            (b21 - t2).store(panel + 4 * size)
            t1.store(panel + 5 * size)
            b22.store(panel + 6 * size)
            panel += V.lanes
        }
    }
}
