#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Paths from a file or a pipe, one a line or one up to each NUL, answered as they arrive.
final class ListSource: ImageSource {
    private let descriptor: Int32
    private let separator: UInt8
    private var pending: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// - Parameter descriptor: is read to its end, and not closed.
    init(descriptor: Int32, isNULSeparated: Bool) {
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

    private func fill() {
        pending.removeFirst(start)
        start = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 {
            pending += buffer[..<count]
        } else if count == 0 || errno != EINTR {
            isAtEnd = true
        }
    }
}
