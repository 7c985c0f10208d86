/// The filters of a 3x3 convolution of stride 1, transformed and packed for ``Winograd``.
public final class WinogradFilters: @unchecked Sendable {
    let channels: Int
    let filters: Int
    /// `[36][filters / width][channels][width]`, a panel's width being two vectors.
    let panels = ScratchMemory()

    /// - Parameter kernel: `[3 x 3 x channels x filters]`.
    /// - Returns: nil if channels or filters do not fill the vectors of `kernels`.
    public init?(kernel: UnsafePointer<Float>, channels: Int, filters: Int, kernels: KernelSet) {
        let width = 2 * kernels.lanes
        guard channels % kernels.lanes == 0, filters % width == 0 else { return nil }
        self.channels = channels
        self.filters = filters
        panels.reserve(Winograd.products * channels * filters)
        let g = Winograd.filterTransform
        for channel in 0..<channels {
            for filter in 0..<filters {
                // Double precision: the transform is to add no error of its own.
                var half = [[Double]](repeating: [0, 0, 0], count: Winograd.patch)
                for i in 0..<Winograd.patch {
                    for x in 0..<3 {
                        half[i][x] = (0..<3).reduce(0) { sum, y in
                            sum + g[i][y] * Double(kernel[((y * 3 + x) * channels + channel) * filters + filter])
                        }
                    }
                }
                for i in 0..<Winograd.patch {
                    for j in 0..<Winograd.patch {
                        let value = (0..<3).reduce(0) { $0 + half[i][$1] * g[j][$1] }
                        let panel = (i * Winograd.patch + j) * (filters / width) + filter / width
                        panels.base[(panel * channels + channel) * width + filter % width] = Float(value)
                    }
                }
            }
        }
    }
}

extension ConvolutionEngine {
    /// `epilogue.output = epilogue(3x3 convolution of stride 1)`; of the epilogue, bias and ReLU.
    ///
    /// - Parameter padding: zeros around the input.
    public func convolve(_ input: FeatureMap, _ filters: WinogradFilters, padding: Int, _ epilogue: Epilogue) {
        precondition(input.channels == filters.channels && epilogue.output.channels == filters.filters)
        precondition(epilogue.residual == nil && epilogue.pool == nil)
        let output = epilogue.output
        let width = 2 * kernels.lanes
        let panels = filters.filters / width
        let tileRows = (output.height + Winograd.tile - 1) / Winograd.tile
        let tileColumns = (output.width + Winograd.tile - 1) / Winograd.tile
        // As many tiles at a time as the microkernel has rows.
        let chunks = (tileColumns + kernels.maximumRows - 1) / kernels.maximumRows
        reserve(
            operands: Winograd.products * kernels.maximumRows * filters.channels,
            tiles: Winograd.products * (kernels.maximumRows * filters.filters + kernels.lanes))

        team.forEach(tileRows * chunks) { item, thread in
            let tileRow = item / chunks
            let chunk = item % chunks
            let tiles = chunk * tileColumns / chunks..<(chunk + 1) * tileColumns / chunks
            let height = max(tiles.count, kernels.minimumRows)
            let (operands, products) = scratch(of: thread)
            let operandSize = height * filters.channels
            let productSize = height * filters.filters
            let transform = products + Winograd.products * productSize
            for (row, tile) in tiles.enumerated() {
                kernels.winogradInputTile(
                    input, tileRow * Winograd.tile - padding, tile * Winograd.tile - padding,
                    operands + row * kernels.lanes, height * kernels.lanes, operandSize, transform)
            }

            let microkernel = kernels.microkernels[height - kernels.minimumRows][1]
            for product in 0..<Winograd.products {
                for panel in 0..<panels {
                    microkernel(
                        depth: filters.channels, left: operands + product * operandSize,
                        right: filters.panels.base + (product * panels + panel) * filters.channels * width,
                        sums: MicrotileSums(
                            initial: nil, initialStride: 0, output: products + product * productSize + panel * height * width,
                            outputStride: width, rectifies: false))
                }
            }

            let y = tileRow * Winograd.tile
            for (row, tile) in tiles.enumerated() {
                let x = tile * Winograd.tile
                for channel in stride(from: 0, to: filters.filters, by: kernels.lanes) {
                    let panel = channel / width
                    kernels.winogradOutputTile(
                        products + panel * height * width + row * width + channel % width, productSize, epilogue,
                        y, x, min(Winograd.tile, output.height - y), min(Winograd.tile, output.width - x), channel,
                        transform)
                }
            }
        }
    }
}
