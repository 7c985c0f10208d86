import Platform

/// Reads a file line by line from its beginning, independently of other readers and writers.
struct LineReader {
    struct Line {
        /// The line's bytes, with its end if there is one.
        let bytes: [UInt8]
        /// The line's offset in the file.
        let offset: Int
        let end: End

        var endOffset: Int { offset + bytes.count }
    }

    enum End {
        case whole
        /// The file ends within the line.
        case torn
        /// The line is longer than any that this program writes; `bytes` are its beginning.
        case tooLong
    }

    /// The most bytes of a line. A line of 100,000 predictions has some 12 million.
    static let longestLine = 1 << 24
    private static let bufferSize = 1 << 16

    private let descriptor: Int32
    private let limit: Int
    /// Bytes that were read and not yet returned, and their offset.
    private var buffer: [UInt8] = []
    private var start = 0
    private var offset = 0
    private var isAtEnd = false

    /// Reads from the beginning of a file.
    ///
    /// - Parameters:
    ///   - descriptor: a regular file. Its position does not move.
    ///   - limit: bytes from the beginning after which the file counts as ended.
    init(_ descriptor: Int32, upTo limit: Int = .max) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Returns the next line.
    ///
    /// - Returns: nil at the file's end.
    /// - Throws: ``SystemError`` if the file cannot be read, which is not its end.
    mutating func next() throws(SystemError) -> Line? {
        var searched = start
        while true {
            if let newline = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                return take(through: newline + 1, .whole)
            }
            guard buffer.count - start < Self.longestLine else { return take(through: buffer.count, .tooLong) }
            guard !isAtEnd else { return start < buffer.count ? take(through: buffer.count, .torn) : nil }
            searched = buffer.count - start
            try fill()
        }
    }

    private mutating func take(through end: Int, _ kind: End) -> Line {
        defer {
            offset += end - start
            start = end
        }
        return Line(bytes: Array(buffer[start..<end]), offset: offset, end: kind)
    }

    private mutating func fill() throws(SystemError) {
        buffer.removeFirst(start)
        start = 0
        let position = offset + buffer.count
        let chunk = try readBytes(descriptor, at: position, count: min(Self.bufferSize, limit - position))
        if chunk.isEmpty { isAtEnd = true }
        buffer += chunk
    }
}

/// Reads a part of a file.
///
/// - Returns: at most `count` bytes; none at the file's end.
func readBytes(_ descriptor: Int32, at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    while true {
        let read = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
        if read >= 0 { return Array(bytes.prefix(read)) }
        guard errno == EINTR else { throw SystemError(number: errno) }
    }
}
