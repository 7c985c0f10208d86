import Images

extension RGBImage {
    /// Returns the picture in grey, squashed to a size: red, green and blue all hold its luma, Pillow's `convert("L")`.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    func luma(width: Int, height: Int) throws(ImageError) -> RGBImage {
        try resized(width: width, height: height, filter: .bilinear).grey
    }

    private var grey: RGBImage {
        var pixels = self.pixels
        for i in stride(from: 0, to: pixels.count, by: 3) {
            // The weights of ITU-R 601 in 16 bits.
            let luma =
                (19_595 * Int(pixels[i]) + 38_470 * Int(pixels[i + 1]) + 7_471 * Int(pixels[i + 2]) + 0x8000) >> 16
            for channel in 0..<3 { pixels[i + channel] = UInt8(luma) }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    /// One sample per pixel of a grey picture.
    var greySamples: [Float] {
        withPixels { pixels in stride(from: 0, to: pixels.count, by: 3).map { Float(pixels[$0]) } }
    }
}
