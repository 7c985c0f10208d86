import CSIMD

/// A product of 32-bit floats by ``StrassenOperand``'s algorithm, its left operand made by a depthwise
/// convolution.
struct StrassenProduct {
    let plan: StrassenPlan
    let left: DepthwiseConvolution
    let weights: WeightMatrix
    /// `[columns]`, padded by a vector.
    let bias: UnsafePointer<Float>
    /// All panels, if they are prepacked.
    let prepacked: UnsafePointer<Float>?
    let kernels: any OperatorKernels.Type
    let tiles: TileProduct

    func compute(_ item: WorkItem, _ workspace: Workspace) {
        let panels = plan.partition.panels[item.panels]
        if workspace.block != item.block {
            packLeft(item.block, first: panels.first!, workspace)
            workspace.block = item.block
        }
        let block = plan.blocks[item.block]
        let first = plan.partition.blocks[item.block].pixels.lowerBound
        let tiles = block.tiling.count
        for panel in panels {
            let partners = plan.partners(of: panel)
            putBiasStep(panel, partners, into: workspace.tiles.floats)
            let next = panel.index + 1 < panels.endIndex ? plan.partition.panels[panel.index + 1] : nil
            for operand in StrassenOperand.allCases {
                let right = self.right(panel, operand, workspace)
                // Prepacked panels are adjacent.
                let following = PrefetchStream(
                    right + plan.panelSize, bytes: plan.panelSize * 4, parts: tiles, steps: plan.depth)
                for run in prepacked == nil ? block.singleTiles : block.runs(operand) {
                    var prefetch = TilePrefetch(none: right)
                    if prepacked != nil {
                        prefetch = TilePrefetch(following, part: run.lowerBound)
                    } else if let next {
                        self.prefetch(
                            next, part: operand.rawValue * tiles + run.lowerBound,
                            of: StrassenOperand.allCases.count * tiles)
                    }
                    multiply(run, of: block, first: first, panel, partners, operand, right, prefetch, workspace)
                }
            }
        }
    }

    // MARK: - Operands

    /// Makes the left operands of a block.
    ///
    /// - Parameter first: the panel that is needed first.
    private func packLeft(_ index: Int, first: ColumnPanel, _ workspace: Workspace) {
        let (block, layout) = (plan.partition.blocks[index], plan.blocks[index])
        let operands = workspace.left.floats
        layout.packing.withUnsafeBufferPointer { packing in
            // A block of channels at a time, so that it is in cache when its sums are made.
            for channels in 0..<layout.channelBlocks {
                if prepacked == nil { prefetch(first, part: channels, of: layout.channelBlocks) }
                for half in 0..<2 {
                    kernels.depthwise(
                        left,
                        OperandPart(
                            rows: block.rows, firstChannel: half * plan.depth, blocks: channels..<channels + 1,
                            places: packing.baseAddress!, output: operands + half * layout.operandSize))
                }
                addSums(channels, layout, operands)
            }
        }
    }

    private func addSums(_ channels: Int, _ layout: StrassenBlock, _ operands: UnsafeMutablePointer<Float>) {
        let lanes = tiles.shape.lanes
        if let padding = layout.padding {
            let place = operands + padding.word(block: channels)
            place.update(repeating: 0, count: lanes)
            (place + layout.operandSize).update(repeating: 0, count: lanes)
        }
        for tile in 0..<layout.tiling.count {
            let height = layout.tiling.height(of: tile)
            kernels.strassenSums(
                operands: operands + layout.offset(of: tile) + channels * height * lanes,
                operandSize: layout.operandSize, count: height * lanes)
        }
    }

    /// Returns a right operand, which is packed into the cache unless it is prepacked.
    private func right(_ panel: ColumnPanel, _ operand: StrassenOperand, _ workspace: Workspace) -> UnsafePointer<Float> {
        if let prepacked { return prepacked + plan.offset(of: panel, operand) }
        kernels.packStrassenPanel(StrassenPanel(
            operand: operand, matrix: weights, column: panel.first, partner: plan.partners(of: panel).lowerBound,
            vectors: panel.vectors, output: workspace.panels.floats))
        return UnsafePointer(workspace.panels.floats)
    }

    private func prefetch(_ panel: ColumnPanel, part: Int, of parts: Int) {
        weights.prefetch(columns: panel.first, part: part, of: parts)
        weights.prefetch(columns: plan.partners(of: panel).lowerBound, part: part, of: parts)
    }

    /// Writes `bias[partner] - bias[column]` for each column of a panel.
    private func putBiasStep(_ panel: ColumnPanel, _ partners: Range<Int>, into step: UnsafeMutablePointer<Float>) {
        for column in 0..<panel.vectors * tiles.shape.lanes {
            let left = bias[panel.first + column]
            step[column] = column < partners.count ? bias[partners.lowerBound + column] - left : 0
        }
    }

    // MARK: - Products

    /// Computes one of the seven products of four tiles, and completes the one that it completes, for several tiles of
    /// one height; `first` is the block's first pixel.
    private func multiply(
        _ tiles: Range<Int>, of block: StrassenBlock, first: Int, _ panel: ColumnPanel, _ partners: Range<Int>,
        _ operand: StrassenOperand, _ right: UnsafePointer<Float>, _ prefetch: TilePrefetch, _ workspace: Workspace
    ) {
        let shape = self.tiles.shape
        let width = panel.vectors * shape.lanes
        let size = shape.maximumRows * width
        let biasStep = workspace.tiles.floats
        let c = biasStep + width
        let u2 = c + (1 + 2 * tiles.lowerBound) * size
        let u3 = u2 + size
        // All sums begin with P1 and with it the left columns' bias; P5 goes into those of the right.
        let (initial, stride, memory): (UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>) =
            switch operand {
            case .p1: (bias + panel.first, 0, u2)
            case .p2, .p3: (UnsafePointer(u2), width, c)
            case .p4: (UnsafePointer(u3), width, c)
            case .p5: (UnsafePointer(biasStep), 0, c)
            case .p6: (UnsafePointer(u2), width, u2)
            case .p7: (UnsafePointer(u2), width, u3)
            }
        let tileStride = 2 * size * 4
        let area = operand.completes.map { quarter in
            let pixels = block.pixels(of: tiles, isLower: quarter.isLower)
            return OutputArea(
                pixels: first + pixels.lowerBound..<first + pixels.upperBound,
                channels: quarter.isRight ? partners : panel.columns)
        }
        let sums = TileSums(initial: initial, initialStride: stride, output: memory, outputStride: width * 4)
        self.tiles.multiply(
            height: block.tiling.height(of: tiles.lowerBound), vectors: panel.vectors, depth: plan.depth,
            left: workspace.left.floats + block.offset(of: tiles.lowerBound, operand), right: right,
            sums: sums.tiles(
                tiles.count, initialStride: stride == 0 ? 0 : tileStride, stride: memory == c ? 0 : tileStride),
            completing: area, addend: operand == .p5 ? UnsafePointer(u3) : nil, prefetch: prefetch)
        if operand == .p5 { kernels.add(u2, c, count: size, into: u2) }
    }
}
