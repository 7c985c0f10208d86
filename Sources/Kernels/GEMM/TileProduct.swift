/// One tile of a product, from multiplication to the output.
final class TileProduct: Sendable {
    let format: GemmDispatch
    let epilogue: Epilogue

    init(_ format: GemmDispatch, _ epilogue: Epilogue) {
        self.format = format
        self.epilogue = epilogue
    }

    var shape: MicrokernelShape { format.shape }

    /// Multiplies a tile, directly into the output if it has the microkernel's shape and is not pooled.
    ///
    /// - Parameters:
    ///   - height: the microkernel's height.
    ///   - sums: the initial values, and the memory that keeps the sums until they are complete.
    ///   - area: the place of the completed sums; nil if they are not complete after this product.
    ///   - addend: floats to add to complete the sums.
    func multiply(
        height: Int, vectors: Int, depth: Int, left: UnsafeRawPointer, right: UnsafeRawPointer, sums: TileSums,
        completing area: OutputArea?, addend: UnsafePointer<Float>? = nil, scales: TileScales? = nil, prefetch: TilePrefetch
    ) {
        let microkernel = format.microkernel(height: height, vectors: vectors)
        guard let area else {
            microkernel.multiply(depth: depth, left: left, right: right, sums: sums, prefetch: prefetch)
            return
        }
        let output = epilogue.output
        var prefetch = prefetch
        epilogue.prefetch(area, depthBlocks: (depth + shape.lanes - 1) / shape.lanes, with: &prefetch)
        let end = area.channels.lowerBound + vectors * shape.lanes
        let fits = area.pixels.count == height && end * output.elementType.size <= output.pixelStride
        if fits, addend == nil, !epilogue.hasPool {
            let completed = sums.completed(
                TileCompletion(
                    scales: scales, residualOffset: epilogue.residualOffset, activation: epilogue.activation,
                    elementType: output.elementType),
                output: output.address(pixel: area.pixels.lowerBound, channel: area.channels.lowerBound),
                outputStride: output.pixelStride)
            microkernel.multiply(depth: depth, left: left, right: right, sums: completed, prefetch: prefetch)
        } else {
            microkernel.multiply(depth: depth, left: left, right: right, sums: sums, prefetch: prefetch)
            format.kernels.applyEpilogue(
                epilogue,
                IncompleteTile(sums: sums.output, vectors: vectors, addend: addend, scales: scales, area: area))
        }
    }
}
