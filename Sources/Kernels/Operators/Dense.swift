import CSIMD

/// Columns of a dense layer, `output[columns] = input[rows] * matrix[rows x columns] + bias`.
public struct DenseColumns {
    @usableFromInline let input: UnsafePointer<Float>
    @usableFromInline let matrix: WeightMatrix
    /// `[matrix columns]`, padded by a vector.
    @usableFromInline let bias: UnsafePointer<Float>
    /// The columns to compute.
    @usableFromInline let columns: Range<Int>
    /// `[matrix columns]`, with room for a vector more.
    @usableFromInline let output: UnsafeMutablePointer<Float>
}

/// Computes eight rows of the matrix at a time, each read from beginning to end: a single vector of columns would use a
/// part of each cache line, out of a hardware prefetcher's reach. A thread's share of a row is short for it, too: the next
/// eight rows are fetched meanwhile.
@_alwaysEmitIntoClient @inline(__always)
func dense<V: FloatVector, Reader: ElementReader>(_: V.Type, _: Reader.Type, _ part: DenseColumns) {
    let (input, matrix, output) = (part.input, part.matrix, part.output)
    let columns = stride(from: part.columns.lowerBound, to: part.columns.upperBound, by: V.lanes)
    for column in columns { V.load(part.bias + column).store(output + column) }
    var row = 0
    while row + 8 <= matrix.rows {
        @inline(__always) func value(_ index: Int) -> V { V(repeating: input[row + index]) }
        let (a0, a1, a2, a3, a4, a5, a6, a7) =
            (value(0), value(1), value(2), value(3), value(4), value(5), value(6), value(7))
        var line = 0
        for column in columns {
            for _ in 0..<max(1, 8 * V.lanes * Reader.size / CacheLine.bytes) {
                csimd_prefetch(matrix.base + ((row + 8 + line % 8) * matrix.columns + column) * Reader.size)
                line += 1
            }
            @inline(__always) func weights(_ index: Int) -> V {
                matrix.vector(V.self, Reader.self, row: row + index, column: column)
            }
            let sum = (a0 * weights(0)).adding(a1, times: weights(1)).adding(a2, times: weights(2))
                .adding(a3, times: weights(3)).adding(a4, times: weights(4)).adding(a5, times: weights(5))
                .adding(a6, times: weights(6)).adding(a7, times: weights(7))
            (V.load(output + column) + sum).store(output + column)
        }
        row += 8
    }
    while row < matrix.rows {
        let value = V(repeating: input[row])
        for column in columns {
            let weights = matrix.vector(V.self, Reader.self, row: row, column: column)
            V.load(output + column).adding(value, times: weights).store(output + column)
        }
        row += 1
    }
}
