/// One tile of a product: multiplied, completed and written.
final class TileProduct: Sendable {
    let format: FormatKernels
    let epilogue: Epilogue

    init(_ format: FormatKernels, _ epilogue: Epilogue) {
        self.format = format
        self.epilogue = epilogue
    }

    var shape: MicrokernelShape { format.shape }

    /// Where the sums come from and where they are kept until they are complete.
    struct Sums {
        let initial: UnsafeRawPointer
        /// Words from one row to the next; 0 for one that serves all.
        let initialStride: Int
        let memory: UnsafeMutableRawPointer
    }

    /// Multiplies a tile, into the output at once where it has the microkernel's shape and nothing is pooled.
    ///
    /// - Parameters:
    ///   - height: of the microkernel.
    ///   - area: what the product completes, if it does.
    ///   - addend: floats to add to complete the sums.
    func multiply(
        height: Int, vectors: Int, depth: Int, left: UnsafeRawPointer, right: UnsafeRawPointer, sums: Sums,
        completing area: OutputArea?, addend: UnsafePointer<Float>? = nil, scales: TileScales? = nil, prefetch: TilePrefetch
    ) {
        let width = vectors * shape.lanes
        let microkernel = format.microkernel(height: height, vectors: vectors)
        let output = epilogue.output
        var prefetch = prefetch
        if let area {
            let depthBlocks = (depth + shape.lanes - 1) / shape.lanes
            epilogue.prefetch(area, depthBlocks: depthBlocks, with: &prefetch)
        }
        if let area, addend == nil, !epilogue.hasPool, area.pixels.count == height,
            (area.channels.lowerBound + width) * output.elementType.size <= output.pixelStride
        {
            microkernel.multiply(
                depth: depth, left: left, right: right,
                sums: TileSums(
                    initial: sums.initial, initialStride: sums.initialStride,
                    output: output.address(pixel: area.pixels.lowerBound, channel: area.channels.lowerBound),
                    outputStride: output.pixelStride,
                    completion: TileCompletion(
                        scales: scales, residualOffset: epilogue.residualOffset, relu: epilogue.relu,
                        elementType: output.elementType)),
                prefetch: prefetch)
            return
        }
        microkernel.multiply(
            depth: depth, left: left, right: right,
            sums: TileSums(
                initial: sums.initial, initialStride: sums.initialStride, output: sums.memory, outputStride: width * 4),
            prefetch: prefetch)
        if let area {
            format.kernels.applyEpilogue(
                epilogue, tile: sums.memory, addend: addend, scales: scales, vectors: vectors, area: area)
        }
    }
}
