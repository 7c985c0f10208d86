import Platform

/// Paths from a file or a pipe, one a line or one up to each NUL, handed out as they arrive.
final class ListSource: ImageSource {
    private let name: FilePath
    private let descriptor: Int32
    private let separator: UInt8
    private let cancellation: Cancellation
    private var pending: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// What goes on for longer is not a path.
    private static let longestPath = 1 << 20

    /// - Parameters:
    ///   - name: how errors call the list.
    ///   - descriptor: is read to its end, and not closed.
    init(name: FilePath, descriptor: Int32, isNULSeparated: Bool, cancellation: Cancellation) {
        self.name = name
        self.descriptor = descriptor
        self.cancellation = cancellation
        separator = isNULSeparated ? 0 : UInt8(ascii: "\n")
    }

    func next() throws(CommandError) -> SourceEntry? {
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
                try fill()
                continue
            }
            if separator != 0, path.last == UInt8(ascii: "\r") { path.removeLast() }
            guard !path.contains(0) else {
                return .image(.failed(FilePath(bytes: path), ImageFailure(
                    code: .notFound, message: "no path contains a NUL; a list separated by NUL is read with --null")))
            }
            if !path.isEmpty { return .image(.file(FilePath(bytes: path))) }
        }
    }

    var isReady: Bool {
        if isAtEnd || pending[start...].contains(separator) { return true }
        var file = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&file, 1, 0) > 0
    }

    private func fill() throws(CommandError) {
        guard cancellation.waitForInput(descriptor) else {
            // A path that has not arrived whole is not one.
            pending = []
            start = 0
            isAtEnd = true
            return
        }
        pending.removeFirst(start)
        start = 0
        guard pending.count < Self.longestPath else {
            throw .fatal("\(name.line): expected a list of paths, found none in \(Self.longestPath) bytes")
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 {
            pending += buffer[..<count]
        } else if count == 0 {
            isAtEnd = true
        } else if errno != EINTR, errno != EAGAIN {
            throw .fatal("\(name.line): \(ImageFailure(systemError: errno).message); expected a list of paths")
        }
    }
}
