/// `output[columns] = input[rows] * matrix[rows x columns] + bias`, columns
/// `first ..< first + lanes` of it.
@_alwaysEmitIntoClient @inline(__always)
func dense<V: FloatVector>(
    _: V.Type, isHalf: Bool, input: UnsafePointer<Float>, matrix: WeightMatrix, bias: UnsafePointer<Float>,
    column: Int, output: UnsafeMutablePointer<Float>
) {
    // Four sums hide the latency of the multiply-add.
    var sums = (V.zero, V.zero, V.zero, V.zero)
    var row = 0
    while row + 4 <= matrix.rows {
        sums.0 = sums.0.adding(V(repeating: input[row]), times: matrix.vector(V.self, isHalf: isHalf, row: row, column: column))
        sums.1 = sums.1.adding(V(repeating: input[row + 1]), times: matrix.vector(V.self, isHalf: isHalf, row: row + 1, column: column))
        sums.2 = sums.2.adding(V(repeating: input[row + 2]), times: matrix.vector(V.self, isHalf: isHalf, row: row + 2, column: column))
        sums.3 = sums.3.adding(V(repeating: input[row + 3]), times: matrix.vector(V.self, isHalf: isHalf, row: row + 3, column: column))
        row += 4
    }
    while row < matrix.rows {
        sums.0 = sums.0.adding(V(repeating: input[row]), times: matrix.vector(V.self, isHalf: isHalf, row: row, column: column))
        row += 1
    }
    let total = (sums.0 + sums.1) + (sums.2 + sums.3)
    for lane in 0..<min(V.lanes, matrix.columns - column) {
        output[column + lane] = total[lane] + bias[column + lane]
    }
}
