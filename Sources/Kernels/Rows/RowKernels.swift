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

    /// Finds the rows that may be pairs of one row.
    ///
    /// - Parameter output: receives their numbers, `[count]` at most.
    /// - Returns: the number of rows found.
    static func pairs(_ filter: PairFilter, into output: UnsafeMutablePointer<Int32>) -> Int
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
    public static func pairs(_ filter: PairFilter, into output: UnsafeMutablePointer<Int32>) -> Int {
        // Read once: the compiler cannot know that what is stored is none of it.
        let (products, addends, factors, hashes) = (filter.products, filter.addends, filter.factors, filter.hashes)
        let (factor, limit, hash, mirroredHash) = (filter.factor, filter.limit, filter.hash, filter.mirroredHash)
        let (hashDistance, count) = (filter.hashDistance, filter.count)
        var found = 0
        for index in 0..<count {
            let bound = Float(products[index]) + addends[index] + factor * factors[index]
            let other = hashes[index]
            let distance = min((other ^ hash).nonzeroBitCount, (other ^ mirroredHash).nonzeroBitCount)
            // Stored in any case: a branch would be guessed wrong too often.
            output[found] = Int32(truncatingIfNeeded: index)
            found &+= (bound >= limit ? 1 : 0) | (distance <= hashDistance ? 1 : 0)
        }
        return found
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

/// Computes tiles of 3 rows and 3 others: 9 registers of sums, 3 of others, one of a row and one of products fit in
/// the 16 of AVX2. With a fourth column two sums move to memory and back at each step.
@_alwaysEmitIntoClient @inline(__always)
func rowDots<P: RowProduct>(
    _: P.Type, rows: UnsafePointer<UInt8>, rowCount: Int, others: UnsafePointer<Int8>, otherSums: UnsafePointer<Int32>,
    otherCount: Int, length: Int, into output: UnsafeMutablePointer<Int32>
) {
    typealias Sums = (P.Register, P.Register, P.Register)
    for column in stride(from: 0, to: otherCount, by: 3) {
        // A tile at the edge repeats the last row or column; only what exists is stored.
        func other(_ index: Int) -> UnsafeRawPointer {
            UnsafeRawPointer(others) + min(column + index, otherCount - 1) * length
        }
        let (other0, other1, other2) = (other(0), other(1), other(2))
        for first in stride(from: 0, to: rowCount, by: 3) {
            func row(_ index: Int) -> UnsafeRawPointer {
                UnsafeRawPointer(rows) + min(first + index, rowCount - 1) * length
            }
            let (row0, row1, row2) = (row(0), row(1), row(2))
            let zero = P.Register(repeating: 0)
            var (sums0, sums1, sums2): (Sums, Sums, Sums) = ((zero, zero, zero), (zero, zero, zero), (zero, zero, zero))
            var offset = 0
            while offset < length {
                let columns: Sums = (
                    P.loadOther(other0 + offset), P.loadOther(other1 + offset), P.loadOther(other2 + offset)
                )
                multiplyAdd(P.self, &sums0, P.loadRow(row0 + offset), columns)
                multiplyAdd(P.self, &sums1, P.loadRow(row1 + offset), columns)
                multiplyAdd(P.self, &sums2, P.loadRow(row2 + offset), columns)
                offset &+= P.bytesPerStep
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
            }
            store(sums0, row: 0)
            store(sums1, row: 1)
            store(sums2, row: 2)
        }
    }
}

@_alwaysEmitIntoClient @inline(__always)
func multiplyAdd<P: RowProduct>(
    _: P.Type, _ sums: inout (P.Register, P.Register, P.Register), _ row: P.Register,
    _ others: (P.Register, P.Register, P.Register)
) {
    sums.0 = P.multiplyAdd(sums.0, row, others.0)
    sums.1 = P.multiplyAdd(sums.1, row, others.1)
    sums.2 = P.multiplyAdd(sums.2, row, others.2)
}
