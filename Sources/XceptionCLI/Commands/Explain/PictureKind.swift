import Images
import Xception

/// Pictures of evidence that `explain` makes.
enum PictureKind: Sendable, Equatable {
    /// A file, of the photo in its own size.
    ///
    /// - Parameter limit: bytes that its pixels may take.
    case file(Encoding, limit: Int)
    /// For a terminal, at most so many pixels a side.
    case small(side: Int)

    enum Encoding: String, Sendable {
        case png, jpeg = "jpg"
    }

    /// The quality at which no artefacts show around letters.
    private static let jpegQuality = 92

    /// - Throws: ``ImageError`` if the picture is too large.
    func draw(
        _ explanations: [Explanation], _ explainer: Explainer, _ input: InputTensor, _ image: RGBImage
    ) throws(ImageError) -> ExplainedPhoto.Picture {
        let largest = explanations.map(\.map.plane.largestMagnitude).max() ?? 0
        let evidence = explainer.evidence(explanations.map(\.map), largest: largest, input, image)
        switch self {
        case .small(let side):
            let photo = try image.small(side: side)
            return .small(try evidence.map { evidence throws(ImageError) in try evidence.overlay(photo) })
        case .file(let encoding, let limit):
            let panels = zip(evidence, explanations).map { evidence, explanation in
                EvidencePicture.Panel(
                    evidence, label: explanation.prediction.label.printable,
                    probability: NumberText.percent(Double(explanation.prediction.probability)))
            }
            let picture = try EvidencePicture.draw(
                image, panels, largest: NumberText.fixed(Double(largest), digits: 1), limit: limit)
            let file: [UInt8]?
            switch encoding {
            case .png: file = picture.pngFile()
            case .jpeg:
                guard max(picture.width, picture.height) <= Self.longestJPEGSide else {
                    throw .imageTooLarge(
                        width: picture.width, height: picture.height, limit: .side(Self.longestJPEGSide))
                }
                file = picture.jpegFile(quality: Self.jpegQuality)
            }
            guard let file else { throw .outOfMemory }
            return .file(MarkedPicture.marked(file))
        }
    }

    /// The limit of libjpeg.
    private static let longestJPEGSide = 65_500

    /// The longer side of what lies over a page's photos, in pixels: as much as maps of 10 x 10 places need.
    private static let overlaySide = 96

    /// The evidence alone, as a PNG file with transparency, to lie over a photo.
    static func overlay(_ evidence: Evidence, _ image: RGBImage) throws(ImageError) -> [UInt8] {
        let scale = min(1, Double(overlaySide) / Double(max(image.originalWidth, image.originalHeight)))
        let width = max(1, Int((Double(image.originalWidth) * scale).rounded()))
        let height = max(1, Int((Double(image.originalHeight) * scale).rounded()))
        let pixels = evidence.rgba(width: width, height: height)
        guard let file = pngFile(rgba: pixels, width: width, height: height) else { throw .outOfMemory }
        return file
    }
}
