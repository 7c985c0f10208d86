import CSIMD

/// The layout of a direct product's operands and its division among threads. Made once per shape.
struct DirectPlan {
    let partition: Partition
    let layout: WordLayout
    let blocks: [DirectBlock]
    /// Words of a panel of two vectors.
    let panelSize: Int
    /// Floats from one vector of channels to the next, in rows to be converted.
    let planeStride: Int
    /// The places of those rows' pixels: two image rows.
    let planes: [PackedRow]
    private let shape: MicrokernelShape

    init(_ shape: ProductShape, kernels: any GemmKernels.Type, threads: Int) {
        self.shape = kernels.shape
        let lanes = self.shape.lanes
        layout = WordLayout(channels: shape.depth, lanes: lanes, valuesPerWord: kernels.valuesPerWord)
        partition = Partition(
            shape, depthWords: layout.words, columns: shape.columns, lanes: lanes, threads: threads)
        panelSize = layout.words * 2 * lanes
        let (words, microkernels) = (layout, self.shape)
        blocks = partition.layouts { DirectBlock($0, blocks: words.blocks, microkernels: microkernels) }
        // An odd number of cache lines, so that a pixel's vectors fall into different sets of a cache.
        let pixels = 2 * shape.outputWidth
        planeStride = ((pixels * lanes + CacheLine.words - 1) / CacheLine.words | 1) * CacheLine.words
        let stride = planeStride
        planes = layout.valuesPerWord == 1 ? [] : (0..<pixels).map { PackedRow(offset: $0 * lanes, step: stride) }
    }

    func workspace(isPrepacked: Bool) -> Workspace.Size {
        let lanes = shape.lanes
        return Workspace.Size(
            left: blocks.map(\.size).max()! + lanes,
            panels: isPrepacked ? 0 : partition.panelsFitCache ? partition.panels.count * panelSize : panelSize,
            tiles: (partition.panelsFitCache ? partition.panels.count : 1) * shape.maximumRows * 2 * lanes,
            planes: planes.isEmpty ? 0 : (layout.channels + lanes - 1) / lanes * planeStride,
            scales: planes.isEmpty ? 0 : blocks.map(\.pixels).max()!)
    }
}

/// The packed left operand of a block of pixels, `[pixels x depth]`.
struct DirectBlock {
    let pixels: Int
    let tiling: RowTiling
    /// One entry per pixel of the block's image rows. Pixels outside the block are written to a scratch row.
    let packing: [PackedRow]
    /// Words of the operand and of the scratch row.
    let size: Int

    /// Lays out a block.
    ///
    /// - Parameter blocks: the number of channel blocks.
    init(_ shape: RowBlock.Shape, blocks: Int, microkernels: MicrokernelShape) {
        pixels = shape.pixels
        tiling = RowTiling(rows: pixels, shape: microkernels)
        let operand = tiling.packedRows * blocks * microkernels.lanes
        packing = shape.packing(
            tiling.packing(blocks: blocks, lanes: microkernels.lanes), discarding: PackedRow(offset: operand, step: 0))
        size = operand + microkernels.lanes
    }
}

/// A plain matrix product, in any format.
struct DirectProduct {
    let plan: DirectPlan
    let left: LeftOperand
    let weights: WeightMatrix
    /// `[columns]`, padded by a vector.
    let bias: UnsafePointer<Float>
    /// All panels, if they are prepacked.
    let prepacked: PrepackedPanels?
    /// The kernels that make the left operand, in 32-bit floats.
    let operators: any OperatorKernels.Type
    let tiles: TileProduct

    func compute(_ item: WorkItem, _ workspace: Workspace) {
        if workspace.block != item.block {
            packLeft(item.block, workspace)
            workspace.block = item.block
        }
        if plan.partition.panelsFitCache {
            multiplyTileByTile(item.block, workspace)
        } else {
            multiplyPanelByPanel(item, workspace)
        }
    }

    // MARK: - Left operand

    private func packLeft(_ index: Int, _ workspace: Workspace) {
        let block = plan.partition.blocks[index]
        plan.blocks[index].packing.withUnsafeBufferPointer { packing in
            if plan.planes.isEmpty {
                packFloats(block, packing.baseAddress!, workspace.left.floats)
            } else {
                convert(block, packing.baseAddress!, workspace)
            }
        }
    }

