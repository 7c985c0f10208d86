import Platform

/// A kind of output that the program recognises.
protocol RecognizableOutput {
    /// Returns true if a file is, to its last byte, an output of this kind.
    static func wrote(_ file: FilePath, _ descriptor: Int32) throws(SystemError) -> Bool
}

/// Calls `body` with a descriptor of a file.
///
/// - Returns: nil if it is not a regular file, or cannot be read.
func withRegularFile<Result, Failure>(
    _ file: FilePath, _ body: (Int32) throws(Failure) -> Result
) throws(Failure) -> Result? {
    let descriptor = file.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard FileStatus(descriptor: descriptor)?.isRegular == true else { return nil }
    return try body(descriptor)
}
