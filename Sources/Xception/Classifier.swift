import Kernels
import ModelFiles

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

/// A backbone and a head, ready to run. Any number of sessions share it.
public final class Classifier: Sendable {
    package let backbone: Backbone
    package let head: Head
    /// How images are prepared: as the backbone says, but for what the head says otherwise.
    public let preprocessor: Preprocessor
    package let kernels: ProcessorKernels
    package let precision: Precision
    let weights: NetworkWeights
    let headWeights: HeadWeights
    let weightsCheck: WeightsCheck

    /// - Throws: ``ModelFileError`` if either file lacks a tensor or has one of another shape, or
    ///   the head was made for another backbone.
    ///
    /// - Parameters:
    ///   - precision: of the products; 32-bit floats give Keras' predictions.
    ///   - prepacking: when weights are packed for all images to come, which takes 140 MB in 32-bit floats.
    package init(
        backbone: Backbone, head: Head, kernels: ProcessorKernels = .best, precision: Precision = .fp32,
        prepacking: PrepackingPolicy = .afterImages(32)
    ) throws(ModelFileError) {
        guard head.backboneSHA256 == backbone.sha256 else {
            throw .mismatch(head: head.file.path, backbone: backbone.file.path)
        }
        self.backbone = backbone
        self.head = head
        weightsCheck = WeightsCheck([backbone.file, head.file])
        preprocessor = try Preprocessor(backbone, head)
        self.kernels = kernels
        self.precision = precision
        weights = try NetworkWeights(
            backbone.file, variant: backbone.variant, kernels: kernels.operators, prepacking: prepacking)
        headWeights = try HeadWeights(head, kernels: kernels.operators)
    }

    /// - Parameter threads: how many threads work on each image.
    package func makeSession(threads: Int) -> InferenceSession {
        InferenceSession(self, threads: threads)
    }

    /// The classes, most probable first; of equals, the first of the list.
    func predictions(_ logits: [Float], top count: Int) -> [Prediction] {
        let probabilities = head.activation.probabilities(logits)
        return probabilities.indices
            .sorted { (probabilities[$0], $1) > (probabilities[$1], $0) }
            .prefix(count).enumerated().map { rank, index in
                Prediction(
                    rank: rank + 1, index: index, id: head.classes[index].id, label: head.classes[index].label,
                    probability: probabilities[index])
            }
    }
}
