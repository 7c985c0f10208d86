/// Columns of a weight matrix to pack into a panel of the right operand, `[words][vectors * lanes]`.
public struct PanelPacking {
    @usableFromInline let matrix: WeightMatrix
    /// The first column.
    @usableFromInline let column: Int
    /// Registers of columns.
    @usableFromInline let vectors: Int
    @usableFromInline let panel: UnsafeMutableRawPointer
    /// Receives each column's scale, in formats that have scales; 0 past the last column.
    @usableFromInline let scales: UnsafeMutablePointer<Float>?
    /// Receives the initial sum of each column, in the same formats.
    @usableFromInline let initial: UnsafeMutablePointer<Int32>?

    package init(
        _ matrix: WeightMatrix, column: Int, vectors: Int, into panel: UnsafeMutableRawPointer,
        scales: UnsafeMutablePointer<Float>? = nil, initial: UnsafeMutablePointer<Int32>? = nil
    ) {
        self.matrix = matrix
        self.column = column
        self.vectors = vectors
        self.panel = panel
        self.scales = scales
        self.initial = initial
    }
}

/// Pixels to pack as rows of a left operand, in the number format of the product.
public struct RowPacking {
    /// The pixels' channels, a vector at a time.
    @usableFromInline let values: UnsafeRawPointer
    @usableFromInline let elementType: ElementType
    /// Bytes from one pixel to the next.
    @usableFromInline let pixelStride: Int
    /// Bytes from one vector of a pixel's channels to the next.
    @usableFromInline let vectorStride: Int
    @usableFromInline let layout: WordLayout
    /// The number of pixels.
    @usableFromInline let count: Int
    /// The place of each pixel.
    @usableFromInline let rows: UnsafePointer<PackedRow>
    @usableFromInline let output: UnsafeMutableRawPointer
    /// Receives each pixel's scale, in formats that have scales.
    @usableFromInline let scales: UnsafeMutablePointer<Float>

    package init(
        _ values: UnsafeRawPointer, _ elementType: ElementType, pixelStride: Int, vectorStride: Int, layout: WordLayout,
        count: Int, rows: UnsafePointer<PackedRow>, into output: UnsafeMutableRawPointer,
        scales: UnsafeMutablePointer<Float>
    ) {
        self.values = values
        self.elementType = elementType
        self.pixelStride = pixelStride
        self.vectorStride = vectorStride
        self.layout = layout
        self.count = count
        self.rows = rows
        self.output = output
        self.scales = scales
    }
}

/// Packs columns, one vector of them after the other.
@_alwaysEmitIntoClient @inline(__always)
func packPanel<F: OperandFormat, Reader: ElementReader>(_: F.Type, _: Reader.Type, _ packing: PanelPacking) {
    for vector in 0..<packing.vectors {
        packColumns(F.self, Reader.self, packing, first: vector * F.lanes)
    }
}

/// Packs one vector of columns, a register of words at a time.
///
/// - Parameter first: the vector's first column in the panel.
@_alwaysEmitIntoClient @inline(__always)
func packColumns<F: OperandFormat, Reader: ElementReader>(
    _: F.Type, _: Reader.Type, _ packing: PanelPacking, first: Int
) {
    typealias V = F.Vector
    let matrix = packing.matrix
    let column = packing.column + first
    let rowStride = packing.vectors * F.lanes * 4
    var inverseScales = V.zero
    if let limit = F.columnLimit, let scales = packing.scales {
        var largest = V.zero
        for row in 0..<matrix.rows {
            largest = V.maximumMagnitude(largest, matrix.vector(V.self, Reader.self, row: row, column: column))
        }
        for lane in 0..<V.lanes {
            // Padding gets weights of 0, as does a column of zeros.
            let magnitude = column + lane < matrix.columns ? largest[lane] : 0
            scales[first + lane] = magnitude / limit
            inverseScales[lane] = magnitude > 0 ? limit / magnitude : 0
        }
    }
    let layout = WordLayout(channels: matrix.rows, lanes: V.lanes, valuesPerWord: F.valuesPerWord)
    var sums = V.Integers.zero
    var panel = packing.panel + first * 4
    for block in 0..<layout.blocks {
        let words = block < layout.wholeBlocks ? layout.lanes : layout.restWords
        let start = block * layout.blockChannels
        for word in 0..<words {
            let packed = F.packRight({ index in
                let row = start + index * words + word
                return row < matrix.rows ? matrix.vector(V.self, Reader.self, row: row, column: column) : V.zero
            }, inverseScales: inverseScales)
            panel.storeBytes(of: packed, as: F.Words.self)
            panel += rowStride
            if F.columnLimit != nil { sums = V.adding(sums, F.wordSums(packed)) }
        }
    }
    if let initial = packing.initial {
        for lane in 0..<V.lanes { initial[first + lane] = -F.rowOffset * sums[lane] }
    }
}

/// Packs pixels.
@_alwaysEmitIntoClient @inline(__always)
func packRows<F: OperandFormat, Reader: ElementReader>(_: F.Type, _: Reader.Type, _ packing: RowPacking) {
    typealias V = F.Vector
    let (layout, vectorStride, output) = (packing.layout, packing.vectorStride, packing.output)
    let lanes = V.lanes
    let (wholeBlocks, restChannels, restWords) = (layout.wholeBlocks, layout.restChannels, layout.restWords)
    let wholeVectors = wholeBlocks * F.valuesPerWord
    let restVectors = (restChannels + lanes - 1) / lanes
    // The channels after the last whole block, adjacent and followed by zeros.
    withUnsafeTemporaryAllocation(byteCount: (F.valuesPerWord + 2) * lanes * 4, alignment: CacheLine.bytes) { memory in
        let rest = memory.initializeMemory(as: Float.self, repeating: 0).baseAddress!
        for pixel in 0..<packing.count {
            let source = packing.values + pixel * packing.pixelStride
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
                packing.scales[pixel] = magnitude / limit
                inverseScale = V(repeating: limit / magnitude)
            }

            let row = packing.rows[pixel]
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
