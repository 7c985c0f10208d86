/// Runs convolutions on a team of threads. Owns the memory they need, which grows to the largest
/// layer's and stays.
///
/// Not thread-safe: one engine is used by one caller at a time.
public final class ConvolutionEngine {
    /// For everything that is computed in 32-bit floats.
    public let kernels: any KernelSet.Type
    /// The format that 1x1 convolutions multiply in.
    public let precision: Precision
    let team: ThreadTeam
    let workspaces: [Workspace]
    private let formats: [Precision: FormatKernels]
    private var plans: [PlanKey: Plan] = [:]

    /// How the output of a 1x1 convolution is best stored: where it becomes an 8-bit operand next, binary16
    /// has digits to spare, and halves the way to memory and back.
    public var activationType: ElementType { precision == .int8 ? .float16 : .float32 }
    /// Of 32-bit floats.
    var floats: FormatKernels { formats[.fp32]! }
    /// Of the engine's precision.
    var productKernels: any ProductKernels.Type { formats[precision]!.kernels }

    private struct PlanKey: Hashable {
        let shape: ProductShape
        let algorithm: ConvolutionAlgorithm
        let precision: Precision
    }

    private enum Plan {
        case direct(DirectPlan)
        case strassen(StrassenPlan)
    }

    /// - Precondition: the processor multiplies in that precision, see ``ProcessorKernels/products(_:)``.
    public init(_ processor: ProcessorKernels, precision: Precision = .fp32, threads: Int) {
        kernels = processor.operators
        self.precision = precision
        var formats = [Precision.fp32: FormatKernels(processor.operators)]
        guard let chosen = processor.products(precision) else {
            fatalError("this processor has no kernels for \(precision.rawValue)")
        }
        if precision != .fp32 { formats[precision] = FormatKernels(chosen) }
        self.formats = formats
        team = ThreadTeam(count: threads)
        workspaces = (0..<team.count).map { _ in Workspace() }
    }

    // MARK: - Convolutions

    /// 3x3 depthwise convolution, stride 1, padding "same", then 1x1 convolution, then the epilogue.
    ///
    /// - Parameter reluInput: apply ReLU to the input first.
    /// - Throws: ``OutOfMemory``.
    public func separableConvolution(
        _ input: FeatureMap, _ weights: ConvolutionWeights, reluInput: Bool, _ epilogue: Epilogue
    ) throws(OutOfMemory) {
        guard let depthwise = weights.depthwise else {
            fatalError("\(weights.name): a separable convolution needs a depthwise kernel")
        }
        checkShapes(input, weights, height: input.height, width: input.width, epilogue)
        try run(.depthwise(input, weights: depthwise.base, relu: reluInput), weights, stride: 1, epilogue)
    }

    /// Convolution with any square kernel and stride, then the epilogue.
    ///
    /// - Throws: ``OutOfMemory``.
    public func convolution(
        _ input: FeatureMap, _ weights: ConvolutionWeights, _ geometry: ConvolutionGeometry, _ epilogue: Epilogue
    ) throws(OutOfMemory) {
        check(weights.depthwise == nil, "\(weights.name): a depthwise kernel goes with a separable convolution")
        check(weights.kernelSize == geometry.kernel, "\(weights.name): the kernel is \(weights.kernelSize)x\(weights.kernelSize)")
        checkShapes(input, weights, height: geometry.outputHeight, width: geometry.outputWidth, epilogue)
        check(
            input.height == geometry.inputHeight && input.width == geometry.inputWidth,
            "\(weights.name): the input is \(input.height) x \(input.width), not \(geometry.inputHeight) x \(geometry.inputWidth)")
        try run(.im2col(input, geometry), weights, stride: geometry.stride, epilogue)
    }

    /// The one place where shapes are checked: the kernels behind it are pointer arithmetic without.
    private func checkShapes(
        _ input: FeatureMap, _ weights: ConvolutionWeights, height: Int, width: Int, _ epilogue: Epilogue
    ) {
        let output = epilogue.output
        check(input.channels == weights.channels, "\(weights.name): \(input.channels) channels for a kernel of \(weights.channels)")
        check(
            output.hasShape(height, width, weights.filters),
            "\(weights.name): the output is \(output.height) x \(output.width) x \(output.channels), not \(height) x \(width) x \(weights.filters)")
        switch epilogue.shortcut {
        case .none: break
        case .residual(let residual):
            check(
                residual.hasShape(height, width, weights.filters) && residual.elementType == output.elementType,
                "\(weights.name): the residual has another shape or type than the output")
        case .maxPool(let pool):
            check(
                pool.input.channels == weights.filters && pool.outputWidth == width
                    && pool.input.elementType == output.elementType
                    && (0...1).contains(pool.rowPadding) && (0...1).contains(pool.columnPadding)
                    && (height - 1) * 2 - pool.rowPadding < pool.input.height
                    && (width - 1) * 2 - pool.columnPadding < pool.input.width,
                "\(weights.name): the pool's windows are not in its input, or its type is not the output's")
        }
    }

