import CSIMD

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A weight matrix as the model file holds it: `[rows x columns]`, row-major, binary16 or
/// binary32. It stays there: panels are widened from it when they are used, so that a
/// program that has just started computes at once. ``StoredPanels`` are for one that goes on.
public struct WeightMatrix: @unchecked Sendable {
    public let base: UnsafeRawPointer
    public let isHalf: Bool
    public let rows: Int
    public let columns: Int
    private let isMapped: Bool
    let storedPanels = StoredPanels()

    /// - Parameters:
    ///   - base: `rows * columns` values that outlive the matrix, and 64 bytes of readable slack
    ///     behind them: the last columns are read in whole vectors.
    ///   - isMapped: whether they are in a read-only mapping of a file.
    public init(base: UnsafeRawPointer, isHalf: Bool, rows: Int, columns: Int, isMapped: Bool = false) {
        precondition(rows > 0 && columns > 0)
        self.base = base
        self.isHalf = isHalf
        self.rows = rows
        self.columns = columns
        self.isMapped = isMapped
    }

    /// Gives memory back that the file can fill again.
    func release() {
        guard isMapped else { return }
        let page = sysconf(Int32(_SC_PAGESIZE))
        let first = (Int(bitPattern: base) + page - 1) / page * page
        let last = (Int(bitPattern: base) + rows * columns * (isHalf ? 2 : 4)) / page * page
        if last > first { madvise(UnsafeMutableRawPointer(bitPattern: first), last - first, MADV_DONTNEED) }
    }
}

extension WeightMatrix {
    /// Says that many images will come, so that panels are widened once and kept. (After some
    /// dozens they are in any case.)
    public func expectManyUses() { storedPanels.expectManyUses() }

    /// The vector at `[row, column...]`; lanes past the last column hold whatever comes next.
    @_alwaysEmitIntoClient @inline(__always)
    func vector<V: FloatVector>(_: V.Type, isHalf: Bool, row: Int, column: Int) -> V {
        let first = row * columns + column
        return isHalf
            ? V.widening(float16: base + first * 2)
            : (base + first * 4).loadUnaligned(as: V.self)
    }

    /// The same with zeros past the last column.
    @_alwaysEmitIntoClient @inline(__always)
    func paddedVector<V: FloatVector>(_: V.Type, isHalf: Bool, row: Int, column: Int) -> V {
        let count = columns - column
        if count >= V.lanes { return vector(V.self, isHalf: isHalf, row: row, column: column) }
        guard count > 0 else { return V.zero }
        var padded = vector(V.self, isHalf: isHalf, row: row, column: column)
        for lane in count..<V.lanes { padded[lane] = 0 }
        return padded
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

/// The right operand of one of the seven Strassen-Winograd products for columns `column ...`
/// and their partners, `[rows / 2][vectors * lanes]`. See ``StrassenOperand`` for the algorithm.
@_alwaysEmitIntoClient @inline(__always)
func packStrassenPanel<V: FloatVector>(
    _: V.Type, _ operand: StrassenOperand, vectors: Int, isHalf: Bool, from matrix: WeightMatrix, column: Int,
    partner: Int, into panel: UnsafeMutablePointer<Float>
) {
    let depth = matrix.rows / 2
    let half = partner - column
    func fill(_ value: (_ row: Int, _ column: Int) -> V) {
        var panel = panel
        for row in 0..<depth {
            for vector in 0..<vectors {
                value(row, column + vector * V.lanes).store(panel)
                panel += V.lanes
            }
        }
    }
    func b11(_ row: Int, _ column: Int) -> V { matrix.vector(V.self, isHalf: isHalf, row: row, column: column) }
    func b12(_ row: Int, _ column: Int) -> V { matrix.paddedVector(V.self, isHalf: isHalf, row: row, column: column + half) }
    func b21(_ row: Int, _ column: Int) -> V { b11(row + depth, column) }
    func b22(_ row: Int, _ column: Int) -> V { b12(row + depth, column) }
    func t1(_ row: Int, _ column: Int) -> V { b12(row, column) - b11(row, column) }
    func t2(_ row: Int, _ column: Int) -> V { b22(row, column) - t1(row, column) }
    switch operand {
    case .p1: fill { b11($0, $1) }
    case .p2: fill { b21($0, $1) }
    case .p3: fill { b22($0, $1) }
    case .p4: fill { b21($0, $1) - t2($0, $1) }
    case .p5: fill { t1($0, $1) }
    case .p6: fill { t2($0, $1) }
    case .p7: fill { b22($0, $1) - b12($0, $1) }
    }
}

extension KernelSet {
    /// Widens a right panel, or one of its operands of Strassen-Winograd.
    func packPanel(
        _ panel: ProductPlan.Panel, _ operand: StrassenOperand? = nil, of weights: WeightMatrix,
        into memory: UnsafeMutablePointer<Float>
    ) {
        if let operand {
            packStrassenPanel(operand, panel.vectors, weights, panel.first, panel.partners.lowerBound, memory)
        } else {
            packPanel(panel.vectors, weights, panel.first, memory)
        }
    }
}
