import Platform

/// A weight matrix as the model file stores it: `[rows x columns]`, row-major.
///
/// It is read in place, so that a new process computes at once.
public struct WeightMatrix: @unchecked Sendable {
    public let base: UnsafeRawPointer
    public let elementType: ElementType
    public let rows: Int
    public let columns: Int
    private let isMapped: Bool

    /// - Parameters:
    ///   - base: `rows * columns` values that outlive the matrix, followed by 64 readable bytes: the
    ///     last columns are read in whole vectors.
    ///   - isMapped: true if they are in a read-only mapping of a file.
    public init(base: UnsafeRawPointer, elementType: ElementType, rows: Int, columns: Int, isMapped: Bool = false) {
        check(rows > 0 && columns > 0, "a matrix of \(rows) x \(columns) values has none")
        self.base = base
        self.elementType = elementType
        self.rows = rows
        self.columns = columns
        self.isMapped = isMapped
    }

    /// Drops the mapping's resident pages; they are reloaded from the file on demand.
    func release() {
        guard isMapped else { return }
        let page = sysconf(Int32(_SC_PAGESIZE))
        let first = (Int(bitPattern: base) + page - 1) / page * page
        let last = (Int(bitPattern: base) + rows * columns * elementType.size) / page * page
        if last > first { madvise(UnsafeMutableRawPointer(bitPattern: first), last - first, MADV_DONTNEED) }
    }
}

extension WeightMatrix {
    /// Returns the vector at `[row, column...]`; lanes past the last column are undefined.
    @_alwaysEmitIntoClient @inline(__always)
    func vector<V: FloatVector, Reader: ElementReader>(_: V.Type, _: Reader.Type, row: Int, column: Int) -> V {
        Reader.load(V.self, base + (row * columns + column) * Reader.size)
    }

    /// Returns the same vector with zeros past the last column.
    @_alwaysEmitIntoClient @inline(__always)
    func paddedVector<V: FloatVector, Reader: ElementReader>(_: V.Type, _: Reader.Type, row: Int, column: Int) -> V {
        let count = columns - column
        if count >= V.lanes { return vector(V.self, Reader.self, row: row, column: column) }
        guard count > 0 else { return V.zero }
        var padded = vector(V.self, Reader.self, row: row, column: column)
        for lane in count..<V.lanes { padded[lane] = 0 }
        return padded
    }
}
