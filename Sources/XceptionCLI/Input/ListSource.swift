import Images
import Platform

/// Paths from a file or a pipe, one per line or each ended by NUL, returned as they arrive.
final class ListSource: ImageSource {
    private let name: FilePath
    private let descriptor: Int32
    private let separator: UInt8
    private let cancellation: Cancellation
    private var pending: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    private var isAtStart = true

    /// Longer input is not a list of paths.
    private static let longestPath = 1 << 20

    /// - Parameters:
    ///   - name: the list's name in errors.
    ///   - descriptor: the list, read to its end and not closed.
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
                    code: .notFound, message: "contains a NUL byte; use --null if the list is NUL-separated")))
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
            // Discards an incomplete path.
            pending = []
            start = 0
            isAtEnd = true
            return
        }
        pending.removeFirst(start)
        start = 0
        guard pending.count < Self.longestPath else {
            throw .fatal("\(name.list): expected a list of paths, found none in \(Self.longestPath) bytes")
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 {
            pending += buffer[..<count]
            if isAtStart { try lookAtStart() }
        } else if count == 0 {
            isAtEnd = true
        } else if errno != EINTR, errno != EAGAIN {
            throw .fatal("\(name.list): \(ImageFailure(systemError: errno).message); expected a list of paths")
        }
    }

    /// Rejects files that are not lists, and skips the byte order mark that Windows writes.
    private func lookAtStart() throws(CommandError) {
        isAtStart = false
        if pending.starts(with: [0xEF, 0xBB, 0xBF]) { pending.removeFirst(3) }
        if pending.starts(with: [0xFF, 0xFE]) || pending.starts(with: [0xFE, 0xFF]) {
            throw .fatal("\(name.list) is text in UTF-16; expected a list of paths in UTF-8")
        }
        let kind = pending.withUnsafeBytes { ImageFormat($0) }.words.name
        // A list may begin like some format, such as BMW/a.jpg, but has no control characters.
        guard pending.prefix(ImageFormat.sniffedBytes).contains(where: { $0 < 0x20 && ![0, 9, 10, 13].contains($0) }),
            !kind.hasPrefix("of ")
        else { return }
        throw .fatal(
            "\(name.list) is \(kind), not a list of paths; "
                + (name == .standardInput ? "name it with -" : "leave out --files-from"))
    }
}

extension FilePath {
    /// The list's name in messages.
    fileprivate var list: String { self == .standardInput ? "standard input" : line }
}
