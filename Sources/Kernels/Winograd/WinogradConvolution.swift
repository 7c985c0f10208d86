extension ConvolutionEngine {
    /// 3x3 convolution of stride 1 by ``Winograd``'s algorithm, then bias and activation function.
    func winograd(
        _ patches: ImagePatches, _ weights: ConvolutionWeights, _ epilogue: Epilogue
    ) throws(OutOfMemory) {
        guard case .none = epilogue.shortcut else {
            fatalError("\(weights.name): Winograd's algorithm adds no shortcut")
        }
        let (rowPadding, columnPadding) = (patches.geometry.rowPadding.before, patches.geometry.columnPadding.before)
        let shape = kernels.shape
        let filters = try filters(weights)
        let output = epilogue.output
        let width = 2 * shape.lanes
        let panels = weights.filters / width
        let tileRows = (output.height + Winograd.tile - 1) / Winograd.tile
        let tileColumns = (output.width + Winograd.tile - 1) / Winograd.tile
        // As many tiles at a time as the microkernel has rows.
        let chunks = (tileColumns + shape.maximumRows - 1) / shape.maximumRows
        for workspace in workspaces {
            try workspace.reset(Workspace.Size(
                left: Winograd.products * shape.maximumRows * weights.channels,
                tiles: Winograd.products * (shape.maximumRows * weights.filters + shape.lanes)))
        }

        team.forEach(tileRows * chunks) { item, thread in
            let tileRow = item / chunks
            let chunk = item % chunks
            let tiles = chunk * tileColumns / chunks..<(chunk + 1) * tileColumns / chunks
            let height = max(tiles.count, shape.minimumRows)
            let operands = workspaces[thread].left.floats
            let products = workspaces[thread].tiles.floats
            let operandSize = height * weights.channels
            let productSize = height * weights.filters
            let transform = products + Winograd.products * productSize
            for (row, tile) in tiles.enumerated() {
                kernels.transform(WinogradInput(
                    map: patches.input, y: tileRow * Winograd.tile - rowPadding,
                    x: tile * Winograd.tile - columnPadding,
                    output: operands + row * shape.lanes, blockStride: height * shape.lanes, productStride: operandSize,
                    columns: transform))
            }

            let microkernel = floats.microkernel(height: height, vectors: 2)
            for product in 0..<Winograd.products {
                let left = operands + product * operandSize
                microkernel.multiply(
                    depth: weights.channels, left: left,
                    right: filters.floats + product * panels * weights.channels * width,
                    sums: TileSums(
                        initial: nil, initialStride: 0, output: products + product * productSize, outputStride: width * 4,
                        panels: panels, panelStride: height * width * 4),
                    prefetch: TilePrefetch(none: left))
            }

            let y = tileRow * Winograd.tile
            for (row, tile) in tiles.enumerated() {
                let x = tile * Winograd.tile
                for channel in stride(from: 0, to: weights.filters, by: shape.lanes) {
                    let panel = channel / width
                    kernels.transform(WinogradOutput(
                        products: products + panel * height * width + row * width + channel % width,
                        productStride: productSize, epilogue: epilogue, bias: weights.bias.base, y: y, x: x,
                        rows: min(Winograd.tile, output.height - y), columns: min(Winograd.tile, output.width - x),
                        channel: channel, lines: transform))
                }
            }
        }
    }

    /// The filters, transformed and packed: `[36][filters / width][channels][width]`, a panel's width being
    /// two vectors.
    private func filters(_ weights: ConvolutionWeights) throws(OutOfMemory) -> PrepackedPanels {
        let layout = ConvolutionWeights.PanelLayout(algorithm: .winograd, kernels: ObjectIdentifier(kernels))
        return try weights.panels(layout, isRequired: true) { () throws(OutOfMemory) in
            let matrix = weights.kernel
            let kernel = try PaddedFloats(count: matrix.rows * matrix.columns) { floats in
                switch matrix.elementType {
                case .float16: kernels.convert(float16: matrix.base, count: matrix.rows * matrix.columns, into: floats)
                case .float32:
                    UnsafeMutableRawPointer(floats).copyMemory(
                        from: matrix.base, byteCount: matrix.rows * matrix.columns * 4)
                }
            }
            let packed = try PrepackedPanels(words: Winograd.products * weights.channels * weights.filters)
            Winograd.pack(
                kernel.base, channels: weights.channels, filters: weights.filters, width: 2 * kernels.lanes,
                into: packed.floats)
            return packed
        }!
    }
}

extension Winograd {
    /// Transforms filters `[3 x 3 x channels x filters]` into panels.
    static func pack(
        _ kernel: UnsafePointer<Float>, channels: Int, filters: Int, width: Int,
        into panels: UnsafeMutablePointer<Float>
    ) {
        let g = filterTransform
        for channel in 0..<channels {
            for filter in 0..<filters {
                // Double precision: the transform is to add no error of its own.
                var half = [[Double]](repeating: [0, 0, 0], count: patch)
                for i in 0..<patch {
                    for x in 0..<3 {
                        half[i][x] = (0..<3).reduce(0) { sum, y in
                            let weight = kernel[((y * 3 + x) * channels + channel) * filters + filter]
                            return sum + g[i][y] * Double(weight)
                        }
                    }
                }
                for i in 0..<patch {
                    for j in 0..<patch {
                        let value = (0..<3).reduce(0) { $0 + half[i][$1] * g[j][$1] }
                        let panel = (i * patch + j) * (filters / width) + filter / width
                        panels[(panel * channels + channel) * width + filter % width] = Float(value)
                    }
                }
            }
        }
    }
}
