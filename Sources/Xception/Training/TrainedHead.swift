/// A linear head, and what is known of it from photos that were held out.
package struct TrainedHead: Sendable {
    /// `[2048 x classes]`, for raw features.
    package let kernel: [Float]
    /// `[classes]`
    package let bias: [Float]
    package let regularization: Double
    /// Folded into kernel and bias.
    package let temperature: Double
    /// The mean length of the training photos' features; folded into the kernel.
    package let featureLength: Double
    /// Nil if a class has a single photo, or a single group of them.
    package let heldOut: HeldOut?
    /// Nil for fewer photos than a threshold needs.
    package let rejection: Rejection?
    /// Held-out accuracy of heads trained on a part of the photos.
    package let learningCurve: [LearningPoint]

    /// The outcome of cross-validation: each photo was classified by a head that was trained without it.
    package struct HeldOut: Sendable {
        package let folds: Int
        /// `[photos][classes]`, at the temperature of the head.
        package let logits: [[Float]]
        /// Of rejection; nil where the head has none.
        package let scores: [Double]?
    }

    package struct LearningPoint: Sendable, Equatable {
        /// Training photos per class, on average.
        package let photosPerClass: Double
        package let accuracy: Double
    }
}