    private func packFloats(_ block: RowBlock, _ packing: UnsafePointer<PackedRow>, _ output: UnsafeMutablePointer<Float>) {
        let part = OperandPart(rows: block.rows, blocks: 0..<plan.layout.blocks, places: packing, output: output)
        switch left {
        case .depthwise(let convolution):
            operators.depthwise(convolution, part)
        case .im2col(let patches):
            if patches.geometry.kernel == 1 || patches.input.channels % plan.layout.lanes == 0 {
                operators.im2col(patches, part)
            } else {
                check(patches.input.elementType == .float32, "patches of few channels are made of 32-bit floats")
                operators.im2colFewChannels(patches, part)
            }
        }
    }

    /// Packs in another format: two image rows of the depthwise convolution at a time, or the pixels that a 1x1
    /// convolution reads, in place.
    private func convert(_ block: RowBlock, _ packing: UnsafePointer<PackedRow>, _ workspace: Workspace) {
        let lanes = plan.layout.lanes
        switch left {
        case .depthwise(let convolution):
            plan.planes.withUnsafeBufferPointer { planes in
                for y in stride(from: block.rows.lowerBound, to: block.rows.upperBound, by: 2) {
                    let rows = y..<min(y + 2, block.rows.upperBound)
                    operators.depthwise(
                        convolution,
                        OperandPart(
                            rows: rows, blocks: 0..<(convolution.input.channels + lanes - 1) / lanes,
                            places: planes.baseAddress!, output: workspace.planes.floats))
                    pack(
                        rows, of: block, workspace.planes.words, .float32, pixelStride: lanes * 4,
                        vectorStride: plan.planeStride * 4, packing, workspace)
                }
            }
        case .im2col(let patches):
            let (input, stride) = (patches.input, patches.geometry.stride)
            for y in block.rows {
                pack(
                    y..<y + 1, of: block, input.address(pixel: y * stride * input.width, channel: 0), input.elementType,
                    pixelStride: stride * input.pixelStride, vectorStride: lanes * input.elementType.size, packing,
                    workspace)
            }
        }
    }

    /// Packs the pixels of output rows `rows` that are in the block; the first row's are at `values`.
    private func pack(
        _ rows: Range<Int>, of block: RowBlock, _ values: UnsafeRawPointer, _ elementType: ElementType,
        pixelStride: Int, vectorStride: Int, _ packing: UnsafePointer<PackedRow>, _ workspace: Workspace
    ) {
        let width = left.geometry.outputWidth
        let start = rows.lowerBound * width
        let pixels = (start..<rows.upperBound * width).clamped(to: block.pixels)
        tiles.format.kernels.packRows(RowPacking(
            values + (pixels.lowerBound - start) * pixelStride, elementType, pixelStride: pixelStride,
            vectorStride: vectorStride, layout: plan.layout, count: pixels.count,
            rows: packing + block.shape.firstColumn + pixels.lowerBound - block.pixels.lowerBound, into: workspace.left.words,
            scales: workspace.scales.floats + pixels.lowerBound - block.pixels.lowerBound))
    }

    // MARK: - Products

    /// Multiplies with all panels in cache: whole pixels are written, and read by residuals and pools.
    private func multiplyTileByTile(_ index: Int, _ workspace: Workspace) {
        let panels = plan.partition.panels
        if prepacked == nil, !workspace.hasPanels {
            for panel in panels { pack(panel, into: workspace.panels.words + panel.index * plan.panelSize * 4) }
            workspace.hasPanels = true
        }
        let right = prepacked?.words ?? UnsafeRawPointer(workspace.panels.words)
        let next = index + 1 < plan.partition.blocks.count ? plan.partition.blocks[index + 1] : nil
        let block = plan.blocks[index]
        let first = plan.partition.blocks[index].pixels.lowerBound
        let input = next.flatMap { next in
            let bytes = left.inputBytes(rows: next.rows)
            return bytes.baseAddress.map {
                PrefetchStream(
                    $0, bytes: bytes.count, parts: block.tiling.count * panels.count, steps: plan.layout.words)
            }
        }
        let wide = panels.last!.vectors == 2 ? panels.count : panels.count - 1
        for run in block.tiling.runs {
            func multiply(tiles: Range<Int>, panels selected: Range<Int>) {
                let right = right + selected.lowerBound * plan.panelSize * 4
                let prefetch = input.map {
                    TilePrefetch(
                        $0, part: tiles.lowerBound * panels.count + selected.lowerBound, partsPerTile: panels.count)
                }
                self.multiply(
                    tiles, of: block, first: first, panels: selected, right, prefetch ?? TilePrefetch(none: right),
                    workspace)
            }
            // A call for all panels of two vectors.
            let isShared = wide > 0 && self.tiles.sharesPanels(
                area(run, of: block, first: first, panels: 0..<wide),
                height: run.count * block.tiling.height(of: run.lowerBound), columns: wide * 2 * plan.layout.lanes)
            if isShared { multiply(tiles: run, panels: 0..<wide) }
            for tile in run {
                for panel in (isShared ? wide : 0)..<panels.count {
                    multiply(tiles: tile..<tile + 1, panels: panel..<panel + 1)
                }
            }
        }
    }

