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

/// One convolution as a matrix product, and how threads compute their parts of it.
struct Product {
    typealias Scratch = ConvolutionEngine.Scratch

    let left: LeftOperand
    let weights: WeightMatrix
    /// All right panels, `[panels][operands][panelSize]`, if they are kept.
    let stored: UnsafePointer<Float>?
    let epilogue: Epilogue
    let plan: ProductPlan
    let kernels: KernelSet

    // MARK: - Left operands

    /// Packs a band's left operands.
    ///
    /// - Parameter first: the panel that they will meet first.
    func packLeft(of band: ProductPlan.Band, first: ProductPlan.Panel, _ scratch: Scratch) {
        let layout = band.layout
        let operands = scratch.operands.base
        layout.packing.withUnsafeBufferPointer { packing in
            let packing = packing.baseAddress!
            switch left {
            case .depthwise(let input, let weights, let rectifies):
                guard plan.usesStrassen else {
                    return kernels.depthwise(rectifies, input, weights, band.rows, 0, 0..<layout.blocks, packing, operands)
                }
                let prefetch = panelPrefetch(first)
                // A block at a time, so that it is in cache when its sums are made.
                for block in 0..<layout.blocks {
                    prefetch?.fetch(part: block, of: layout.blocks)
                    for half in 0..<2 {
                        kernels.depthwise(
                            rectifies, input, weights, band.rows, half * layout.depth, block..<block + 1, packing,
                            operands + half * layout.operandSize)
                    }
                    addStrassenOperands(block: block, layout, operands)
                }
            case .patches(let input, let geometry):
                if input.channels % kernels.lanes == 0 || geometry.kernel == 1 {
                    kernels.packPatches(input, geometry, band.rows, 0..<layout.blocks, packing, operands)
                } else {
                    precondition(input.pixelStride == input.channels)
                    kernels.packNarrowPatches(input, geometry, band.rows, packing, operands)
                }
            }
        }
    }

    private func addStrassenOperands(block: Int, _ layout: BandLayout, _ operands: UnsafeMutablePointer<Float>) {
        let lanes = kernels.lanes
        if let padding = layout.padding {
            let place = operands + Int(padding.offset) + block * Int(padding.step)
            place.update(repeating: 0, count: lanes)
            (place + layout.operandSize).update(repeating: 0, count: lanes)
        }
        for tile in 0..<layout.tiling.count {
            let height = layout.tiling.height(of: tile)
            kernels.strassenSums(
                operands + layout.offset(of: tile) + block * height * lanes, layout.operandSize, height * lanes)
        }
    }

    // MARK: - Products

    /// With all right panels at hand: whole pixels are written, and read by residuals and pools.
    func multiplyTileByTile(_ band: ProductPlan.Band, next: ProductPlan.Band?, _ scratch: Scratch) {
        if stored == nil, !scratch.hasPanels {
            for panel in plan.panels {
                kernels.packPanel(panel, of: weights, into: scratch.panels.base + panel.index * plan.panelSize)
            }
            scratch.hasPanels = true
        }
        let panels = stored ?? UnsafePointer(scratch.panels.base)
        let prefetch = next.map { InputPrefetch(left, rows: $0.rows) }
        for tile in 0..<band.layout.tiling.count {
            prefetch?.fetch(part: tile, of: band.layout.tiling.count)
            for panel in plan.panels {
                multiply(tile, of: band, panel, panels + panel.index * plan.panelSize, scratch)
            }
        }
    }

