import Platform

/// Coordinates of n vectors in the space that they span: with fewer photos than features, the same regression in n
/// instead of 2048 dimensions.
///
/// With the Cholesky factor of the Gram matrix, X X^T = L L^T, the rows of L have the scalar products of the rows of X,
/// so weights V for L and W = X^T L^-T V for X have the same logits and the same length.
struct RowSpace: Sendable {
    /// L, `[n x n]`.
    let coordinates: DenseRows
    private let vectors: DenseRows
    /// The lower triangle, row by row.
    private let factor: [[Double]]

    /// The least square of a vector's remainder orthogonal to the vectors before it; below it the vector is a
    /// combination of them, as a copy of a photo is.
    private static let smallestPivot = 1e-7

    /// Computes the coordinates.
    ///
    /// - Complexity: O(n^2 columns + n^3).
    init(_ vectors: DenseRows, threads: Int) {
        let count = vectors.rows
        var factor = concurrentMap(count, threads: threads) { row in (0...row).map { vectors.product(row, $0) } }
        for row in 0..<count {
            for column in 0...row {
                var rest = factor[row][column]
                let (a, b) = (factor[row], factor[column])
                for index in 0..<column { rest -= a[index] * b[index] }
                if row == column {
                    factor[row][row] = rest > Self.smallestPivot ? rest.squareRoot() : 0
                } else {
                    factor[row][column] = factor[column][column] > 0 ? rest / factor[column][column] : 0
                }
            }
        }
        self.vectors = vectors
        self.factor = factor
        let rows = factor
        coordinates = DenseRows(rows: count, columns: count) { row in
            rows[row].map { Float($0) } + [Float](repeating: 0, count: count - row - 1)
        }
    }

    /// Returns the weights for the vectors, `[columns]`, that correspond to `weights` for the coordinates.
    func weights(_ weights: [Float]) -> [Float] {
        var solution = weights.prefix(vectors.rows).map { Double($0) }
        for row in solution.indices.reversed() {
            let pivot = factor[row][row]
            solution[row] = pivot > 0 ? solution[row] / pivot : 0
            for column in 0..<row { solution[column] -= factor[row][column] * solution[row] }
        }
        var sums = [SIMD8<Double>](repeating: .zero, count: vectors.blocksPerRow)
        for row in solution.indices {
            let first = row * vectors.blocksPerRow
            for block in sums.indices { sums[block] += solution[row] * SIMD8<Double>(vectors.blocks[first + block]) }
        }
        return (0..<vectors.columns).map { Float(sums[$0 / 8][$0 % 8]) }
    }
}
