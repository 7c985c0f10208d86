import CImages

/// Converts the pixels of libpng to RGB, transparency composited on white.
struct PNGPixels {
    private enum Layout {
        case rgb, rgba, gray16
        /// RGB of each of 256 indices.
        case palette(ImageBuffer<UInt8>)
    }
    private let layout: Layout
    private let colorKey: (UInt8, UInt8, UInt8)?

    /// - Parameter transparency: the data of the chunk tRNS: alphas of a palette's first entries, or the 16-bit samples
    ///   of the one transparent colour. Excess bytes are ignored.
    /// - Throws: ``ImageError/corruptImage(_:)`` if the chunk cannot belong to the image, as Pillow does.
    init(_ header: png_reader_image, transparency: UnsafeRawBufferPointer?) throws(ImageError) {
        // As Pillow compares them: 8-bit pixels with the low byte of the chunk's values, so that with 2, 4 or 16 bits
        // per sample a match is mere chance. One bit is black or white.
        func sample(_ index: Int) throws(ImageError) -> UInt8 {
            guard let value = transparency?.bigEndian16(at: 2 * index) else {
                throw .corruptImage("PNG: the transparent colour is cut off")
            }
            return header.is_one_bit_gray != 0 ? (value == 0 ? 0 : 255) : UInt8(truncatingIfNeeded: value)
        }
        var colorKey: (UInt8, UInt8, UInt8)?
        switch header.color {
        case PNG_READER_PALETTE:
            layout = .palette(try Self.table(header, alphas: transparency))
        case PNG_READER_GRAY:
            layout = header.bit_depth == 16 ? .gray16 : .rgb
            if transparency != nil { colorKey = (try sample(0), try sample(0), try sample(0)) }
        case PNG_READER_RGB:
            layout = .rgb
            if transparency != nil { colorKey = (try sample(0), try sample(1), try sample(2)) }
        default: layout = .rgba
        }
        self.colorKey = colorKey
    }

    /// The palette's colours on white, `[256 x 3]`.
    private static func table(
        _ header: png_reader_image, alphas: UnsafeRawBufferPointer?
    ) throws(ImageError) -> ImageBuffer<UInt8> {
        guard alphas?.count ?? 0 <= 256 else {
            throw .corruptImage("PNG: there are more transparent indices than a palette can have")
        }
        let entries = try ImageBuffer<UInt8>(count: 256 * 4), table = try ImageBuffer<UInt8>(count: 256 * 3)
        withUnsafeBytes(of: header.palette) { palette in
            for index in 0..<256 {
                for channel in 0..<3 { entries.start[4 * index + channel] = palette[3 * index + channel] }
                entries.start[4 * index + 3] = alphas?.byte(at: index) ?? 255
            }
        }
        compositeOnWhite(entries.start, to: table.start, count: 256)
        return table
    }

    var isIdentity: Bool { if case .rgb = layout { true } else { false } }

    func convert(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int) {
        switch layout {
        case .rgb: target.update(from: source, count: count * 3)
        case .rgba: compositeOnWhite(source, to: target, count: count)
        case .gray16: clipGray16(source, to: target, count: count)
        case .palette(let table): lookUp(source, in: table.start, to: target, count: count)
        }
    }

    private func lookUp(
        _ indices: UnsafePointer<UInt8>, in table: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>,
        count: Int
    ) {
        for i in 0..<count {
            let color = table + 3 * Int(indices[i])
            for channel in 0..<3 { target[3 * i + channel] = color[channel] }
        }
    }

    /// Converts 16-bit gray to RGB as Pillow converts its mode `I;16`: clipped to 255, not scaled.
    private func clipGray16(_ gray: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int) {
        for i in 0..<count {
            let value = gray[2 * i] == 0 ? gray[2 * i + 1] : 255
            target[3 * i] = value
            target[3 * i + 1] = value
            target[3 * i + 2] = value
        }
    }

    /// Turns pixels of the one transparent colour of a tRNS chunk white.
    func whitenTransparentColour(_ pixels: UnsafeMutablePointer<UInt8>, count: Int) {
        guard let key = colorKey else { return }
        for pixel in stride(from: pixels, to: pixels + count * 3, by: 3)
        where pixel[0] == key.0 && pixel[1] == key.1 && pixel[2] == key.2 {
            pixel.update(repeating: 255, count: 3)
        }
    }
}
