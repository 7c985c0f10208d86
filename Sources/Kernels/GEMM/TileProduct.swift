/// One tile of a product, from multiplication to the output.
final class TileProduct: Sendable {
    let format: GemmDispatch
    let epilogue: Epilogue
    let shape: MicrokernelShape
    // Properties of the epilogue that every tile needs.
    private let hasPool: Bool
    private let residualOffset: Int?

    init(_ format: GemmDispatch, _ epilogue: Epilogue) {
        self.format = format
        self.epilogue = epilogue
        shape = format.shape
        hasPool = epilogue.hasPool
        residualOffset = epilogue.residualOffset
    }

    /// Returns true if the sums of an area are completed while they are in registers: if its tiles have the
    /// microkernel's shape and are not pooled.
    ///
    /// - Parameter columns: the columns that the products make, including the last panel's padding.
    func completesInRegisters(_ area: OutputArea, height: Int, columns: Int) -> Bool {
        let output = epilogue.output
        return area.pixels.count == height && !hasPool
            && (area.channels.lowerBound + columns) * output.elementType.size <= output.pixelStride
    }

    /// Multiplies a tile, directly into the output if the sums are completed in registers.
    ///
    /// - Parameters:
    ///   - height: the microkernel's height.
    ///   - panels: the panels to multiply by; more than one only if the sums are completed in registers.
    ///   - sums: the initial values, and the memory that keeps the sums until they are complete.
    ///   - area: the place of the completed sums; nil if they are not complete after this product.
    ///   - addend: floats to add to complete the sums.
    func multiply(
        height: Int, vectors: Int, depth: Int, left: UnsafeRawPointer, right: UnsafeRawPointer, panels: Int = 1,
        sums: TileSums, completing area: OutputArea?, addend: UnsafePointer<Float>? = nil, scales: TileScales? = nil, prefetch: TilePrefetch
    ) {
        let microkernel = format.microkernel(height: height, vectors: vectors)
        guard let area else {
            microkernel.multiply(depth: depth, left: left, right: right, sums: sums, prefetch: prefetch)
            return
        }
        let output = epilogue.output
        var prefetch = prefetch
        prefetch.setOutput(
            output.address(pixel: area.pixels.lowerBound, channel: area.channels.lowerBound), stride: output.pixelStride,
            rows: area.pixels.count, blocks: (depth, shape.lanes), residualOffset: residualOffset)
        if hasPool { epilogue.prefetchPool(area) }
        let columns = vectors * shape.lanes
        if addend == nil, completesInRegisters(area, height: height, columns: panels * columns) {
            let completed = sums.completed(
                TileCompletion(
                    scales: scales, residualOffset: residualOffset, activation: epilogue.activation,
                    elementType: output.elementType),
                output: output.address(pixel: area.pixels.lowerBound, channel: area.channels.lowerBound),
                outputStride: output.pixelStride, panels: panels, panelStride: columns * output.elementType.size)
            microkernel.multiply(depth: depth, left: left, right: right, sums: completed, prefetch: prefetch)
        } else {
            microkernel.multiply(depth: depth, left: left, right: right, sums: sums, prefetch: prefetch)
            format.kernels.applyEpilogue(
                epilogue,
                IncompleteTile(sums: sums.output, vectors: vectors, addend: addend, scales: scales, area: area))
        }
    }
}
