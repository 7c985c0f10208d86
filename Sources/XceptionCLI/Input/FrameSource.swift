import Images
import Platform

/// Images on standard input, one after the other, each preceded by its length (32-bit little-endian).
final class FrameSource: ImageSource {
    private let descriptor: Int32
    private let limit: Int
    private let cancellation: Cancellation
    private var number = 0

    /// - Parameters:
    ///   - descriptor: the input, read to its end and not closed.
    ///   - limit: the most bytes of an image.
    init(descriptor: Int32, limit: Int, cancellation: Cancellation) {
        self.descriptor = descriptor
        self.limit = limit
        self.cancellation = cancellation
    }

    /// Reads the next frame.
    ///
    /// - Throws: ``CommandError`` if the input ends within a frame, or the length is impossible.
    func next() throws(CommandError) -> SourceEntry? {
        guard let header = try read(4, of: "the length") else { return nil }
        guard header.count > 0 else { return nil }
        let length = header.withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self))) }
        guard length <= limit else {
            throw .fatal(
                "frame \(number): a length of \(length) bytes; expected a 32-bit little-endian length of at most "
                    + "\(limit) bytes, and that many bytes of an image")
        }
        guard let image = try read(length, of: "the image") else { return nil }
        guard image.count == length else { throw torn(image.count, of: length, "the image") }
        defer { number += 1 }
        return .image(.frame(number, image))
    }

    var isReady: Bool {
        var file = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&file, 1, 0) > 0
    }

    /// Reads a part of a frame.
    ///
    /// - Returns: nil after a cancellation; no bytes at the end of the input before a header.
    private func read(_ length: Int, of part: String) throws(CommandError) -> FileBytes? {
        let bytes: FileBytes?
        do {
            bytes = try FileBytes.reading(length, from: descriptor) { cancellation.waitForInput(descriptor) }
        } catch {
            throw .fatal("frame \(number): \(error.message)")
        }
        guard let bytes, bytes.count > 0, bytes.count < length else { return bytes }
        throw torn(bytes.count, of: length, part)
    }

    private func torn(_ count: Int, of length: Int, _ part: String) -> CommandError {
        .fatal("frame \(number): standard input ended after \(count) of \(length) bytes of \(part)")
    }
}
