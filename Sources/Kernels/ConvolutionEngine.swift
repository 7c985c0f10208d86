/// What a product's left matrix is made from.
public enum LeftOperand {
    /// 3x3 depthwise convolution, stride 1, padding "same"; `weights` are `[9 x channels]`
    /// with a vector of slack. `rectifies`: of the input's ReLU.
    case depthwise(FeatureMap, weights: UnsafePointer<Float>, rectifies: Bool)
    /// im2col.
    case patches(FeatureMap, PatchGeometry)

    var isDepthwise: Bool {
        if case .depthwise = self { true } else { false }
    }
}

/// Runs convolutions as matrix products on a team of threads. Owns the scratch memory they
/// need, which grows to the largest layer's and stays.
///
/// Not thread-safe: one engine is used by one caller at a time.
public final class ConvolutionEngine {
    public let kernels: KernelSet
    public let team: ThreadTeam
    private var plans: [ProductShape: ProductPlan] = [:]
    /// Packed left operands that all threads share.
    private let sharedOperands = ScratchMemory()
    private let threads: [PerThread]

    /// What each thread has to itself.
    private final class PerThread {
        let operands = ScratchMemory()
        let panels = ScratchMemory()
        let tiles = ScratchMemory()
        /// The piece of the product in hand whose panel is in `panels`.
        var column = -1
        var hasPanels = false
    }

    public init(kernels: KernelSet, threads: Int) {
        self.kernels = kernels
        team = ThreadTeam(count: threads)
        self.threads = (0..<team.count).map { _ in PerThread() }
    }

    /// `epilogue.output = epilogue(left * weights)`.
    ///
    /// - Parameter weights: `[patch or channels x output channels]`.
    public func multiply(_ left: LeftOperand, _ weights: WeightMatrix, _ epilogue: Epilogue) {
        precondition(epilogue.output.channels == weights.columns)
        let plan = plan(for: ProductShape(
            outputHeight: epilogue.output.height, outputWidth: epilogue.output.width,
            depth: weights.rows, columns: weights.columns, isDepthwise: left.isDepthwise))
        for thread in threads {
            thread.column = -1
            thread.hasPanels = false
            thread.panels.reserve(plan.panelSize * (plan.isShared ? 1 : plan.panels.count))
            // Sums in flight of a microtile: U2, U3, P5, and the one that is finished.
            thread.tiles.reserve(4 * kernels.maximumRows * 2 * kernels.lanes)
            if !plan.isShared { thread.operands.reserve(plan.layout.size + kernels.lanes) }
        }
        if plan.isShared {
            sharedOperands.reserve(plan.layout.size + kernels.lanes)
            multiplyTogether(left, weights, epilogue, plan)
        } else {
            multiplyInBands(left, weights, epilogue, plan)
        }
    }

    /// Makes room for so many floats in each thread's scratch memory.
    func reserve(operands: Int, tiles: Int) {
        for thread in threads {
            thread.operands.reserve(operands)
            thread.tiles.reserve(tiles)
        }
    }

    func scratch(of thread: Int) -> (operands: UnsafeMutablePointer<Float>, tiles: UnsafeMutablePointer<Float>) {
        (threads[thread].operands.base, threads[thread].tiles.base)
    }

    private func plan(for shape: ProductShape) -> ProductPlan {
        if let plan = plans[shape] { return plan }
        let plan = ProductPlan(shape, kernels: kernels, threads: team.count)
        plans[shape] = plan
        return plan
    }

    // MARK: - The two ways to share out a product

