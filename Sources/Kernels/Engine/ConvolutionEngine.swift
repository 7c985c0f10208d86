/// Runs convolutions on a team of threads. Owns their memory, which grows to that of the largest layer.
///
/// Not thread-safe: one engine is used by one caller at a time.
public final class ConvolutionEngine {
    /// The kernels for everything computed in 32-bit floats.
    public let kernels: any OperatorKernels.Type
    /// The operand format of 1x1 convolutions.
    public let precision: Precision
    let team: ThreadTeam
    let workspaces: [Workspace]
    private let formats: [Precision: GemmDispatch]
    private var plans: [PlanKey: Plan] = [:]

    /// The storage format of the output of 1x1 convolutions. Before an 8-bit product, binary16 has digits to
    /// spare, and halves the traffic.
    public var activationType: ElementType { precision == .int8 ? .float16 : .float32 }
    /// The products of 32-bit floats.
    var floats: GemmDispatch { formats[.fp32]! }
    /// The products of the engine's precision.
    var productKernels: any GemmKernels.Type { formats[precision]!.kernels }

    private struct PlanKey: Hashable {
        let shape: ProductShape
        let algorithm: ConvolutionAlgorithm
        let precision: Precision
    }

    private enum Plan {
        case direct(DirectPlan)
        case strassen(StrassenPlan)
    }

    /// Makes an engine and its team of threads.
    ///
    /// - Precondition: the processor multiplies in that precision, see ``ProcessorKernels/products(_:)``.
    public init(_ processor: ProcessorKernels, precision: Precision = .fp32, threads: Int) {
        kernels = processor.operators
        self.precision = precision
        var formats = [Precision.fp32: GemmDispatch(processor.operators)]
        guard let chosen = processor.products(precision) else {
            fatalError("this processor has no kernels for \(precision.rawValue)")
        }
        if precision != .fp32 { formats[precision] = GemmDispatch(chosen) }
        self.formats = formats
        team = ThreadTeam(count: threads)
        workspaces = (0..<team.count).map { _ in Workspace() }
    }

    // MARK: - Convolutions

    /// 3x3 depthwise convolution, then 1x1 convolution, then the epilogue.
    ///
    /// - Parameters:
    ///   - geometry: the geometry of the depthwise convolution: stride 1 with padding 1, or stride 2.
    ///   - inputActivation: applied to the input first, `none` or `relu`.
    ///   - innerActivation: applied between the two. It needs a depthwise bias, as does a stride of 2.
    /// - Throws: ``OutOfMemory``.
    public func separableConvolution(
        _ input: FeatureMap, _ weights: ConvolutionWeights, _ geometry: ConvolutionGeometry,
        inputActivation: ActivationFunction = .none, innerActivation: ActivationFunction = .none, _ epilogue: Epilogue
    ) throws(OutOfMemory) {
        guard let depthwise = weights.depthwise else {
            fatalError("\(weights.name): a separable convolution needs a depthwise kernel")
        }
        let one = Padding(before: 1, after: 1)
        check(
            geometry.kernel == 3
                && (geometry.stride == 2
                    || geometry.stride == 1 && geometry.rowPadding == one && geometry.columnPadding == one),
            "\(weights.name): depthwise convolutions are 3x3, of stride 1 with padding 1 or of stride 2")
        check(inputActivation != .relu6, "\(weights.name): an input is rectified by ReLU or not at all")
        check(
            weights.depthwiseBias != nil || geometry.stride == 1 && innerActivation == .none,
            "\(weights.name): a depthwise convolution with stride 2 or an activation function has a bias")
        checkShapes(input, weights, geometry, epilogue)
        let convolution = DepthwiseConvolution(
            input: input, geometry: geometry, weights: depthwise.base, bias: weights.depthwiseBias?.base,
            inputActivation: inputActivation, activation: innerActivation)
        try run(.depthwise(convolution), weights, epilogue)
    }

    /// Convolution with any square kernel and stride, then the epilogue.
    ///
    /// - Throws: ``OutOfMemory``.
    public func convolution(
        _ input: FeatureMap, _ weights: ConvolutionWeights, _ geometry: ConvolutionGeometry, _ epilogue: Epilogue
    ) throws(OutOfMemory) {
        check(weights.depthwise == nil, "\(weights.name): a depthwise kernel goes with a separable convolution")
        check(
            weights.kernelSize == geometry.kernel,
            "\(weights.name): the kernel is \(weights.kernelSize)x\(weights.kernelSize)")
        checkShapes(input, weights, geometry, epilogue)
        try run(.im2col(ImagePatches(input: input, geometry: geometry)), weights, epilogue)
    }

