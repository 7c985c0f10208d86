import Kernels
import KernelSelection
import ModelFiles

/// A backbone, ready to run. Any number of sessions share it.
package final class FeatureExtractor: Sendable {
    package let backbone: Backbone
    package let kernels: ProcessorKernels
    package let precision: Precision
    /// The preparation of images for the network.
    package let preprocessor: Preprocessor
    let weights: NetworkWeights
    let weightsCheck: WeightsCheck

    /// Prepares a backbone.
    ///
    /// - Parameters:
    ///   - preprocessor: the preparation of images; if nil, that of the backbone's file.
    ///   - precision: the number format of the products; 32-bit floats give Keras' features.
    ///   - prepacking: the time at which weights are packed for all later images.
    /// - Throws: ``ModelFileError`` if the file lacks a tensor or has one of another shape.
    package init(
        backbone: Backbone, kernels: ProcessorKernels = .best, preprocessor: Preprocessor? = nil,
        precision: Precision = .fp32, prepacking: PrepackingPolicy = .afterImages(32)
    ) throws(ModelFileError) {
        self.backbone = backbone
        self.kernels = kernels
        self.precision = precision
        self.preprocessor = if let preprocessor { preprocessor } else { try Preprocessor(backbone) }
        weightsCheck = WeightsCheck([backbone.file])
        weights = try NetworkWeights(
            backbone.file, network: backbone.network, kernels: kernels.operators, prepacking: prepacking)
    }
}