    private func multiplyInBands(
        _ left: LeftOperand, _ weights: WeightMatrix, _ epilogue: Epilogue, _ plan: ProductPlan
    ) {
        team.forEach(plan.bands.count) { band, thread in
            let scratch = threads[thread]
            if !scratch.hasPanels {
                for (index, panel) in plan.panels.enumerated() {
                    pack(weights, panel.column, panel.vectors, plan, into: scratch.panels.base + index * plan.panelSize)
                }
                scratch.hasPanels = true
            }
            let layout = plan.layout(of: band)
            let rows = plan.bands[band]
            pack(left, rows: rows, blocks: 0..<layout.blocks, layout, into: scratch.operands.base)
            // Tile by tile, so that whole pixels are written, and read by residuals and pools.
            let next = band + team.count
            let ahead = next < plan.bands.count ? InputPrefetch(left, rows: plan.bands[next]) : nil
            for tile in 0..<layout.tiling.count {
                ahead?.fetch(part: tile, of: layout.tiling.count)
                for (index, panel) in plan.panels.enumerated() {
                    multiply(
                        tile, layout, operands: scratch.operands.base,
                        panel: scratch.panels.base + index * plan.panelSize, vectors: panel.vectors,
                        column: panel.column, columns: plan.columns, firstPixel: rows.lowerBound * plan.shape.outputWidth,
                        scratch: scratch.tiles.base, epilogue)
                }
            }
        }
    }

    private func multiplyTogether(
        _ left: LeftOperand, _ weights: WeightMatrix, _ epilogue: Epilogue, _ plan: ProductPlan
    ) {
        let layout = plan.layout
        let operands = sharedOperands.base
        let items = (layout.blocks + plan.blocksPerItem - 1) / plan.blocksPerItem
        team.forEach(items) { item, _ in
            let first = item * plan.blocksPerItem
            pack(
                left, rows: plan.bands[0], blocks: first..<min(first + plan.blocksPerItem, layout.blocks), layout,
                into: operands)
        }
        team.forEach(plan.pieces.count) { index, thread in
            let piece = plan.pieces[index]
            let scratch = threads[thread]
            if scratch.column != piece.column {
                pack(weights, piece.column, piece.vectors, plan, into: scratch.panels.base)
                scratch.column = piece.column
            }
            let next = PanelPrefetch(weights, plan, column: piece.column + 2 * kernels.lanes * team.count)
            for tile in piece.tiles {
                multiply(
                    tile, layout, operands: operands, panel: scratch.panels.base, vectors: piece.vectors,
                    column: piece.column, columns: plan.columns, firstPixel: 0, scratch: scratch.tiles.base, epilogue,
                    next: next)
            }
        }
    }

    // MARK: - Their stages

    /// Fills channel blocks `blocks` of the left operands of a band.
    private func pack(
        _ left: LeftOperand, rows: Range<Int>, blocks: Range<Int>, _ layout: BandLayout,
        into operands: UnsafeMutablePointer<Float>
    ) {
        let lanes = kernels.lanes
        layout.packing.withUnsafeBufferPointer { packing in
            let packing = packing.baseAddress!
            switch left {
            case .depthwise(let input, let weights, let rectifies):
                for half in 0..<(layout.usesStrassen ? 2 : 1) {
                    kernels.depthwise(
                        rectifies, input, weights, rows, half * layout.depth, blocks, packing,
                        operands + half * layout.operandSize)
                }
            case .patches(let input, let geometry):
                precondition(!layout.usesStrassen)
                if input.channels % lanes == 0 || geometry.kernel == 1 {
                    kernels.packPatches(input, geometry, rows, blocks, packing, operands)
                } else {
                    precondition(blocks == 0..<layout.blocks)
                    kernels.packNarrowPatches(input, geometry, rows, packing, operands)
                }
            }
        }
        if layout.usesStrassen {
            addStrassenOperands(blocks: blocks, layout, operands)
        }
    }

    private func addStrassenOperands(
        blocks: Range<Int>, _ layout: BandLayout, _ operands: UnsafeMutablePointer<Float>
    ) {
        let lanes = kernels.lanes
        if let padding = layout.padding {
            for block in blocks {
                let at = operands + Int(padding.offset) + block * Int(padding.step)
                at.update(repeating: 0, count: lanes)
                (at + layout.operandSize).update(repeating: 0, count: lanes)
            }
        }
        for tile in 0..<layout.tiling.count {
            let height = layout.tiling.height(of: tile)
            let offset = layout.tiling.starts[tile] * layout.blocks * lanes + blocks.lowerBound * height * lanes
            kernels.strassenSums(operands + offset, layout.operandSize, blocks.count * height * lanes)
        }
    }

