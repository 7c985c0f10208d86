/// A linear head, and its results on held-out photos.
package struct TrainedHead: Sendable {
    /// `[2048 x classes]`, for raw features.
    package let kernel: [Float]
    /// `[classes]`
    package let bias: [Float]
    package let regularization: Double
    /// The temperature, folded into kernel and bias.
    package let temperature: Double
    /// The mean length of the training photos' features; folded into the kernel.
    package let featureLength: Double
    /// The results on held-out photos; nil if a class has a single photo, or a single group of them.
    package let heldOut: HeldOut?
    /// The rejection; nil if there are too few photos for a threshold.
    package let rejection: Rejection?
    /// Held-out accuracy of heads trained on a part of the photos.
    package let learningCurve: [LearningPoint]

    /// The outcome of cross-validation: each photo was classified by a head that was trained without it.
    package struct HeldOut: Sendable {
        package let folds: Int
        /// `[photos][classes]`, at the temperature of the head.
        package let logits: [[Float]]
        /// The scores of rejection; nil if the head has none.
        package let scores: [Double]?
    }

    package struct LearningPoint: Sendable, Equatable {
        /// Training photos per class, on average.
        package let photosPerClass: Double
        package let accuracy: Double
    }
}
