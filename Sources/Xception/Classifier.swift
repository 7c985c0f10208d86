import Kernels

/// One answer.
public struct Prediction: Sendable, Equatable {
    /// 1 for the most probable.
    public let rank: Int
    /// The class' number in the head.
    public let index: Int
    /// WordNet id.
    public let id: String
    public let label: String
    public let probability: Float
}

/// A backbone and a head, ready to run. Immutable: any number of sessions share it.
public final class Classifier: Sendable {
    public let backbone: Backbone
    public let head: Head
    /// How images are prepared: as the backbone says, but for what the head says otherwise.
    public let preprocessor: Preprocessor
    let weights: NetworkWeights
    let headWeights: HeadWeights

    /// - Throws: ``ModelFileError`` if either file lacks a tensor or has one of another shape, or
    ///   the head was made for another backbone.
    public init(backbone: Backbone, head: Head) throws(ModelFileError) {
        guard head.backboneSHA256 == backbone.sha256 else {
            throw .mismatch(head: head.file.path, backbone: backbone.file.path)
        }
        self.backbone = backbone
        self.head = head
        preprocessor = try Preprocessor(head.file, over: backbone.preprocessor)
        weights = try NetworkWeights(backbone.file, variant: backbone.variant)
        headWeights = try HeadWeights(head)
    }

    /// Prepares for speed rather than for an early first answer: takes some 140 MB of memory and
    /// a few tenths of a second when the next image runs. (After some dozens of images that
    /// happens in any case.)
    public func expectManyImages() { weights.expectManyUses() }

    /// - Parameter threads: how many threads work on each image.
    public func makeSession(threads: Int) -> InferenceSession {
        InferenceSession(self, threads: threads)
    }
}

/// The state of running one image after another: threads and memory. Used by one thread at a
/// time.
public final class InferenceSession {
    public let classifier: Classifier
    private let engine: ConvolutionEngine
    private let buffers = ActivationBuffers()

    init(_ classifier: Classifier, threads: Int) {
        self.classifier = classifier
        engine = ConvolutionEngine(kernels: .best, threads: threads)
    }

    /// What the head computes before its softmax or sigmoid: one value a class.
    ///
    /// - Precondition: `input` is at least ``NetworkVariant/minimumInputSize`` high and wide.
    public func logits(_ input: InputTensor) -> [Float] {
        let features = features(input)
        return classifier.headWeights.logits(features, on: engine)
    }

    /// The classes, most probable first.
    ///
    /// - Throws: ``ModelFileError/corrupt(path:reason:)`` if a model file's weights give no finite
    ///   numbers.
    public func classify(_ input: InputTensor, top count: Int) throws(ModelFileError) -> [Prediction] {
        let features = features(input)
        let logits = classifier.headWeights.logits(features, on: engine)
        guard logits.allSatisfy(\.isFinite) else {
            let file = features.allSatisfy(\.isFinite) ? classifier.head.file : classifier.backbone.file
            throw .corrupt(path: file.path, reason: "what its weights give are no finite numbers")
        }
        let probabilities = classifier.head.activation.probabilities(logits)
        let classes = classifier.head.classes
        return probabilities.indices
            .sorted { (probabilities[$0], $1) > (probabilities[$1], $0) }
            .prefix(count).enumerated().map { rank, index in
                Prediction(
                    rank: rank + 1, index: index, id: classes[index].id, label: classes[index].label,
                    probability: probabilities[index])
            }
    }

    /// The multiply-add limit of this session's threads in GFLOP/s, measured on the spot.
    public func multiplyAddLimit() -> Double { engine.multiplyAddLimit() }

    /// How long each layer of one run takes, in the order of execution; the head is called
    /// "predictions".
    public func profile(_ input: InputTensor) -> [(name: String, duration: Duration)] {
        let clock = ContinuousClock()
        var result: [(name: String, duration: Duration)] = []
        var last = clock.now
        let features = features(input) { name, _ in
            let now = clock.now
            result.append((name, now - last))
            last = now
        }
        last = clock.now
        _ = classifier.headWeights.logits(features, on: engine)
        result.append(("predictions", clock.now - last))
        return result
    }

    /// The mean of the last feature map over all pixels, `[2048]`.
    ///
    /// - Parameter didFinish: told the name and output of each layer that is done.
    package func features(
        _ input: InputTensor, didFinish: ((_ name: String, _ output: FeatureMap) -> Void)? = nil
    ) -> [Float] {
        precondition(min(input.height, input.width) >= NetworkVariant.minimumInputSize)
        let image = buffers.activation(input.height, input.width, 3)
        input.values.withUnsafeBufferPointer {
            image.map.base.update(from: $0.baseAddress!, count: $0.count)
        }
        var run = InferenceRun(
            weights: classifier.weights, engine: engine, buffers: buffers, didFinish: didFinish)
        let last = xception(image, on: &run, variant: classifier.backbone.variant)
        return [Float](unsafeUninitializedCapacity: last.map.channels) { features, count in
            engine.averagePool(last.map, into: features.baseAddress!)
            count = last.map.channels
        }
    }
}
