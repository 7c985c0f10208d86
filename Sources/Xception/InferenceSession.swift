import Images
import Kernels
import ModelFiles
import Synchronization

/// Why an image has no prediction.
package enum InferenceError: Error, Equatable {
    /// The reason lies with this image, or the system has no memory left for it.
    case image(ImageError)
    /// The reason lies with the model, and so with every image.
    case modelFile(ModelFileError)
}

/// The state of running one image after another: threads and memory. Images that come from
/// several threads at once wait for each other.
package final class InferenceSession: @unchecked Sendable {
    private let model: Model
    private let engine: ConvolutionEngine
    private let buffers = ActivationBuffers()
    /// Guards `engine` and `buffers`.
    private let isRunning = Mutex(())

    init(_ model: Model, threads: Int) {
        self.model = model
        engine = ConvolutionEngine(model.kernels, precision: model.precision, threads: threads)
    }

    /// The classes, most probable first.
    ///
    /// - Throws: as ``logits(_:)``.
    package func classify(_ input: InputTensor, top count: Int) throws(InferenceError) -> [Prediction] {
        model.predictions(try logits(input), top: count)
    }

    /// What the head computes before its softmax or sigmoid: one value a class.
    ///
    /// - Precondition: `input` is at least ``NetworkVariant/minimumInputSize`` high and wide.
    /// - Throws: ``InferenceError``: ``ModelFileError/corrupt(path:reason:)`` if a model file holds or gives NaN or
    ///   infinity, ``ModelFileError/changed(path:)`` if it changed since it was opened.
    package func logits(_ input: InputTensor) throws(InferenceError) -> [Float] {
        try isRunning.withLock { _ throws(InferenceError) in try head(forward(input).features) }
    }

    /// The mean of the last feature map over all pixels, `[2048]`.
    ///
    /// - Parameter didFinish: told the name of each layer that is done, and its output but for that of the pool.
    /// - Throws: as ``logits(_:)``.
    package func features(
        _ input: InputTensor, didFinish: ((_ name: String, _ output: FeatureMap?) -> Void)? = nil
    ) throws(InferenceError) -> [Float] {
        try isRunning.withLock { _ throws(InferenceError) in try forward(input, didFinish: didFinish).features }
    }

    /// The last feature map and its mean over all pixels.
    ///
    /// - Throws: as ``logits(_:)``.
    package func featureMap(_ input: InputTensor) throws(InferenceError) -> (map: FeatureTensor, features: [Float]) {
        try isRunning.withLock { _ throws(InferenceError) in
            let (activation, features) = try forward(input)
            let map = activation.map
            return (
                FeatureTensor(height: map.height, width: map.width, channels: map.channels, values: map.values), features)
        }
    }

    /// What the head makes of features.
    ///
    /// - Parameter features: of ``features(_:didFinish:)``, `[2048]`.
    /// - Throws: as ``logits(_:)``.
    package func logits(ofFeatures features: [Float]) throws(InferenceError) -> [Float] {
        try isRunning.withLock { _ throws(InferenceError) in try head(features) }
    }

    /// How long each layer of one run takes, in the order of execution; the pool before the head
    /// is called "avg_pool", as in Keras, the head "predictions".
    ///
    /// - Throws: as ``logits(_:)``.
    package func profile(_ input: InputTensor) throws(InferenceError) -> [(name: String, duration: Duration)] {
        try isRunning.withLock { _ throws(InferenceError) in
            let clock = ContinuousClock()
            var result: [(name: String, duration: Duration)] = []
            var last = clock.now
            let features = try forward(input) { name, _ in
                let now = clock.now
                result.append((name, now - last))
                last = now
            }.features
            last = clock.now
            _ = try head(features)
            result.append(("predictions", clock.now - last))
            return result
        }
    }

    /// What this session's threads multiply and add in registers alone, in billions of operations a second,
    /// measured on the spot.
    package func peakThroughput() -> Double { isRunning.withLock { _ in engine.peakThroughput() } }

    // MARK: - The two halves of the network, which everything above goes through

    private func forward(
        _ input: InputTensor, didFinish: ((_ name: String, _ output: FeatureMap?) -> Void)? = nil
    ) throws(InferenceError) -> (map: Activation, features: [Float]) {
        precondition(min(input.height, input.width) >= NetworkVariant.minimumInputSize)
        let last: Activation
        do {
            let image = try buffers.activation(.float32, input.height, input.width, 3)
            input.withValues { image.map.base.copyMemory(from: $0.baseAddress!, byteCount: $0.count * 4) }
            var run = InferenceRun(
                weights: model.weights, engine: engine, buffers: buffers, didFinish: didFinish)
            last = try xception(image, on: &run, variant: model.backbone.variant)
        } catch {
            throw .image(.outOfMemory)
        }
        let features = engine.averagePool(last.map)
        didFinish?("avg_pool", nil)
        try check(features, from: model.backbone.file)
        return (last, features)
    }

    private func head(_ features: [Float]) throws(InferenceError) -> [Float] {
        let logits = model.headWeights.logits(features, on: engine)
        try check(logits, from: model.head.file)
        return logits
    }

    /// Nothing that was computed from a file leaves before this.
    private func check(_ values: [Float], from file: SafetensorsFile) throws(InferenceError) {
        do throws(ModelFileError) {
            try file.checkUnchanged()
            try model.weightsCheck.wait()
            guard values.allSatisfy(\.isFinite) else {
                throw .corrupt(path: file.path, reason: "its weights produce NaN or infinity")
            }
        } catch {
            throw .modelFile(error)
        }
    }
}
