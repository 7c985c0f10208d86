#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Images
import Kernels
import KernelSelection
import ModelFiles
import Platform

/// Names what is in a photo.
///
///     let classifier = try Classifier()
///     for prediction in try classifier.classify(contentsOf: url, top: 5) {
///         print(prediction.label, prediction.probability)
///     }
///
/// One classifier serves any number of tasks and threads at once: a single image is computed by all threads, concurrent
/// images by one thread each. Methods return with the result; an image takes some tens of milliseconds of all
/// processors.
///
/// Model files are mapped, not read: replace them by renaming; do not write into them while a classifier uses them. A
/// classifier detects the change and throws from then on. It handles SIGBUS from its own mappings, so that a truncated
/// file does not kill the process, and passes on all others.
public final class Classifier: Sendable {
    /// The classes, in the order of ``Prediction/index``.
    public var classes: [ClassLabel] { model.head.classes }
    /// The preparation of images for the network.
    public var preprocessor: Preprocessor { model.extractor.preprocessor }
    /// The arithmetic of the forward pass.
    public var precision: Precision { model.extractor.precision }
    /// The number of threads that compute.
    public let threads: Int

    private let model: Model
    private let sessions: SessionPool

    /// Opens the two files of a model.
    ///
    /// Files that are not named are searched for in `$XCEPTION_MODELS`, the user's data directory
    /// (`$XDG_DATA_HOME/xception`), `share/xception` beside the program's `bin`, and the checkout of this package,
    /// which has a model of ImageNet's 1000 classes.
    ///
    /// - Parameters:
    ///   - backbone: the convolution layers, `*-backbone.safetensors`; if nil, the backbone that the head was made for.
    ///   - head: the classes and the dense layers, `*.head.safetensors`; if nil, ImageNet's for the backbone.
    ///   - preprocessor: the preparation of images; if nil, that of the model files.
    ///   - precision: the number format of the products; 32-bit floats give Keras' predictions.
    ///   - threads: the number of threads; if nil, the number of processors of this process.
    ///   - keepsPackedWeights: if true, weights are packed once after some thirty images, which takes 140 MB in 32-bit
    ///     floats and makes further images faster.
    /// - Throws: ``XceptionError`` of ``XceptionError/Code/model`` or ``XceptionError/Code/precision``.
    /// - Complexity: a few milliseconds; weights are read when they are first needed.
    public init(
        backbone: URL? = nil, head: URL? = nil, preprocessor: Preprocessor? = nil, precision: Precision = .fp32,
        threads: Int? = nil, keepsPackedWeights: Bool = true
    ) throws(XceptionError) {
        guard ProcessorKernels.best.isFast(precision) else {
            throw XceptionError(.precision, "this processor multiplies \(precision.rawValue) no faster than fp32")
        }
        do throws(ModelFileError) {
            let locator = ModelLocator.standard()
            let (opened, ofModel) = try locator.files(model: backbone.map(FilePath.init), head: head.map(FilePath.init))
            model = try Model(
                backbone: opened, head: ofModel, preprocessor: preprocessor, precision: precision,
                prepacking: keepsPackedWeights ? .afterImages(32) : .never)
        } catch {
            throw XceptionError(error)
        }
        self.threads = max(1, threads ?? availableProcessors())
        sessions = SessionPool(model.extractor, threads: self.threads)
    }

    // MARK: - What is in an image

    /// Returns the most probable classes of the image in a file, most probable first.
    ///
    /// - Parameters:
    ///   - url: the URL of an image file. EXIF or XMP orientation is applied, and transparency is composited on white.
    ///     JPEGs are decoded at 1/2, 1/4 or 1/8 of their size if that is still 5 times the input size; decode with
    ///     `RGBImage(contentsOf:)` for full size.
    ///   - count: the number of classes, not negative.
    /// - Throws: ``XceptionError``.
    public func classify(contentsOf url: URL, top count: Int = 5) throws(XceptionError) -> [Prediction] {
        try classify(RGBImage(contentsOf: url, options: decoding), top: count)
    }

    /// Returns the most probable classes of an image file in memory, as ``classify(contentsOf:top:)``.
    ///
    /// - Parameter file: the bytes of an image file: `Data`, `[UInt8]`, `UnsafeRawBufferPointer`, ...
    public func classify(file: some ContiguousBytes, top count: Int = 5) throws(XceptionError) -> [Prediction] {
        try classify(RGBImage(file: file, options: decoding), top: count)
    }

    /// Returns the most probable classes of an image, most probable first.
    ///
    /// - Throws: ``XceptionError``.
    public func classify(_ image: RGBImage, top count: Int = 5) throws(XceptionError) -> [Prediction] {
        try withSession(image) { session, input throws(InferenceError) in
            try session.scores(input, model.headWeights).top(count)
        }
    }

    // MARK: - Features

    /// Returns the backbone's features of an image, for finding similar images and training heads: the mean of
    /// ``featureMap(of:)`` over all places.
    ///
    /// - Returns: `[2048]`.
    /// - Throws: ``XceptionError``.
    public func features(of image: RGBImage) throws(XceptionError) -> [Float] {
        try withSession(image) { session, input throws(InferenceError) in try session.features(input) }
    }

    /// Returns the backbone's last feature map of an image, `[10 x 10 x 2048]` for an input of 299 x 299.
    ///
    /// - Throws: ``XceptionError``.
    public func featureMap(of image: RGBImage) throws(XceptionError) -> FeatureTensor {
        try withSession(image) { session, input throws(InferenceError) in try session.featureMap(input).map }
    }

    /// The options of decoding, the same as the command line's defaults.
    private var decoding: DecodeOptions { DecodeOptions(minimumScaledSide: preprocessor.minimumScaledSide) }

    private func withSession<Result>(
        _ image: RGBImage, _ body: (InferenceSession, InputTensor) throws(InferenceError) -> Result
    ) throws(XceptionError) -> Result {
        let input: InputTensor
        do { input = try preprocessor.inputTensor(for: image) } catch { throw XceptionError(error) }
        do {
            return try sessions.withSession { session throws(InferenceError) in try body(session, input) }
        } catch {
            throw XceptionError(error)
        }
    }
}
