import Xception

/// What is known of one image in the end.
struct ImageResult {
    struct Answer {
        /// After orientation.
        let width: Int
        let height: Int
        let predictions: [Prediction]
        let decodeMilliseconds: Double
        let preprocessMilliseconds: Double
        let inferenceMilliseconds: Double
    }

    let path: FilePath
    let outcome: Result<Answer, ImageFailure>
}

/// How a whole run went.
struct RunSummary {
    var images = 0
    var failed = 0
    var seconds = 0.0

    var imagesPerSecond: Double { seconds > 0 ? Double(images) / seconds : 0 }
}
