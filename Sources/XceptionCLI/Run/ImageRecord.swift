import Platform

/// The result of one image, or the reason why there is none.
struct ImageRecord<Value: Sendable>: Sendable {
    let name: ImageName
    let outcome: Result<ImageResult<Value>, ImageFailure>
    /// Of the file that was read, if it is one.
    var version: FileVersion?
    /// Whether an earlier run made the record, and this run's output proper holds it.
    var isEarlier = false

    var isFailure: Bool {
        if case .failure = outcome { true } else { false }
    }
}

/// A value, and what the run knows of the image that it belongs to.
struct ImageResult<Value: Sendable>: Sendable {
    /// Size of the upright image, in pixels.
    let width: Int
    let height: Int
    /// Whether the image is the preview in a camera's raw file.
    var isPreview = false
    let value: Value
    let timing: ImageTiming
    /// The image made small, as a JPEG file, if an output shows it.
    var thumbnail: [UInt8]?
}

/// How long the steps from file to value took.
struct ImageTiming: Equatable, Sendable {
    /// Reading included.
    var decode = Duration.zero
    var preprocess = Duration.zero
    var inference = Duration.zero
}

/// How results call an image.
struct ImageName: Hashable, Sendable {
    /// `-` on standard input.
    let path: FilePath
    /// The number of an image among several on standard input, from 0.
    var frame: Int?

    /// Whether the image can be found again by its path: not if it came through standard input.
    var isPath: Bool { frame == nil && path != .standardInput }

    /// For people, on one line.
    var line: String { frame.map { "frame \($0)" } ?? (path == .standardInput ? "standard input" : path.line) }
}
