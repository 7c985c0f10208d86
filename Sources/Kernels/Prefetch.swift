import CSIMD

enum CacheLine {
    static let bytes = 64
    static let floats = 16
}

/// Fetches the weights of a right panel a few at a time while the panel before it is used.
/// Their rows lie kilobytes apart, where no prefetcher of the processor looks for them, and
/// come from memory once an image.
struct PanelPrefetch {
    private let weights: WeightMatrix
    private let column: Int
    /// Distance of the two columns that a Strassen-Winograd panel takes from each row, or nil.
    private let half: Int?

    init(_ weights: WeightMatrix, _ panel: ProductPlan.Panel, usesStrassen: Bool) {
        self.weights = weights
        column = panel.first
        half = usesStrassen ? panel.partners.lowerBound - panel.first : nil
    }

    /// Fetches rows `part / parts` of the way through.
    func fetch(part: Int, of parts: Int) {
        let size = weights.isHalf ? 2 : 4
        for row in part * weights.rows / parts..<(part + 1) * weights.rows / parts {
            let first = weights.base + (row * weights.columns + column) * size
            fetchLine(first)
            if let half { fetchLine(first + half * size) }
        }
    }

    /// As many bytes as a line has, beginning anywhere.
    private func fetchLine(_ address: UnsafeRawPointer) {
        csimd_prefetch(address)
        csimd_prefetch(address + CacheLine.bytes - 1)
    }
}

/// Fetches the input of a thread's next band a few lines at a time while the band in hand is
/// multiplied.
struct InputPrefetch {
    private let base: UnsafeRawPointer
    private let lines: Int

    /// - Parameter rows: of the output. What the band above has read is left out.
    init(_ left: LeftOperand, rows: Range<Int>) {
        let (input, stride) =
            switch left {
            case .depthwise(let input, _, _): (input, 1)
            case .patches(let input, let geometry): (input, geometry.stride)
            }
        let rowSize = input.width * input.pixelStride
        let first = min(rows.lowerBound * stride + 1, input.height)
        let last = min(rows.upperBound * stride + 1, input.height)
        base = UnsafeRawPointer(input.base + first * rowSize)
        lines = (last - first) * rowSize / CacheLine.floats
    }

    /// Fetches lines `part / parts` of the way through.
    func fetch(part: Int, of parts: Int) {
        for line in part * lines / parts..<(part + 1) * lines / parts {
            csimd_prefetch(base + line * CacheLine.bytes)
        }
    }
}
