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

/// Computes class activation maps.
struct ExplanationTask: ImageTask {
    let head: HeadWeights
    let explainer: Explainer
    /// The class; nil for the most probable ones.
    let classIndex: Int?
    let top: Int
    /// The kind of picture; nil for none.
    let picture: PictureKind?

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> ExplainedPhoto {
        let (features, means) = try session.featureMap(input)
        let scores = try session.scores(ofFeatures: means, head)
        let part = explainer.part(of: image)
        let best = scores.top(classIndex == nil ? top : scores.classes.count)
        let explained = best.filter { classIndex == nil || $0.index == classIndex }
        var photo = ExplainedPhoto(explanations: explained.map { prediction in
            let map = explainer.map(of: prediction.index, features, means)
            let box = map.strongestRegion.map { region in
                part.pixels(columns: region.columns, rows: region.rows, of: (map.plane.width, map.plane.height))
            }
            return Explanation(prediction: prediction, map: map, box: box)
        })
        do throws(ImageError) {
            photo.picture = try picture?.draw(photo.explanations, explainer, input, image)
        } catch {
            throw .image(error)
        }
        return photo
    }
}

/// Computes the evidence for classes, also as pictures.
struct Explainer: Sendable {
    private let gradient: HeadGradient
    private let preprocessor: Preprocessor

    /// - Throws: ``CommandError`` if there are two views, or no memory for the head.
    init(_ head: Head, _ preprocessor: Preprocessor) throws(CommandError) {
        guard preprocessor.views == 1 else { throw .usage("maps are of one view of a photo; leave out --views") }
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
