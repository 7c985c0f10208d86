import Platform

/// What is known of one image in the end.
struct ImageRecord<Value: Sendable>: Sendable {
    let name: ImageName
    let outcome: Result<Value, ImageFailure>
}

/// How results call an image.
struct ImageName: Hashable, Sendable {
    /// `-` on standard input.
    let path: FilePath
    /// The number of an image among several on standard input, from 0.
    var frame: Int?

    /// For people, on one line.
    var line: String { frame.map { "frame \($0)" } ?? path.line }
}
