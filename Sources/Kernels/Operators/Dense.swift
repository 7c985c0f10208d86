/// A vector of columns of a dense layer, `output[columns] = input[rows] * matrix[rows x columns] + bias`.
public struct DenseColumns {
    @usableFromInline let input: UnsafePointer<Float>
    @usableFromInline let matrix: WeightMatrix
    /// `[columns]`, padded by a vector.
    @usableFromInline let bias: UnsafePointer<Float>
    /// The first column.
    @usableFromInline let column: Int
    /// `[columns]`.
    @usableFromInline let output: UnsafeMutablePointer<Float>
}

@_alwaysEmitIntoClient @inline(__always)
func dense<V: FloatVector, Reader: ElementReader>(_: V.Type, _: Reader.Type, _ columns: DenseColumns) {
    let (input, matrix, column) = (columns.input, columns.matrix, columns.column)
    @inline(__always) func adding(_ sum: V, row: Int) -> V {
        sum.adding(V(repeating: input[row]), times: matrix.vector(V.self, Reader.self, row: row, column: column))
    }
    // Four sums hide the latency of the multiply-add.
    var sums = (V.zero, V.zero, V.zero, V.zero)
    var row = 0
    while row + 4 <= matrix.rows {
        sums.0 = adding(sums.0, row: row)
        sums.1 = adding(sums.1, row: row + 1)
        sums.2 = adding(sums.2, row: row + 2)
        sums.3 = adding(sums.3, row: row + 3)
        row += 4
    }
    while row < matrix.rows {
        sums.0 = adding(sums.0, row: row)
        row += 1
    }
    let total = (sums.0 + sums.1) + (sums.2 + sums.3)
    for lane in 0..<min(V.lanes, matrix.columns - column) {
        columns.output[column + lane] = total[lane] + columns.bias[column + lane]
    }
}
