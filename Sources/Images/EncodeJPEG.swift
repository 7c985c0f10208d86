import CImages
import Platform

extension RGBImage {
    /// The image as a JPEG file, or nil if there is no memory for it or a side is longer than the
    /// 65,500 pixels that libjpeg writes.
    ///
    /// - Parameter quality: 1 to 100; chroma is halved in both directions.
    package func jpegFile(quality: Int) -> [UInt8]? {
        var count = 0
        guard
            let file = withPixels({
                jpeg_write($0.baseAddress, UInt32(width), UInt32(height), Int32(quality), &count)
            })
        else { return nil }
        defer { free(file) }
        return Array(UnsafeBufferPointer(start: file, count: count))
    }
}
