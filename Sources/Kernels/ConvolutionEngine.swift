/// Runs convolutions as matrix products on a team of threads. Owns the scratch memory they
/// need, which grows to the largest layer's and stays.
///
/// Not thread-safe: one engine is used by one caller at a time.
public final class ConvolutionEngine {
    public let kernels: KernelSet
    public let team: ThreadTeam
    private var plans: [ProductShape: ProductPlan] = [:]
    private let threads: [Scratch]

    /// What a thread has to itself.
    final class Scratch {
        let operands = ScratchMemory()
        let panels = ScratchMemory()
        let tiles = ScratchMemory()
        /// The band whose left operands are in `operands`.
        var band: Int?
        var hasPanels = false
    }

    public init(kernels: KernelSet, threads: Int) {
        self.kernels = kernels
        team = ThreadTeam(count: threads)
        self.threads = (0..<team.count).map { _ in Scratch() }
    }

    /// `epilogue.output = epilogue(left * weights)`.
    ///
    /// - Parameter weights: `[patch or channels x output channels]`.
    public func multiply(_ left: LeftOperand, _ weights: WeightMatrix, _ epilogue: Epilogue) {
        precondition(epilogue.output.channels == weights.columns)
        let plan = plan(for: ProductShape(
            outputHeight: epilogue.output.height, outputWidth: epilogue.output.width,
            depth: weights.rows, columns: weights.columns, isDepthwise: left.isDepthwise))
        let product = Product(
            left: left, weights: weights, stored: weights.storedPanels.panels(of: weights, plan, kernels, team),
            epilogue: epilogue, plan: plan, kernels: kernels)
        for thread in threads {
            thread.band = nil
            thread.hasPanels = false
            thread.operands.reserve(plan.operandFloats)
            thread.panels.reserve(plan.panelsFitCache ? plan.panelFloats : plan.panelSize)
            thread.tiles.reserve(plan.sumFloats)
        }
        team.forEach(plan.items.count) { index, thread in
            let item = plan.items[index]
            let band = plan.bands[item.band]
            let scratch = threads[thread]
            if scratch.band != item.band {
                product.packLeft(of: band, first: plan.panels[item.panels.lowerBound], scratch)
                scratch.band = item.band
            }
            if plan.panelsFitCache {
                let next = item.band + 1 < plan.bands.count ? plan.bands[item.band + 1] : nil
                product.multiplyTileByTile(band, next: next, scratch)
            } else {
                product.multiplyPanelByPanel(band, plan.panels[item.panels], scratch)
            }
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
