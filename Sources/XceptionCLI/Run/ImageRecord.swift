import Platform
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
    /// The image made small, as a JPEG file, where a report shows it.
    var thumbnail: [UInt8]?
}

/// How a whole run went.
struct RunSummary {
    var images = 0
    var failed = 0
    var seconds = 0.0
    /// Answered by an earlier run, and of these the failures.
    var resumed = 0
    var resumedFailures = 0
    var passedOver: [PassedOver: Int] = [:]

    var imagesPerSecond: Double { seconds > 0 ? Double(images) / seconds : 0 }

    /// One line for people.
    var line: String {
        var parts = ["\(images) image\(images == 1 ? "" : "s") in \(JSONText.fixed(seconds, digits: 1)) s"]
        if images > 1 { parts.append("\(JSONText.fixed(imagesPerSecond, digits: 1)) images/s") }
        if failed > 0 { parts.append("\(failed) failed") }
        if resumed > 0 { parts.append("\(resumed) answered before" + (resumedFailures > 0 ? " (\(resumedFailures) failed)" : "")) }
        let reasons = PassedOver.allCases.compactMap { reason in passedOver[reason].map { "\($0) \(reason.rawValue)" } }
        if !reasons.isEmpty { parts.append("passed over: " + reasons.joined(separator: ", ")) }
        return parts.joined(separator: ", ")
    }
}
