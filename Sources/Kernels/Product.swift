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
    /// All right panels, if they are kept.
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
    ///
    /// - Parameter next: the band that the thread will probably have next.
    func multiplyTileByTile(_ band: ProductPlan.Band, next: ProductPlan.Band?, _ scratch: Scratch) {
        if stored == nil, !scratch.hasPanels {
            for panel in plan.panels {
                kernels.packPanel(panel, of: weights, into: scratch.panels.base + plan.offset(of: panel))
            }
            scratch.hasPanels = true
        }
        let panels = stored ?? UnsafePointer(scratch.panels.base)
        let prefetch = next.map { InputPrefetch(left, rows: $0.rows) }
        for tile in 0..<band.layout.tiling.count {
            prefetch?.fetch(part: tile, of: band.layout.tiling.count)
            for panel in plan.panels {
                multiply(tile, of: band, panel, panels + plan.offset(of: panel), scratch)
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
                putBiasStep(panel, into: scratch.tiles.base)
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
            return stored + plan.offset(of: panel, operand)
        }
        kernels.packPanel(panel, operand, of: weights, into: scratch.panels.base)
        return UnsafePointer(scratch.panels.base)
    }

    /// What the bias of a panel's right columns is larger than that of the left.
    private func putBiasStep(_ panel: ProductPlan.Panel, into step: UnsafeMutablePointer<Float>) {
        for column in 0..<panel.vectors * kernels.lanes {
            let left = epilogue.bias[panel.first + column]
            step[column] = column < panel.partners.count ? epilogue.bias[panel.partners.lowerBound + column] - left : 0
        }
    }

    /// Kept panels stand one behind the other: while two tiles are computed, each fetches every
    /// other cache line of the next.
    private func ahead(_ tile: Int) -> Int {
        stored == nil || tile > 1 ? 0 : plan.panelSize + tile * CacheLine.floats
    }

    private func panelPrefetch(_ panel: ProductPlan.Panel) -> PanelPrefetch? {
        stored == nil ? PanelPrefetch(weights, panel, usesStrassen: plan.usesStrassen) : nil
    }

    /// Computes and finishes a microtile.
    private func multiply(
        _ tile: Int, of band: ProductPlan.Band, _ panel: ProductPlan.Panel, _ right: UnsafePointer<Float>,
        ahead: Int = 0, _ scratch: Scratch
    ) {
        let area = OutputArea(pixels: band.pixels(of: tile), channels: panel.columns())
        multiply(
            tile, of: band, panel, nil, right, from: (epilogue.bias + panel.first, stride: 0), into: scratch.tiles.base,
            completing: area, ahead: ahead, scratch)
    }

    /// Computes one of the seven products of four microtiles, and finishes the one that it completes.
    private func multiply(
        _ tile: Int, of band: ProductPlan.Band, _ panel: ProductPlan.Panel, _ operand: StrassenOperand,
        _ right: UnsafePointer<Float>, ahead: Int, _ scratch: Scratch
    ) {
        let width = panel.vectors * kernels.lanes
        let size = kernels.maximumRows * width
        let biasStep = scratch.tiles.base
        let c = biasStep + width
        let u2 = c + (1 + 2 * tile) * size
        let u3 = u2 + size
        // All sums begin with P1 and with it the left columns' bias; P5 goes into those of the right.
        let (initial, sums): ((UnsafePointer<Float>, stride: Int), UnsafeMutablePointer<Float>) =
            switch operand {
            case .p1: ((epilogue.bias + panel.first, stride: 0), u2)
            case .p2, .p3: ((UnsafePointer(u2), stride: width), c)
            case .p4: ((UnsafePointer(u3), stride: width), c)
            case .p5: ((UnsafePointer(biasStep), stride: 0), c)
            case .p6: ((UnsafePointer(u2), stride: width), u2)
            case .p7: ((UnsafePointer(u2), stride: width), u3)
            }
        let area = operand.completes.map { quarter in
            OutputArea(
                pixels: band.pixels(of: tile, isLower: quarter.isLower),
                channels: panel.columns(isRight: quarter.isRight))
        }
        multiply(
            tile, of: band, panel, operand, right, from: initial, into: sums, completing: area,
            addend: operand == .p5 ? u3 : nil, ahead: ahead, scratch)
        if operand == .p5 { kernels.add(u2, c, size, u2) }
    }

    /// Multiplies a microtile, into the output at once where it is complete but for ReLU.
    ///
    /// - Parameter sums: where it stands otherwise; what else it lacks is added from there.
    private func multiply(
        _ tile: Int, of band: ProductPlan.Band, _ panel: ProductPlan.Panel, _ operand: StrassenOperand?,
        _ right: UnsafePointer<Float>, from initial: (UnsafePointer<Float>, stride: Int),
        into sums: UnsafeMutablePointer<Float>, completing area: OutputArea?, addend: UnsafePointer<Float>? = nil, ahead: Int,
        _ scratch: Scratch
    ) {
        let height = band.layout.tiling.height(of: tile)
        let width = panel.vectors * kernels.lanes
        let microkernel = kernels.microkernels[height - kernels.minimumRows][panel.vectors - 1]
        let left = scratch.operands.base + band.layout.offset(of: tile, operand ?? .p1)
        let output = epilogue.output
        if let area { epilogue.prefetch(area) }
        if let area, addend == nil, epilogue.isPlain, area.pixels.count == height,
            area.channels.lowerBound + width <= output.pixelStride
        {
            microkernel(
                depth: band.layout.depth, left: left, right: right,
                sums: MicrotileSums(
                    initial: initial.0, initialStride: initial.stride,
                    output: output.base + area.pixels.lowerBound * output.pixelStride + area.channels.lowerBound,
                    outputStride: output.pixelStride, rectifies: epilogue.rectifies),
                ahead: ahead)
            return
        }
        microkernel(
            depth: band.layout.depth, left: left, right: right,
            sums: MicrotileSums(
                initial: initial.0, initialStride: initial.stride, output: sums, outputStride: width, rectifies: false),
            ahead: ahead)
        if let area { kernels.finish(epilogue, sums, addend, panel.vectors, area) }
    }
}
