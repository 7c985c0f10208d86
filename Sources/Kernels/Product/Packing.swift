import CSIMD

/// Packs one vector of a matrix's columns, a register of words at a time.
///
/// - Parameters:
///   - rowStride: bytes from one register to the next.
///   - scales: one for each column, in formats that have scales; likewise `initial`.
@_alwaysEmitIntoClient @inline(__always)
func packColumns<F: OperandFormat>(
    _: F.Type, isHalf: Bool, _ matrix: WeightMatrix, column: Int, into panel: UnsafeMutableRawPointer, rowStride: Int,
    scales: UnsafeMutablePointer<Float>?, initial: UnsafeMutablePointer<Int32>?
) {
    typealias V = F.Vector
    var inverseScales = V.zero
    if let limit = F.columnLimit, let scales {
        var largest = V.zero
        for row in 0..<matrix.rows {
            largest = V.maximumMagnitude(largest, matrix.vector(V.self, isHalf: isHalf, row: row, column: column))
        }
        for lane in 0..<V.lanes {
            // Padding gets weights of 0, as does a column of zeros.
            let magnitude = column + lane < matrix.columns ? largest[lane] : 0
            scales[lane] = magnitude / limit
            inverseScales[lane] = magnitude > 0 ? limit / magnitude : 0
        }
    }
    let layout = WordLayout(channels: matrix.rows, lanes: V.lanes, valuesPerWord: F.valuesPerWord)
    var sums = V.Integers.zero
    var panel = panel
    for block in 0..<layout.blocks {
        let words = block < layout.wholeBlocks ? layout.lanes : layout.restWords
        let first = block * layout.blockChannels
        for word in 0..<words {
            let packed = F.packRight({ index in
                let row = first + index * words + word
                return row < matrix.rows ? matrix.vector(V.self, isHalf: isHalf, row: row, column: column) : V.zero
            }, inverseScales: inverseScales)
            panel.storeBytes(of: packed, as: F.Words.self)
            panel += rowStride
            if F.columnLimit != nil { sums = V.adding(sums, F.wordSums(packed)) }
        }
    }
    if let initial {
        for lane in 0..<V.lanes { initial[lane] = -F.rowOffset * sums[lane] }
    }
}

/// Packs pixels as rows of a left operand. See ``ProductKernels/packRows``.
@_alwaysEmitIntoClient @inline(__always)
func packRows<F: OperandFormat, Reader: ElementReader>(
    _: F.Type, _: Reader.Type, _ values: UnsafeRawPointer, pixelStride: Int, vectorStride: Int, layout: WordLayout, count: Int,
    rows: UnsafePointer<PackedRow>, into output: UnsafeMutableRawPointer, scales: UnsafeMutablePointer<Float>
) {
    typealias V = F.Vector
    let lanes = V.lanes
    let (wholeBlocks, restChannels, restWords) = (layout.wholeBlocks, layout.restChannels, layout.restWords)
    let wholeVectors = wholeBlocks * F.valuesPerWord
    let restVectors = (restChannels + lanes - 1) / lanes
    // The channels after the last whole block, adjacent and followed by zeros.
    withUnsafeTemporaryAllocation(byteCount: (F.valuesPerWord + 2) * lanes * 4, alignment: CacheLine.bytes) { memory in
        let rest = memory.initializeMemory(as: Float.self, repeating: 0).baseAddress!
        for pixel in 0..<count {
            let source = values + pixel * pixelStride
            for vector in 0..<restVectors {
                Reader.load(V.self, source + (wholeVectors + vector) * vectorStride).store(rest + vector * lanes)
            }
            V.zero.store(rest + restChannels)

            var inverseScale = V.zero
            if let limit = F.rowLimit {
                var largest = V.zero
                for vector in 0..<wholeVectors {
                    largest = V.maximumMagnitude(largest, Reader.load(V.self, source + vector * vectorStride))
                }
                for vector in 0..<restVectors {
                    largest = V.maximumMagnitude(largest, V.load(rest + vector * lanes))
                }
                // The floor keeps the inverse finite.
                let magnitude = max(largest.largestMagnitude, 1e-12)
                scales[pixel] = magnitude / limit
                inverseScale = V(repeating: limit / magnitude)
            }

            let row = rows[pixel]
            for block in 0..<wholeBlocks {
                let first = source + block * F.valuesPerWord * vectorStride
                let words = F.packLeft({ Reader.load(V.self, first + $0 * vectorStride) }, inverseScale: inverseScale)
                (output + row.word(block: block) * 4).storeBytes(of: words, as: F.Words.self)
            }
            if restChannels > 0 {
                let words = F.packLeft({ V.load(rest + $0 * restWords) }, inverseScale: inverseScale)
                (output + row.word(block: wholeBlocks) * 4).storeBytes(of: words, as: F.Words.self)
            }
        }
    }
}