    /// Multiplies one panel at a time, by all rows of the block while the panel is in cache.
    private func multiplyPanelByPanel(_ item: WorkItem, _ workspace: Workspace) {
        let block = plan.blocks[item.block]
        let first = plan.partition.blocks[item.block].pixels.lowerBound
        let tiles = block.tiling.count
        for panel in plan.partition.panels[item.panels] {
            let panels = panel.index..<panel.index + 1
            if let prepacked {
                let right = prepacked.words + panel.index * plan.panelSize * 4
                let following = PrefetchStream(
                    right + plan.panelSize * 4, bytes: plan.panelSize * 4, parts: tiles, steps: plan.layout.words)
                for run in block.tiling.runs {
                    multiply(
                        run, of: block, first: first, panels: panels, right,
                        TilePrefetch(following, part: run.lowerBound), workspace)
                }
            } else {
                let next = panel.index + 1 < item.panels.upperBound ? plan.partition.panels[panel.index + 1] : nil
                pack(panel, into: workspace.panels.words)
                let right = UnsafeRawPointer(workspace.panels.words)
                for tile in 0..<tiles {
                    if let next { weights.prefetch(columns: next.first, part: tile, of: tiles) }
                    multiply(
                        tile..<tile + 1, of: block, first: first, panels: panels, right, TilePrefetch(none: right),
                        workspace)
                }
            }
        }
    }

    private func pack(_ panel: ColumnPanel, into words: UnsafeMutableRawPointer) {
        tiles.format.kernels.packPanel(PanelPacking(weights, column: panel.first, vectors: panel.vectors, into: words))
    }

    /// The place of the completed sums of tiles. `first` is the block's first pixel.
    private func area(_ tiles: Range<Int>, of block: DirectBlock, first: Int, panels: Range<Int>) -> OutputArea {
        let starts = block.tiling.starts
        let all = plan.partition.panels
        return OutputArea(
            pixels: first + starts[tiles.lowerBound]..<first + starts[tiles.upperBound],
            channels: all[panels.lowerBound].first..<all[panels.upperBound - 1].columns.upperBound)
    }

    /// Multiplies tiles of one height.
    private func multiply(
        _ tiles: Range<Int>, of block: DirectBlock, first: Int, panels: Range<Int>, _ right: UnsafeRawPointer,
        _ prefetch: TilePrefetch, _ workspace: Workspace
    ) {
        let row = block.tiling.starts[tiles.lowerBound]
        let panel = plan.partition.panels[panels.lowerBound]
        let columns = prepacked?.columns
        let height = block.tiling.height(of: tiles.lowerBound)
        let width = panel.vectors * plan.layout.lanes * 4
        let sums = TileSums(
            initial: columns.map { UnsafeRawPointer($0.initial + panel.first) } ?? UnsafeRawPointer(bias + panel.first),
            initialStride: 0, output: workspace.tiles.words, outputStride: width, panels: panels.count,
            panelStride: height * width)
        self.tiles.multiply(
            height: height, vectors: panel.vectors, depth: plan.layout.words,
            left: UnsafeRawPointer(workspace.left.words) + row * plan.layout.blocks * plan.layout.lanes * 4,
            right: right, sums: sums.tiles(tiles.count),
            completing: area(tiles, of: block, first: first, panels: panels),
            scales: columns.map {
                TileScales(
                    rows: workspace.scales.floats + row, columns: $0.scales + panel.first, bias: bias + panel.first)
            }, prefetch: prefetch)
    }
}

extension WeightMatrix {
    /// Brings part `part` of `parts` of two vectors of columns into the cache. Their rows are kilobytes apart, out of a
    /// hardware prefetcher's reach.
    func prefetch(columns first: Int, part: Int, of parts: Int) {
        for row in part * rows / parts..<(part + 1) * rows / parts {
            let address = base + (row * columns + first) * elementType.size
            csimd_prefetch(address)
            csimd_prefetch(address + CacheLine.bytes - 1)
        }
    }
}
