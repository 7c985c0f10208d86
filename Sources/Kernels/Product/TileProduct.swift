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

    /// The scales of a tile's rows and columns, in formats that have scales.
    struct Scales {
        let rows: UnsafePointer<Float>
        let columns: ColumnScales
    }

    /// Multiplies a tile, into the output at once where its sums then lack nothing but ReLU.
    ///
    /// - Parameters:
    ///   - height: of the microkernel.
    ///   - area: what the product completes, if it does.
    ///   - addend: floats to add to complete the sums.
    func multiply(
        height: Int, vectors: Int, depth: Int, left: UnsafeRawPointer, right: UnsafeRawPointer, sums: Sums,
        completing area: OutputArea?, addend: UnsafePointer<Float>? = nil, scales: Scales? = nil, prefetch: TilePrefetch
    ) {
        let width = vectors * shape.lanes
        let microkernel = format.microkernel(height: height, vectors: vectors)
        let output = epilogue.output
        var prefetch = prefetch
        if let area {
            let depthBlocks = (depth + shape.lanes - 1) / shape.lanes
            epilogue.prefetch(area, depthBlocks: depthBlocks, with: &prefetch)
        }
        if let area, addend == nil, scales == nil, epilogue.isBiasAndReLU, area.pixels.count == height,
            area.channels.lowerBound + width <= output.pixelStride
        {
            microkernel.multiply(
                depth: depth, left: left, right: right,
                sums: TileSums(
                    initial: sums.initial, initialStride: sums.initialStride,
                    output: output.base + area.pixels.lowerBound * output.pixelStride + area.channels.lowerBound,
                    outputStride: output.pixelStride, relu: epilogue.relu),
                prefetch: prefetch)
            return
        }
        microkernel.multiply(
            depth: depth, left: left, right: right,
            sums: TileSums(
                initial: sums.initial, initialStride: sums.initialStride, output: sums.memory, outputStride: width,
                relu: false),
            prefetch: prefetch)
        if let area {
            format.kernels.applyEpilogue(
                epilogue, tile: sums.memory, addend: addend, rowScales: scales?.rows, columns: scales?.columns,
                vectors: vectors, area: area)
        }
    }
}