    private func run(
        _ left: LeftOperand, _ weights: ConvolutionWeights, stride: Int, _ epilogue: Epilogue
    ) throws(OutOfMemory) {
        let isDepthwise = weights.depthwise != nil
        let shape = ProductShape(
            outputHeight: epilogue.output.height, outputWidth: epilogue.output.width, depth: weights.kernel.rows,
            columns: weights.filters, isDepthwise: isDepthwise)
        // The few convolutions with larger kernels read the image, or its first features, and lose most
        // by rounding.
        let precision = weights.kernelSize == 1 ? precision : .fp32
        let algorithm = ConvolutionAlgorithm(
            kernelSize: weights.kernelSize, stride: stride, shape: shape, precision: precision, lanes: kernels.lanes)
        if algorithm == .winograd, case .im2col(let input, let geometry) = left, case .none = epilogue.shortcut {
            return try winograd(input, weights, padding: geometry.padding, epilogue)
        }
        let format = formats[precision]!
        let key = PlanKey(shape: shape, algorithm: algorithm, precision: precision)
        let plan = plans[key] ?? makePlan(key, format.kernels)
        plans[key] = plan
        let tiles = TileProduct(format, epilogue)
        switch plan {
        case .direct(let plan):
            let panels = try prepacked(weights, plan, format.kernels)
            let product = DirectProduct(
                plan: plan, left: left, weights: weights.kernel, bias: weights.bias.base, prepacked: panels,
                operators: kernels, tiles: tiles)
            try forEach(plan.partition.items, plan.workspace(isPrepacked: panels != nil), product.compute)
        case .strassen(let plan):
            let panels = try prepacked(weights, plan)
            let product = StrassenProduct(
                plan: plan, left: left, weights: weights.kernel, bias: weights.bias.base,
                prepacked: panels.map { UnsafePointer($0.floats) }, kernels: kernels, tiles: tiles)
            try forEach(plan.partition.items, plan.workspace(isPrepacked: panels != nil), product.compute)
        }
    }

    private func makePlan(_ key: PlanKey, _ products: any ProductKernels.Type) -> Plan {
        key.algorithm == .strassen
            ? .strassen(StrassenPlan(key.shape, kernels: kernels, threads: team.count))
            : .direct(DirectPlan(key.shape, kernels: products, threads: team.count))
    }

    private func forEach(
        _ items: [WorkItem], _ size: Workspace.Size, _ compute: (WorkItem, Workspace) -> Void
    ) throws(OutOfMemory) {
        for workspace in workspaces { try workspace.reset(size) }
        team.forEach(items.count) { item, thread in compute(items[item], workspaces[thread]) }
    }

    // MARK: - Prepacking

    private func prepacked(
        _ weights: ConvolutionWeights, _ plan: DirectPlan, _ products: any ProductKernels.Type
    ) throws(OutOfMemory) -> PrepackedPanels? {
        let layout = ConvolutionWeights.PanelLayout(algorithm: .direct, kernels: ObjectIdentifier(products))
        // Other formats are not packed anew for each image: their scales need whole columns.
        return try weights.panels(layout, isRequired: products.precision != .fp32) { () throws(OutOfMemory) in
            let panels = plan.partition.panels
            let width = 2 * plan.layout.lanes
            let packed = try PrepackedPanels(
                words: panels.count * plan.panelSize, scaledColumns: products.precision == .int8 ? panels.count * width : nil)
            team.forEach(panels.count) { index, _ in
                products.packPanel(
                    weights.kernel, column: panels[index].first, vectors: panels[index].vectors,
                    into: packed.writableWords + index * plan.panelSize * 4,
                    scales: packed.writableScales.map { $0 + index * width },
                    initial: packed.writableInitial.map { $0 + index * width })
            }
            return packed
        }
    }

    private func prepacked(_ weights: ConvolutionWeights, _ plan: StrassenPlan) throws(OutOfMemory) -> PrepackedPanels? {
        let layout = ConvolutionWeights.PanelLayout(algorithm: .strassen, kernels: ObjectIdentifier(kernels))
        return try weights.panels(layout, isRequired: false) { () throws(OutOfMemory) in
            let packed = try PrepackedPanels(words: plan.panelFloats)
            team.forEach(plan.partition.panels.count) { index, _ in
                let panel = plan.partition.panels[index]
                for operand in StrassenOperand.allCases {
                    kernels.packStrassenPanel(
                        operand, weights.kernel, column: panel.first, partner: plan.partners(of: panel).lowerBound,
                        vectors: panel.vectors, into: packed.floats + plan.offset(of: panel, operand))
                }
            }
            return packed
        }
    }

    // MARK: - The end of the network

    /// The mean over all pixels, `[channels]`.
    public func averagePool(_ input: FeatureMap) -> [Float] {
        [Float](unsafeUninitializedCapacity: input.channels) { output, count in
            kernels.averagePool(input: input, output: output.baseAddress!)
            count = input.channels
        }
    }

    /// `input[rows] * weights + bias`, `[columns]`.
    public func dense(_ input: [Float], _ weights: WeightMatrix, bias: PaddedFloats) -> [Float] {
        check(
            input.count == weights.rows && bias.count == weights.columns,
            "a dense layer of \(weights.rows) x \(weights.columns) has \(input.count) inputs and \(bias.count) biases")
        let lanes = kernels.lanes
        return [Float](unsafeUninitializedCapacity: weights.columns) { output, count in
            let output = output.baseAddress!
            team.forEach((weights.columns + lanes - 1) / lanes) { item, _ in
                kernels.dense(
                    input: input, matrix: weights, bias: bias.base, column: item * lanes, output: output)
            }
            count = weights.columns
        }
    }
}