    /// One right panel at a time, or each of the seven of Strassen-Winograd, so that all that
    /// meets it is multiplied while it is in cache.
    func multiplyPanelByPanel(_ band: ProductPlan.Band, _ panels: ArraySlice<ProductPlan.Panel>, _ scratch: Scratch) {
        let tiles = band.layout.tiling.count
        for panel in panels {
            let prefetch = panel.index + 1 < panels.endIndex ? panelPrefetch(plan.panels[panel.index + 1]) : nil
            if plan.usesStrassen {
                for operand in StrassenOperand.allCases {
                    let right = self.panel(panel, operand, scratch)
                    for tile in 0..<tiles {
                        prefetch?.fetch(part: operand.rawValue * tiles + tile, of: StrassenOperand.allCases.count * tiles)
                        multiply(tile, of: band, panel, operand, right, ahead: ahead(tile), scratch)
                    }
                }
            } else {
                let right = self.panel(panel, nil, scratch)
                for tile in 0..<tiles {
                    prefetch?.fetch(part: tile, of: tiles)
                    multiply(tile, of: band, panel, right, ahead: ahead(tile), scratch)
                }
            }
        }
    }

    /// A right panel, which is widened into the cache unless it is kept.
    private func panel(_ panel: ProductPlan.Panel, _ operand: StrassenOperand?, _ scratch: Scratch) -> UnsafePointer<Float> {
        if let stored {
            return stored + (panel.index * plan.operands.count + (operand?.rawValue ?? 0)) * plan.panelSize
        }
        kernels.packPanel(panel, operand, of: weights, into: scratch.panels.base)
        return UnsafePointer(scratch.panels.base)
    }

    /// Kept panels stand one behind the other: while two tiles are computed, each fetches every
    /// other cache line of the next.
    private func ahead(_ tile: Int) -> Int {
        stored == nil || tile > 1 ? 0 : plan.panelSize + tile * 64 / MemoryLayout<Float>.stride
    }

    private func panelPrefetch(_ panel: ProductPlan.Panel) -> PanelPrefetch? {
        stored == nil ? PanelPrefetch(weights, panel, usesStrassen: plan.usesStrassen) : nil
    }

    /// Computes and finishes a microtile.
    private func multiply(
        _ tile: Int, of band: ProductPlan.Band, _ panel: ProductPlan.Panel, _ right: UnsafePointer<Float>,
        ahead: Int = 0, _ scratch: Scratch
    ) {
        let sums = scratch.tiles.base
        let area = OutputArea(pixels: band.pixels(of: tile), channels: panel.columns())
        epilogue.prefetch(area)
        microkernel(tile, band.layout, panel)(
            depth: band.layout.depth, left: scratch.operands.base + band.layout.offset(of: tile), right: right, tile: sums,
            ahead: ahead)
        kernels.finish(epilogue, sums, nil, panel.vectors, area)
    }

    /// Computes one of the seven products of four microtiles, and finishes the one that it completes.
    private func multiply(
        _ tile: Int, of band: ProductPlan.Band, _ panel: ProductPlan.Panel, _ operand: StrassenOperand,
        _ right: UnsafePointer<Float>, ahead: Int, _ scratch: Scratch
    ) {
        let size = kernels.maximumRows * panel.vectors * kernels.lanes
        let c = scratch.tiles.base
        let u2 = c + (1 + 2 * tile) * size
        let u3 = u2 + size
        let (initial, sums): (UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>) =
            switch operand {
            case .p1: (nil, u2)
            case .p2, .p3: (u2, c)
            case .p4: (u3, c)
            case .p5: (nil, c)
            case .p6: (u2, u2)
            case .p7: (u2, u3)
            }
        let area = operand.completes.map { quarter in
            OutputArea(
                pixels: band.pixels(of: tile, isLower: quarter.isLower),
                channels: panel.columns(isRight: quarter.isRight))
        }
        if let area { epilogue.prefetch(area) }
        microkernel(tile, band.layout, panel)(
            depth: band.layout.depth, left: scratch.operands.base + band.layout.offset(of: tile, operand), right: right,
            initial: initial, tile: sums, ahead: ahead)
        if let area { kernels.finish(epilogue, c, operand == .p5 ? u3 : nil, panel.vectors, area) }
        if operand == .p5 { kernels.add(u2, c, size, u2) }
    }

    private func microkernel(_ tile: Int, _ layout: BandLayout, _ panel: ProductPlan.Panel) -> Microkernel {
        kernels.microkernels[layout.tiling.height(of: tile) - kernels.minimumRows][panel.vectors - 1]
    }
}
