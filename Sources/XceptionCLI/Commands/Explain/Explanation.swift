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

/// Computes class activation maps.
struct ExplanationTask: ImageTask {
    let head: HeadWeights
    let gradient: HeadGradient
    let preprocessor: Preprocessor
    /// The class; nil for the most probable ones.
    let classIndex: Int?
    let top: Int

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> [Explanation] {
        let (features, means) = try session.featureMap(input)
        let scores = try session.scores(ofFeatures: means, head)
        let best = scores.top(classIndex == nil ? top : scores.classes.count)
        return best.filter { classIndex == nil || $0.index == classIndex }.map { prediction in
            let map = ClassActivationMap(features, gradient(of: prediction.index, at: means))
            return Explanation(prediction: prediction, map: map, box: box(map, image))
        }
    }

    /// Returns the region in the photo, before its squash or crop.
    private func box(_ map: ClassActivationMap, _ image: RGBImage) -> [Int]? {
        guard let region = map.strongestRegion else { return nil }
        var (width, height) = (Double(image.originalWidth), Double(image.originalHeight))
        var (left, top) = (0.0, 0.0)
        if case .centerCrop(let shorterSide) = preprocessor.resize {
            let side = Double(preprocessor.size) / Double(shorterSide) * min(width, height)
            (left, top) = ((width - side) / 2, (height - side) / 2)
            (width, height) = (side, side)
        }
        func place(_ index: Int, _ count: Int, _ start: Double, _ length: Double) -> Int {
            Int((start + length * Double(index) / Double(count)).rounded())
        }
        let x = place(region.columns.lowerBound, map.plane.width, left, width)
        let y = place(region.rows.lowerBound, map.plane.height, top, height)
        return [
            x, y, place(region.columns.upperBound, map.plane.width, left, width) - x,
            place(region.rows.upperBound, map.plane.height, top, height) - y,
        ]
    }
}
