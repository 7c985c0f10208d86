#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import ImageCodecs
import Platform

extension RGBImage {
    /// Decodes the JPEG or PNG file at a URL, at full size: the pixels of Pillow's
    /// `exif_transpose(image).convert("RGB")`, transparency composited on white.
    ///
    /// - Throws: ``XceptionError``, if there is no such file, it is damaged, or exceeds the limits
    ///   of decoding (178,956,970 pixels, 65,535 a side, 512 MiB of memory).
    public init(contentsOf url: URL) throws(XceptionError) {
        try self.init(contentsOf: url, options: DecodeOptions())
    }

    /// Decodes a JPEG or PNG file in memory, as ``init(contentsOf:)``.
    ///
    /// - Throws: ``XceptionError``.
    public init(file: some ContiguousBytes) throws(XceptionError) {
        try self.init(file: file, options: DecodeOptions())
    }

    init(contentsOf url: URL, options: DecodeOptions) throws(XceptionError) {
        let path = FilePath(url)
        let bytes = try readImageFile(path, limit: options.maximumMemory)
        do {
            self = try Self.decode(bytes, options)
        } catch {
            throw XceptionError(error, path: path)
        }
    }

    init(file: some ContiguousBytes, options: DecodeOptions) throws(XceptionError) {
        do {
            self = try Self.decode(file, options)
        } catch {
            throw XceptionError(error)
        }
    }

    private static func decode(_ file: some ContiguousBytes, _ options: DecodeOptions) throws(ImageError) -> RGBImage {
        // What `ContiguousBytes` rethrows has no type.
        let result = file.withUnsafeBytes { bytes in
            Result { () throws(ImageError) in try decodeImage(bytes, options: options) }
        }
        return try result.get()
    }
}

extension FilePath {
    init(_ url: URL) {
        self = url.withUnsafeFileSystemRepresentation { $0.map(FilePath.init(cString:)) } ?? FilePath(url.path)
    }
}

/// - Parameter limit: of the file's size.
private func readImageFile(_ path: FilePath, limit: Int) throws(XceptionError) -> [UInt8] {
    func error(_ number: Int32) -> XceptionError {
        XceptionError(
            number == ENOENT || number == ENOTDIR ? .notFound : .unreadable,
            "\(path.line): cannot be read: \(SystemError(number: number).message)")
    }
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw error(errno) }
    defer { close(descriptor) }
    guard let status = FileStatus(descriptor: descriptor) else { throw error(errno) }
    guard status.isRegular else { throw XceptionError(.unreadable, "\(path.line): is not a regular file") }
    guard status.size <= limit else {
        throw XceptionError(.imageTooLarge, "\(path.line): the file is larger than any image that is read (\(limit >> 20) MiB)")
    }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: status.size) { buffer, count in
        while count < buffer.count {
            let result = read(descriptor, buffer.baseAddress! + count, buffer.count - count)
            if result < 0, errno == EINTR { continue }
            if result < 0 { failure = errno }
            guard result > 0 else { break }
            count += result
        }
    }
    guard failure == 0 else { throw error(failure) }
    return bytes
}
