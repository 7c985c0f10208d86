#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Where answers are written: standard output, or a file that appears under its name when it is
/// whole.
final class OutputDestination {
    private let descriptor: Int32
    private let file: FilePath?
    private let temporary: FilePath?

    /// Standard output.
    init() {
        descriptor = STDOUT_FILENO
        file = nil
        temporary = nil
    }

    /// Ends the program if the file's directory cannot be written to.
    init(file: FilePath) {
        let temporary = FilePath(bytes: file.bytes + Array(".\(getpid()).partial".utf8))
        descriptor = temporary.withCString { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
        self.file = file
        self.temporary = temporary
        guard descriptor >= 0 else { fail("\(file.line): cannot be written: \(String(cString: strerror(errno)))") }
    }

    /// Ends the program if writing fails: quietly if it is the reader that is gone.
    func write(_ text: String) {
        let error = Console.writeAll(Array(text.utf8), to: descriptor)
        if error != 0 { giveUp(error) }
    }

    /// Puts the file in its place.
    func finish() {
        guard let file, let temporary else { return }
        guard fsync(descriptor) == 0 || errno == EINVAL, close(descriptor) == 0,
            temporary.withCString({ from in file.withCString { rename(from, $0) } }) == 0
        else { giveUp(errno) }
    }

    /// Leaves nothing behind.
    func discard() {
        if let temporary { _ = temporary.withCString { unlink($0) } }
    }

    private func giveUp(_ error: Int32) -> Never {
        discard()
        if error == EPIPE { exit(0) }
        fail("\(file?.line ?? "standard output"): cannot be written: \(String(cString: strerror(error)))")
    }
}