    /// All shapes are checked here; the kernels below do not check.
    private func checkShapes(
        _ input: FeatureMap, _ weights: ConvolutionWeights, _ geometry: ConvolutionGeometry, _ epilogue: Epilogue
    ) {
        let (name, output) = (weights.name, epilogue.output)
        let (height, width) = (geometry.outputHeight, geometry.outputWidth)
        check(
            input.channels == weights.channels,
            "\(name): \(input.channels) channels for a kernel of \(weights.channels)")
        check(
            input.height == geometry.inputHeight && input.width == geometry.inputWidth,
            "\(name): the input is \(input.height) x \(input.width), "
                + "not \(geometry.inputHeight) x \(geometry.inputWidth)")
        check(
            output.hasShape(height, width, weights.filters),
            "\(name): the output is \(output.height) x \(output.width) x \(output.channels), "
                + "not \(height) x \(width) x \(weights.filters)")
        switch epilogue.shortcut {
        case .none: break
        case .residual(let residual):
            check(
                residual.hasShape(height, width, weights.filters) && residual.elementType == output.elementType,
                "\(name): the residual has another shape or type than the output")
        case .maxPool(let pool):
            check(
                pool.input.channels == weights.filters && pool.outputWidth == width
                    && pool.input.elementType == output.elementType
                    && (0...1).contains(pool.rowPadding) && (0...1).contains(pool.columnPadding)
                    && (height - 1) * 2 - pool.rowPadding < pool.input.height
                    && (width - 1) * 2 - pool.columnPadding < pool.input.width,
                "\(name): the pool's windows are not in its input, or its type is not the output's")
        }
    }

    private func run(
        _ left: LeftOperand, _ weights: ConvolutionWeights, _ epilogue: Epilogue
    ) throws(OutOfMemory) {
        let shape = ProductShape(
            outputHeight: epilogue.output.height, outputWidth: epilogue.output.width, depth: weights.kernel.rows,
            columns: weights.filters, isDepthwise: weights.depthwise != nil)
        // The few convolutions with larger kernels read the image, or its first features, and lose most
        // by rounding.
        let precision = weights.kernelSize == 1 ? precision : .fp32
        var algorithm = ConvolutionAlgorithm(
            kernelSize: weights.kernelSize, stride: left.geometry.stride, shape: shape, precision: precision,
            lanes: kernels.lanes)
        if algorithm == .winograd, case .im2col(let patches) = left {
            if case .none = epilogue.shortcut { return try winograd(patches, weights, epilogue) }
            algorithm = .direct
        }
        let format = formats[precision]!
        let key = PlanKey(shape: shape, algorithm: algorithm, precision: precision)
        let plan = plans[key] ?? makePlan(key, format.kernels)
        plans[key] = plan
        let tiles = TileProduct(format, epilogue)
        switch (plan, left) {
        case (.direct(let plan), _):
            let panels = try prepacked(weights, plan, format.kernels)
            let product = DirectProduct(
                plan: plan, left: left, weights: weights.kernel, bias: weights.bias.base, prepacked: panels,
                operators: kernels, tiles: tiles)
            try forEach(plan.partition.items, plan.workspace(isPrepacked: panels != nil), product.compute)
        case (.strassen(let plan), .depthwise(let convolution)):
            let panels = try prepacked(weights, plan)
            let product = StrassenProduct(
                plan: plan, left: convolution, weights: weights.kernel, bias: weights.bias.base,
                prepacked: panels.map { UnsafePointer($0.floats) }, kernels: kernels, tiles: tiles)
            try forEach(plan.partition.items, plan.workspace(isPrepacked: panels != nil), product.compute)
        case (.strassen, .im2col):
            fatalError("\(weights.name): Strassen's algorithm multiplies what depthwise convolutions give")
        }
    }

    private func makePlan(_ key: PlanKey, _ products: any GemmKernels.Type) -> Plan {
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
        _ weights: ConvolutionWeights, _ plan: DirectPlan, _ products: any GemmKernels.Type
    ) throws(OutOfMemory) -> PrepackedPanels? {
        let layout = ConvolutionWeights.PanelLayout(algorithm: .direct, kernels: ObjectIdentifier(products))
        // Other formats are not packed per image: their scales need whole columns.
        return try weights.panels(layout, isRequired: products.precision != .fp32) { () throws(OutOfMemory) in
            let panels = plan.partition.panels
            let width = 2 * plan.layout.lanes
            let packed = try PrepackedPanels(
                words: panels.count * plan.panelSize, scaledColumns: products.precision == .int8 ? panels.count * width : nil)
            team.forEach(panels.count) { index, _ in
                products.packPanel(PanelPacking(
                    weights.kernel, column: panels[index].first, vectors: panels[index].vectors,
                    into: packed.writableWords + index * plan.panelSize * 4,
                    scales: packed.writableScales.map { $0 + index * width },
                    initial: packed.writableInitial.map { $0 + index * width }))
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
                    kernels.packStrassenPanel(StrassenPanel(
                        operand: operand, matrix: weights.kernel, column: panel.first,
                        partner: plan.partners(of: panel).lowerBound, vectors: panel.vectors,
                        output: packed.floats + plan.offset(of: panel, operand)))
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
        // Whole vectors, a share for each thread.
        let lanes = kernels.lanes
        let share = (weights.columns / team.count / lanes + 1) * lanes
        return [Float](unsafeUninitializedCapacity: weights.columns + maximumLanes) { output, count in
            let output = output.baseAddress!
            input.withUnsafeBufferPointer { input in
                let input = input.baseAddress!
                team.forEach((weights.columns + share - 1) / share) { item, _ in
                    let first = item * share
                    kernels.dense(DenseColumns(
                        input: input, matrix: weights, bias: bias.base,
                        columns: first..<min(first + share, weights.columns), output: output))
                }
            }
            count = weights.columns
        }
    }
}
