import Platform

/// The result of one image, or the reason for the lack of one.
struct ImageRecord<Value: Sendable>: Sendable {
    let name: ImageName
    let outcome: Result<ImageResult<Value>, ImageFailure>
    /// The version of the file that was read, if it is a file.
    var version: FileVersion?
    /// True if an earlier run made the record, and this run's main output holds it.
    var isEarlier = false

    var isFailure: Bool {
        if case .failure = outcome { true } else { false }
    }
}

/// A value, with the facts about its image.
struct ImageResult<Value: Sendable>: Sendable {
    /// Size of the upright image, in pixels.
    let width: Int
    let height: Int
    /// True if the image is the preview in a camera's raw file.
    var isPreview = false
    let value: Value
    let timing: ImageTiming
    /// A thumbnail of the image, as a JPEG file, if an output shows it.
    var thumbnail: [UInt8]?
}

/// The times of the steps from file to value.
struct ImageTiming: Equatable, Sendable {
    /// The time of reading and decoding.
    var decode = Duration.zero
    var preprocess = Duration.zero
    var inference = Duration.zero
}

/// The name of an image in results.
struct ImageName: Hashable, Sendable {
    /// The path; `-` for standard input.
    let path: FilePath
    /// The number of an image among several on standard input, from 0.
    var frame: Int?

    /// True if the image can be found again by its path: not if it came through standard input.
    var isPath: Bool { frame == nil && path != .standardInput }

    /// The name for people, on one line.
    var line: String { frame.map { "frame \($0)" } ?? (path == .standardInput ? "standard input" : path.line) }
}
