import Images
import Xception

/// The computation that a command does on each image.
protocol ImageTask: Sendable {
    associatedtype Value: Sendable

    /// Computes an image's value. Called on many threads at once, each with a session of its own.
    ///
    /// - Parameters:
    ///   - input: the network's input, `[size x size x 3]`, as prepared from the image.
    ///   - image: the decoded image, upright.
    /// - Throws: ``InferenceError``: an image's error fails that image, a model file's ends the run.
    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> Value
}