    /// Widens one right panel, or the seven of Strassen-Winograd.
    private func pack(
        _ weights: WeightMatrix, _ column: Int, _ vectors: Int, _ plan: ProductPlan,
        into panel: UnsafeMutablePointer<Float>
    ) {
        if plan.usesStrassen {
            kernels.packStrassenPanels(vectors, weights, column, panel)
        } else {
            kernels.packPanel(vectors, weights, column, panel)
        }
    }

    /// Computes and finishes one microtile, or the four of Strassen-Winograd.
    private func multiply(
        _ tile: Int, _ layout: BandLayout, operands: UnsafePointer<Float>, panel: UnsafePointer<Float>, vectors: Int,
        column: Int, columns: Int, firstPixel: Int, scratch: UnsafeMutablePointer<Float>, _ epilogue: Epilogue,
        next: PanelPrefetch? = nil
    ) {
        let width = vectors * kernels.lanes
        let valid = min(width, columns - column)
        let height = layout.tiling.height(of: tile)
        let start = layout.tiling.starts[tile]
        let microkernel = kernels.microkernels[height - kernels.minimumRows][vectors - 1]
        let left = operands + start * layout.blocks * kernels.lanes
        let upperPixel = firstPixel + start
        let upperRows = layout.tiling.rows(of: tile)

        guard layout.usesStrassen else {
            epilogue.prefetch(pixel: upperPixel, rows: upperRows, channel: column, columns: valid)
            next?.fetch(part: tile, of: layout.tiling.count)
            microkernel(layout.depth, left, panel, nil, scratch)
            kernels.finish(epilogue, scratch, nil, vectors, upperPixel, upperRows, column, valid)
            return
        }

        func continueSums(
            _ operand: StrassenOperand, from initial: UnsafePointer<Float>?, into sums: UnsafeMutablePointer<Float>
        ) {
            next?.fetch(part: tile * 7 + operand.rawValue, of: layout.tiling.count * 7)
            microkernel(
                layout.depth, left + operand.rawValue * layout.operandSize,
                panel + operand.rawValue * layout.depth * width, initial, sums)
        }
        let size = height * width
        let (u2, u3, p5, c) = (scratch, scratch + size, scratch + 2 * size, scratch + 3 * size)
        let lowerPixel = upperPixel + layout.upperRows
        let lowerRows = min(upperRows, layout.pixels - layout.upperRows - start)

        epilogue.prefetch(pixel: upperPixel, rows: upperRows, channel: column, columns: valid)
        continueSums(.p1, from: nil, into: u2)
        continueSums(.p2, from: u2, into: c)
        kernels.finish(epilogue, c, nil, vectors, upperPixel, upperRows, column, valid)
        continueSums(.p6, from: u2, into: u2)
        epilogue.prefetch(pixel: lowerPixel, rows: lowerRows, channel: column, columns: valid)
        continueSums(.p7, from: u2, into: u3)
        continueSums(.p4, from: u3, into: c)
        kernels.finish(epilogue, c, nil, vectors, lowerPixel, lowerRows, column, valid)
        epilogue.prefetch(pixel: lowerPixel, rows: lowerRows, channel: column + columns, columns: valid)
        continueSums(.p5, from: nil, into: p5)
        kernels.finish(epilogue, u3, p5, vectors, lowerPixel, lowerRows, column + columns, valid)
        kernels.add(u2, p5, size, u2)
        epilogue.prefetch(pixel: upperPixel, rows: upperRows, channel: column + columns, columns: valid)
        continueSums(.p3, from: u2, into: c)
        kernels.finish(epilogue, c, nil, vectors, upperPixel, upperRows, column + columns, valid)
    }

    // MARK: - The end of the network

    /// The mean over all pixels: `output[channels]`, which has a vector of slack.
    public func averagePool(_ input: FeatureMap, into output: UnsafeMutablePointer<Float>) {
        kernels.averagePool(input, output)
    }

    /// `output[columns] = input[rows] * weights + bias`.
    public func dense(
        _ input: UnsafePointer<Float>, _ weights: WeightMatrix, bias: UnsafePointer<Float>,
        into output: UnsafeMutablePointer<Float>
    ) {
        let lanes = kernels.lanes
        team.forEach((weights.columns + lanes - 1) / lanes) { item, _ in
            kernels.dense(input, weights, bias, item * lanes, output)
        }
    }
}
