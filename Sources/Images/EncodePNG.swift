import CImages
import Platform

extension RGBImage {
    /// The image as a PNG file, or nil if there is no memory for it.
    package func pngFile() -> [UInt8]? {
        withPixels { encode($0, width: width, height: height, channels: 3) }
    }
}

/// Pixels with transparency as a PNG file, or nil if there is no memory for it.
///
/// - Parameter rgba: 8-bit sRGB, `[height x width x 4]`, alpha not multiplied into the colours.
package func pngFile(rgba: [UInt8], width: Int, height: Int) -> [UInt8]? {
    precondition(width > 0 && height > 0 && rgba.count == width * height * 4)
    return rgba.withUnsafeBufferPointer { encode($0, width: width, height: height, channels: 4) }
}

private func encode(_ pixels: UnsafeBufferPointer<UInt8>, width: Int, height: Int, channels: Int32) -> [UInt8]? {
    var count = 0
    guard let file = png_write(pixels.baseAddress, UInt32(width), UInt32(height), channels, &count) else { return nil }
    defer { free(file) }
    return Array(UnsafeBufferPointer(start: file, count: count))
}

/// A chunk of text in a PNG file (PNG specification, 11.3.3.2 tEXt).
///
/// - Parameters:
///   - keyword: 1 to 79 characters of Latin-1.
///   - text: Latin-1.
package func pngTextChunk(_ keyword: String, _ text: String) -> [UInt8] {
    let body = Array("tEXt".utf8) + Array(keyword.utf8) + [0] + Array(text.utf8)
    func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
    return bigEndian(UInt32(body.count - 4)) + body + bigEndian(png_chunk_checksum(body, body.count))
}
