import CTurboJPEG

extension RGBImage {
    /// The image as a JPEG file, or nil if there is no memory for it.
    ///
    /// - Parameter quality: 1 to 100; chroma is halved in both directions.
    public func jpegFile(quality: Int) -> [UInt8]? {
        guard let compressor = tjInitCompress() else { return nil }
        defer { tjDestroy(compressor) }
        var file: UnsafeMutablePointer<UInt8>?
        var size: UInt = 0
        defer { tjFree(file) }
        let status = pixels.withUnsafeBufferPointer {
            tjCompress2(
                compressor, $0.baseAddress, Int32(width), 0, Int32(height), Int32(TJPF_RGB.rawValue), &file, &size,
                Int32(TJSAMP_420.rawValue), Int32(quality), 0)
        }
        guard status == 0, let file else { return nil }
        return Array(UnsafeBufferPointer(start: file, count: Int(size)))
    }
}
