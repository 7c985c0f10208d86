#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Images
import Platform

extension RGBImage {
    /// Decodes the image file at a URL, at full size: the pixels of Pillow's `exif_transpose(image).convert("RGB")`,
    /// transparency composited on white. It reads JPEG, PNG and previews in raw files, and WebP, HEIC and AVIF if
    /// libwebp and libheif are installed.
    ///
    /// - Throws: ``XceptionError`` if there is no such file, it is damaged, or it exceeds the limits of decoding
    ///   (178,956,970 pixels, a million per side, 512 MiB of memory).
    public init(contentsOf url: URL) throws(XceptionError) {
        try self.init(contentsOf: url, options: DecodeOptions())
    }

    /// Decodes an image file in memory, as ``init(contentsOf:)``.
    ///
    /// - Throws: ``XceptionError``.
    public init(file: some ContiguousBytes) throws(XceptionError) {
        try self.init(file: file, options: DecodeOptions())
    }

    init(contentsOf url: URL, options: DecodeOptions) throws(XceptionError) {
        let path = FilePath(url)
        do {
            self = try FileBytes.reading(path, limit: options.maximumMemory).decoded(options)
        } catch {
            throw XceptionError(error, path: path)
        }
    }

    init(file: some ContiguousBytes, options: DecodeOptions) throws(XceptionError) {
        // `ContiguousBytes` rethrows without a type.
        let result = file.withUnsafeBytes { bytes in
            Result { () throws(ImageError) in try decodeImage(bytes, options: options) }
        }
        do {
            self = try result.get()
        } catch {
            throw XceptionError(error)
        }
    }
}

extension FilePath {
    init(_ url: URL) {
        self = url.withUnsafeFileSystemRepresentation { $0.map(FilePath.init(cString:)) } ?? FilePath(url.path)
    }
}
