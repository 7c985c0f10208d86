/// Tiles of a product, from multiplication to the output.
final class TileProduct: Sendable {
    let format: GemmDispatch
    let epilogue: Epilogue
    let shape: MicrokernelShape
    // Properties of the epilogue that every tile needs.
    private let pool: MaxPool?
    private let residualOffset: Int?

    init(_ format: GemmDispatch, _ epilogue: Epilogue) {
        self.format = format
        self.epilogue = epilogue
        shape = format.shape
        pool = epilogue.pool
        residualOffset = epilogue.residualOffset
    }

    /// Returns true if the sums of an area are completed while they are in registers: if its tiles have the
    /// microkernel's shape and are not pooled.
    ///
    /// - Parameters:
    ///   - height: the microkernel's height, times the tiles.
    ///   - columns: the columns that the products make, including the last panel's padding.
    private func completesInRegisters(_ area: OutputArea, height: Int, columns: Int) -> Bool {
        let output = epilogue.output
        return area.pixels.count == height && pool == nil
            && (area.channels.lowerBound + columns) * output.elementType.size <= output.pixelStride
    }

    /// Returns true if a tile is multiplied by several panels before it is completed, in registers or by a pool.
    func sharesPanels(_ area: OutputArea, height: Int, columns: Int) -> Bool {
        pool != nil || completesInRegisters(area, height: height, columns: columns)
    }

    /// Multiplies tiles of one height, directly into the output if their sums are completed in registers.
    ///
    /// - Parameters:
    ///   - height: the microkernel's height.
    ///   - left: the first tile's rows; the other tiles' follow.
    ///   - sums: the initial values, and the memory that keeps the sums until they are complete. More than one panel only
    ///     if ``sharesPanels(_:height:columns:)``.
    ///   - area: the place of the completed sums; nil if they are not complete after this product.
    ///   - addend: floats to add to complete the sums of a single tile.
    ///   - scales: the first tile's.
    func multiply(
        height: Int, vectors: Int, depth: Int, left: UnsafeRawPointer, right: UnsafeRawPointer, sums: TileSums,
        completing area: OutputArea?, addend: UnsafePointer<Float>? = nil, scales: TileScales? = nil,
        prefetch: TilePrefetch
    ) {
        let microkernel = format.microkernel(height: height, vectors: vectors)
        guard let area else {
            microkernel.multiply(depth: depth, left: left, right: right, sums: sums, prefetch: prefetch)
            return
        }
        let output = epilogue.output
        let blocks = (depth + shape.lanes - 1) / shape.lanes
        var prefetch = prefetch
        prefetch.setOutput(
            output.address(pixel: area.pixels.lowerBound, channel: area.channels.lowerBound),
            stride: output.pixelStride, rows: height, blocks: blocks, residualOffset: residualOffset)
        let (panels, columns) = (sums.panels, vectors * shape.lanes)
        if addend == nil, completesInRegisters(area, height: sums.tiles * height, columns: panels * columns) {
            let completion = TileCompletion(
                scales: scales, residualOffset: residualOffset, activation: epilogue.activation,
                elementType: output.elementType)
            microkernel.multiply(
                depth: depth, left: left, right: right,
                sums: sums.completed(completion, in: output, area, height: height, columns: columns),
                prefetch: prefetch)
            return
        }
        for tile in 0..<sums.tiles {
            let first = area.pixels.lowerBound + tile * height
            let area = OutputArea(
                pixels: first..<min(first + height, area.pixels.upperBound), channels: area.channels)
            let left = left + tile * height * blocks * shape.lanes * 4
            withPoolWindows(area.pixels) { windows in
                for panel in 0..<panels {
                    let bytes = columns * output.elementType.size
                    let place = area.channels.lowerBound * output.elementType.size + panel * bytes
                    for window in windows { window.prefetch(place..<place + bytes) }
                    microkernel.multiply(
                        depth: depth, left: left, right: right + panel * depth * columns * 4,
                        sums: sums.tile(tile, panel: panel, columnBytes: columns * 4),
                        prefetch: prefetch.tile(tile, panel: panel, of: panels, columnBytes: bytes))
                }
                format.kernels.applyEpilogue(
                    epilogue,
                    IncompleteTile(
                        sums: sums.output + tile * sums.tileStride, panels: panels, panelStride: sums.panelStride,
                        vectors: vectors, addend: addend, scales: scales?.advanced(rows: tile * height),
                        windows: UnsafePointer(windows.baseAddress), area: area))
            }
        }
    }

    /// Calls `body` with the pool's windows at some pixels; with none if the output is not pooled.
    private func withPoolWindows(_ pixels: Range<Int>, _ body: (UnsafeMutableBufferPointer<PoolWindow>) -> Void) {
        withUnsafeTemporaryAllocation(of: PoolWindow.self, capacity: pool == nil ? 0 : pixels.count) { windows in
            if let pool {
                for (index, pixel) in pixels.enumerated() {
                    windows.initializeElement(at: index, to: PoolWindow(pool, pixel: pixel))
                }
            }
            body(windows)
        }
    }
}
