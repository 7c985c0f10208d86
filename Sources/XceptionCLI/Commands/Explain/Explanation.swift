import Images
import ModelFiles
import Xception

/// The evidence for a class at each place of an image.
struct Explanation: Sendable {
    let prediction: Prediction
    let map: ClassActivationMap
    /// Left, top, width and height of the strongest region, in pixels of the upright image; nil if there is no evidence
    /// for the class.
    let box: [Int]?
}

/// The explanations of an image, the most probable class first, and their picture if one is asked for.
struct ExplainedPhoto: Sendable {
    let explanations: [Explanation]
    var picture: Picture?

    enum Picture: Sendable {
        /// A file.
        case file([UInt8])
        /// A small photo for each class, for a terminal.
        case small([RGBImage])
    }
}

/// Computes the evidence for classes, also as pictures.
struct Explainer: Sendable {
    private let gradient: HeadGradient
    private let preprocessor: Preprocessor

    /// Maps are of the first of two views.
    ///
    /// - Throws: ``CommandError`` if there is no memory for the head.
    init(_ head: Head, _ preprocessor: Preprocessor) throws(CommandError) {
        do { gradient = try HeadGradient(head) } catch { throw .fatal(error.description) }
        self.preprocessor = preprocessor
    }

    func map(of index: Int, _ features: FeatureTensor, _ means: [Float]) -> ClassActivationMap {
        ClassActivationMap(features, gradient(of: index, at: means))
    }

    /// The part of a photo that the network sees.
    func part(of image: RGBImage) -> PhotoPart {
        preprocessor.part(ofWidth: image.originalWidth, height: image.originalHeight)
    }

    /// Makes pictures of maps; a colour stands for the same value in all.
    func evidence(_ maps: [ClassActivationMap], largest: Float, _ input: InputTensor, _ image: RGBImage) -> [Evidence] {
        let guide = preprocessor.luma(of: input), part = part(of: image)
        return maps.map { Evidence($0.plane, largest: largest, guide: guide, part: part) }
    }
}
