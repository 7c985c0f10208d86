#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Paths from a file or a pipe, one a line or one up to each NUL, answered as they arrive.
final class ListSource: ImageSource {
    private let name: FilePath
    private let descriptor: Int32
    private let separator: UInt8
    private var pending: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// - Parameters:
    ///   - name: how errors call the list.
    ///   - descriptor: is read to its end, and not closed.
    init(name: FilePath, descriptor: Int32, isNULSeparated: Bool) {
        self.name = name
        self.descriptor = descriptor
        separator = isNULSeparated ? 0 : UInt8(ascii: "\n")
    }

    func next() -> ImageInput? {
        while true {
            var path: ArraySlice<UInt8>
            if let end = pending[start...].firstIndex(of: separator) {
                path = pending[start..<end]
                start = end + 1
            } else if isAtEnd {
                path = pending[start...]
                start = pending.count
                if path.isEmpty { return nil }
            } else {
                fill()
                continue
            }
            if separator != 0, path.last == UInt8(ascii: "\r") { path.removeLast() }
            if !path.isEmpty { return .file(FilePath(bytes: path)) }
        }
    }

    var isReady: Bool {
        if isAtEnd || pending[start...].contains(separator) { return true }
        var file = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&file, 1, 0) > 0
    }

    /// Ends the program if the list cannot be read.
    private func fill() {
        guard Interruption.waitForInput(descriptor) else {
            // A path that has not arrived whole is none.
            pending = []
            start = 0
            isAtEnd = true
            return
        }
        pending.removeFirst(start)
        start = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 {
            pending += buffer[..<count]
        } else if count == 0 {
            isAtEnd = true
        } else if errno != EINTR {
            fail("\(name.line): \(ImageFailure(systemError: errno).message); expected a list of paths")
        }
    }
}
