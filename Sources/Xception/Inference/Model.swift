import Kernels
import KernelSelection
import ModelFiles

/// A backbone and a head that was made for it, ready to run.
package struct Model: Sendable {
    package let extractor: FeatureExtractor
    package let head: Head
    package let headWeights: HeadWeights

    /// Prepares a model.
    ///
    /// - Parameters:
    ///   - preprocessor: the preparation of images; if nil, that of the files, the head's before the backbone's.
    ///   - precision, prepacking: as in ``FeatureExtractor``.
    /// - Throws: ``ModelFileError`` if either file lacks a tensor or has one of another shape, or the head was made for
    ///   another backbone.
    package init(
        backbone: Backbone, head: Head, kernels: ProcessorKernels = .best, preprocessor: Preprocessor? = nil,
        precision: Precision = .fp32, prepacking: PrepackingPolicy = .afterImages(32)
    ) throws(ModelFileError) {
        guard head.backboneSHA256 == backbone.sha256 else {
            throw .mismatch(head: head.file.path, backbone: backbone.file.path)
        }
        guard head.inputs == backbone.network.features else {
            let name = "\(head.layerNames[0])/kernel"
            let shape = try head.file.tensor(name).shape
            throw .wrongShape(
                path: head.file.path, name: name, found: shape,
                expected: [backbone.network.features] + shape.dropFirst())
        }
        self.head = head
        let preprocessor = if let preprocessor { preprocessor } else { try Preprocessor(backbone, head) }
        extractor = try FeatureExtractor(
            backbone: backbone, kernels: kernels, preprocessor: preprocessor, precision: precision,
            prepacking: prepacking)
        headWeights = try HeadWeights(head, kernels: kernels.operators)
    }
}
