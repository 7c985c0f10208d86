import Kernels
import ModelFiles

/// A backbone and a head, ready to run. Any number of sessions share it.
package final class Model: Sendable {
    package let backbone: Backbone
    package let head: Head
    package let kernels: ProcessorKernels
    package let precision: Precision
    let weights: NetworkWeights
    let headWeights: HeadWeights
    let weightsCheck: WeightsCheck

    /// - Parameters:
    ///   - precision: of the products; 32-bit floats give Keras' predictions.
    ///   - prepacking: when weights are packed for all images to come.
    /// - Throws: ``ModelFileError`` if either file lacks a tensor or has one of another shape, or
    ///   the head was made for another backbone.
    init(
        backbone: Backbone, head: Head, kernels: ProcessorKernels, precision: Precision, prepacking: PrepackingPolicy
    ) throws(ModelFileError) {
        guard head.backboneSHA256 == backbone.sha256 else {
            throw .mismatch(head: head.file.path, backbone: backbone.file.path)
        }
        self.backbone = backbone
        self.head = head
        weightsCheck = WeightsCheck([backbone.file, head.file])
        self.kernels = kernels
        self.precision = precision
        weights = try NetworkWeights(
            backbone.file, variant: backbone.variant, kernels: kernels.operators, prepacking: prepacking)
        headWeights = try HeadWeights(head, kernels: kernels.operators)
    }

    /// The classes, most probable first; of equals, the first of the list.
    package func predictions(_ logits: [Float], top count: Int) -> [Prediction] {
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
