/// Products of rows of bytes, which compare the features of many photos. They are exact in 32 bits for rows of up to
/// 65,000 bytes.
///
/// A target for an instruction set conforms a type of its own, so that all of this is compiled for its processor.
public protocol RowKernels: Sendable {
    associatedtype Product: RowProduct

    /// The product of one row and another.
    ///
    /// - Parameters:
    ///   - row: `[length]`.
    ///   - other: `[length]`, with the sum of its bytes.
    ///   - length: a multiple of ``rowAlignment``.
    static func dot(
        _ row: UnsafePointer<UInt8>, _ other: UnsafePointer<Int8>, otherSum: Int32, length: Int
    ) -> Int32

    /// The products of each of `rows` with each of `others`.
    ///
    /// - Parameters:
    ///   - rows: `[rowCount x length]`.
    ///   - others: `[otherCount x length]`, with the sum of each.
    ///   - length: a multiple of ``rowAlignment``.
    ///   - output: `[rowCount x otherCount]`.
    static func dots(
        rows: UnsafePointer<UInt8>, rowCount: Int, others: UnsafePointer<Int8>, otherSums: UnsafePointer<Int32>,
        otherCount: Int, length: Int, into output: UnsafeMutablePointer<Int32>)

    /// The number of bits that differ between each of `count` hashes and the nearer one of two.
    static func hashDistances(
        _ hashes: UnsafePointer<UInt64>, count: Int, from hash: UInt64, or alternative: UInt64,
        into output: UnsafeMutablePointer<UInt8>)
}

extension RowKernels {
    @_alwaysEmitIntoClient
    public static func dot(
        _ row: UnsafePointer<UInt8>, _ other: UnsafePointer<Int8>, otherSum: Int32, length: Int
    ) -> Int32 {
        Kernels.rowDot(Product.self, row, other, otherSum: otherSum, length: length)
    }

    @_alwaysEmitIntoClient
    public static func dots(
        rows: UnsafePointer<UInt8>, rowCount: Int, others: UnsafePointer<Int8>, otherSums: UnsafePointer<Int32>,
        otherCount: Int, length: Int, into output: UnsafeMutablePointer<Int32>
    ) {
        Kernels.rowDots(
            Product.self, rows: rows, rowCount: rowCount, others: others, otherSums: otherSums, otherCount: otherCount,
            length: length, into: output)
    }

    @_alwaysEmitIntoClient
    public static func hashDistances(
        _ hashes: UnsafePointer<UInt64>, count: Int, from hash: UInt64, or alternative: UInt64,
        into output: UnsafeMutablePointer<UInt8>
    ) {
        for index in 0..<count {
            let distance = min((hashes[index] ^ hash).nonzeroBitCount, (hashes[index] ^ alternative).nonzeroBitCount)
            output[index] = UInt8(truncatingIfNeeded: distance)
        }
    }
}

@_alwaysEmitIntoClient @inline(__always)
func rowDot<P: RowProduct>(
    _: P.Type, _ row: UnsafePointer<UInt8>, _ other: UnsafePointer<Int8>, otherSum: Int32, length: Int
) -> Int32 {
    let (row, other, step) = (UnsafeRawPointer(row), UnsafeRawPointer(other), P.bytesPerStep)
    // Two sums hide the latency of the instruction; memory is slower than more of them.
    var (even, odd) = (P.Register(repeating: 0), P.Register(repeating: 0))
    var offset = 0
    while offset + 2 * step <= length {
        even = P.multiplyAdd(even, P.loadRow(row + offset), P.loadOther(other + offset))
        odd = P.multiplyAdd(odd, P.loadRow(row + offset + step), P.loadOther(other + offset + step))
        offset += 2 * step
    }
    if offset < length { even = P.multiplyAdd(even, P.loadRow(row + offset), P.loadOther(other + offset)) }
    return P.sum(even) &+ P.sum(odd) &+ P.rowOffset &* otherSum
}

/// Computes tiles of 3 rows and 4 others: 12 registers of sums, 4 of others and one of a row, which just about fit in
/// the 16 registers of AVX2.
@_alwaysEmitIntoClient @inline(__always)
func rowDots<P: RowProduct>(
    _: P.Type, rows: UnsafePointer<UInt8>, rowCount: Int, others: UnsafePointer<Int8>, otherSums: UnsafePointer<Int32>,
    otherCount: Int, length: Int, into output: UnsafeMutablePointer<Int32>
) {
    typealias Sums = (P.Register, P.Register, P.Register, P.Register)
    for column in stride(from: 0, to: otherCount, by: 4) {
        // A tile at the edge repeats the last row or column; only what exists is stored.
        func other(_ index: Int) -> UnsafeRawPointer {
            UnsafeRawPointer(others) + min(column + index, otherCount - 1) * length
        }
        let (other0, other1, other2, other3) = (other(0), other(1), other(2), other(3))
        for first in stride(from: 0, to: rowCount, by: 3) {
            func row(_ index: Int) -> UnsafeRawPointer {
                UnsafeRawPointer(rows) + min(first + index, rowCount - 1) * length
            }
            let (row0, row1, row2) = (row(0), row(1), row(2))
            let zero = P.Register(repeating: 0)
            var (sums0, sums1, sums2): (Sums, Sums, Sums) =
                ((zero, zero, zero, zero), (zero, zero, zero, zero), (zero, zero, zero, zero))
            for offset in stride(from: 0, to: length, by: P.bytesPerStep) {
                let columns: Sums = (
                    P.loadOther(other0 + offset), P.loadOther(other1 + offset), P.loadOther(other2 + offset),
                    P.loadOther(other3 + offset)
                )
                multiplyAdd(P.self, &sums0, P.loadRow(row0 + offset), columns)
                multiplyAdd(P.self, &sums1, P.loadRow(row1 + offset), columns)
                multiplyAdd(P.self, &sums2, P.loadRow(row2 + offset), columns)
            }
            func store(_ sums: Sums, row index: Int) {
                guard first + index < rowCount else { return }
                let line = output + (first + index) * otherCount
                func store(_ lanes: P.Register, column index: Int) {
                    guard column + index < otherCount else { return }
                    line[column + index] = P.sum(lanes) &+ P.rowOffset &* otherSums[column + index]
                }
                store(sums.0, column: 0)
                store(sums.1, column: 1)
                store(sums.2, column: 2)
                store(sums.3, column: 3)
            }
            store(sums0, row: 0)
            store(sums1, row: 1)
            store(sums2, row: 2)
        }
    }
}

@_alwaysEmitIntoClient @inline(__always)
func multiplyAdd<P: RowProduct>(
    _: P.Type, _ sums: inout (P.Register, P.Register, P.Register, P.Register), _ row: P.Register,
    _ others: (P.Register, P.Register, P.Register, P.Register)
) {
    sums.0 = P.multiplyAdd(sums.0, row, others.0)
    sums.1 = P.multiplyAdd(sums.1, row, others.1)
    sums.2 = P.multiplyAdd(sums.2, row, others.2)
    sums.3 = P.multiplyAdd(sums.3, row, others.3)
}
