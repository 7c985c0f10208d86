import Images
import Kernels
import ModelFiles
import Synchronization

/// A failure to compute an image's result.
package enum InferenceError: Error, Equatable {
    /// A fault of this image, or no memory left for it.
    case image(ImageError)
    /// A fault of the model, and so of every image.
    case modelFile(ModelFileError)
}

/// The threads and memory for running one image after another. Concurrent calls wait for each other.
package final class InferenceSession: @unchecked Sendable {
    private let extractor: FeatureExtractor
    private let engine: ConvolutionEngine
    private let buffers = MapPool()
    /// Guards `engine` and `buffers`.
    private let isRunning = Mutex(())

    /// Starts the threads.
    ///
    /// - Parameter threads: the number of threads that work on each image.
    package init(_ extractor: FeatureExtractor, threads: Int) {
        self.extractor = extractor
        engine = ConvolutionEngine(extractor.kernels, precision: extractor.precision, threads: threads)
    }

    /// The mean of the last feature map over all pixels, and over the image's views, `[features]`.
    ///
    /// - Precondition: `input` is at least ``Network/minimumInputSize`` high and wide.
    /// - Parameter didFinish: called after each layer with its name and output (nil for the pool).
    /// - Throws: ``InferenceError``: ``ModelFileError/corrupt(path:reason:)`` if a model file contains or produces NaN
    ///   or infinity, ``ModelFileError/changed(path:)`` if it changed since it was opened.
    package func features(
        _ input: InputTensor, didFinish: ((_ name: String, _ output: FeatureMap?) -> Void)? = nil
    ) throws(InferenceError) -> [Float] {
        try isRunning.withLock { _ throws(InferenceError) in try forward(input, didFinish: didFinish).features }
    }

    /// The last feature map of the image's first view, and the features of all its views.
    ///
    /// - Throws: as ``features(_:didFinish:)``.
    package func featureMap(_ input: InputTensor) throws(InferenceError) -> (map: FeatureTensor, features: [Float]) {
        try isRunning.withLock { _ throws(InferenceError) in
            let (activation, features) = try forward(input)
            let map = activation.map
            return (
                FeatureTensor(height: map.height, width: map.width, channels: map.channels, values: map.values),
                features
            )
        }
    }

    /// The outputs of a head before its softmax or sigmoid, one per class.
    ///
    /// - Throws: as ``features(_:didFinish:)``.
    package func logits(_ input: InputTensor, _ head: HeadWeights) throws(InferenceError) -> [Float] {
        try isRunning.withLock { _ throws(InferenceError) in try logits(forward(input).features, head) }
    }

    /// The outputs of a head for known features, one per class.
    ///
    /// - Parameter features: the result of ``features(_:didFinish:)``, `[features]`.
    /// - Throws: as ``features(_:didFinish:)``.
    package func logits(ofFeatures features: [Float], _ head: HeadWeights) throws(InferenceError) -> [Float] {
        try isRunning.withLock { _ throws(InferenceError) in try logits(features, head) }
    }

    /// The probabilities of a head's classes.
    ///
    /// - Throws: as ``features(_:didFinish:)``.
    package func scores(_ input: InputTensor, _ head: HeadWeights) throws(InferenceError) -> Scores {
        try scores(ofFeatures: features(input), head)
    }

    /// The probabilities of a head's classes for known features.
    ///
    /// - Parameter features: the result of ``features(_:didFinish:)``, `[features]`.
    /// - Throws: as ``features(_:didFinish:)``.
    package func scores(ofFeatures features: [Float], _ head: HeadWeights) throws(InferenceError) -> Scores {
        let logits = try logits(ofFeatures: features, head)
        return Scores(
            logits, of: head.head, rejection: head.rejection?.score(features: features, logits: logits))
    }

    /// Measures the time of each layer in one run, in the order of execution; the pool before the head is called
    /// "avg_pool", as in Keras, the head "predictions".
    ///
    /// - Throws: as ``features(_:didFinish:)``.
    package func profile(
        _ input: InputTensor, _ head: HeadWeights
    ) throws(InferenceError) -> [(name: String, duration: Duration)] {
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
            _ = try logits(features, head)
            result.append(("predictions", clock.now - last))
            return result
        }
    }

    /// Measures the rate at which this session's threads multiply and add in registers alone, in billions of operations
    /// per second.
    package func peakThroughput() -> Double { isRunning.withLock { _ in engine.peakThroughput() } }

    // MARK: - The two halves of the network, which all methods above use

    /// The feature map of the first view, and the mean of the features of all.
    ///
    /// - Parameter didFinish: called for the first view alone.
    private func forward(
        _ input: InputTensor, didFinish: ((_ name: String, _ output: FeatureMap?) -> Void)? = nil
    ) throws(InferenceError) -> (map: PooledMap, features: [Float]) {
        // The first view comes last: the next run writes over its map.
        var others: [[Float]] = []
        for view in 1..<input.views { others.append(try forward(input, view: view).features) }
        let first = try forward(input, view: 0, didFinish: didFinish)
        guard !others.isEmpty else { return first }
        let features = first.features.indices.map { index in
            others.reduce(first.features[index]) { $0 + $1[index] } / Float(input.views)
        }
        return (first.map, features)
    }

    private func forward(
        _ input: InputTensor, view: Int, didFinish: ((_ name: String, _ output: FeatureMap?) -> Void)? = nil
    ) throws(InferenceError) -> (map: PooledMap, features: [Float]) {
        precondition(min(input.height, input.width) >= extractor.backbone.network.minimumInputSize)
        let last: PooledMap
        do {
            let image = try buffers.map(.float32, input.height, input.width, 3)
            input.withValues(ofView: view) { image.map.base.copyMemory(from: $0.baseAddress!, byteCount: $0.count * 4) }
            var pass = ForwardPass(
                weights: extractor.weights, engine: engine, buffers: buffers, didFinish: didFinish)
            last = try extractor.backbone.network.forward(image, on: &pass)
        } catch {
            throw .image(.outOfMemory)
        }
        let features = engine.averagePool(last.map)
        didFinish?("avg_pool", nil)
        try check(features, from: extractor.backbone.file, extractor.weightsCheck)
        return (last, features)
    }

    private func logits(_ features: [Float], _ head: HeadWeights) throws(InferenceError) -> [Float] {
        let logits = head.logits(features, on: engine)
        try check(logits, from: head.head.file, head.weightsCheck)
        return logits
    }

    /// Every result passes this check before it is returned.
    private func check(
        _ values: [Float], from file: SafetensorsFile, _ weightsCheck: WeightsCheck
    ) throws(InferenceError) {
        do throws(ModelFileError) {
            try file.checkUnchanged()
            try weightsCheck.wait()
            guard values.allSatisfy(\.isFinite) else {
                throw .corrupt(path: file.path, reason: "its weights produce NaN or infinity")
            }
        } catch {
            throw .modelFile(error)
        }
    }
}
