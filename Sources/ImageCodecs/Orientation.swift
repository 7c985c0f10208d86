/// How a stored picture must be turned to stand upright: EXIF tag 0x0112, values 1 to 8.
enum Orientation: Int {
    case upright = 1, mirrored, turned180, flipped, transposed, turnedRight, transversed, turnedLeft

    /// Reads the orientation of an EXIF block: a TIFF header and its first directory.
    ///
    /// Offsets in it come from the file and may point anywhere; whatever does not make sense is
    /// upright, as in Pillow.
    init(exif: UnsafeRawBufferPointer) {
        let littleEndian: Bool
        if exif.contains("II", at: 0) {
            littleEndian = true
        } else if exif.contains("MM", at: 0) {
            littleEndian = false
        } else {
            self = .upright
            return
        }
        func read16(_ offset: Int) -> Int? {
            exif.bigEndian16(at: offset).map { littleEndian ? Int(UInt16($0).byteSwapped) : $0 }
        }
        func read32(_ offset: Int) -> Int? {
            exif.bigEndian32(at: offset).map { littleEndian ? Int(UInt32($0).byteSwapped) : $0 }
        }
        self = .upright
        guard read16(2) == 42, let directory = read32(4), let entries = read16(directory) else { return }
        for entry in 0..<entries {
            let offset = directory + 2 + entry * 12
            guard let tag = read16(offset) else { return }
            guard tag == 0x0112 else { continue }
            let value =
                switch read16(offset + 2) {
                case 1: exif.byte(at: offset + 8).map(Int.init)  // BYTE
                case 3: read16(offset + 8)  // SHORT, what the standard says
                case 4: read32(offset + 8)  // LONG
                default: Int?.none
                }
            self = value.flatMap(Orientation.init(rawValue:)) ?? .upright
            return
        }
    }

    var swapsAxes: Bool { rawValue >= Orientation.transposed.rawValue }
}

extension RGBImage {
    /// The picture turned upright, as Pillow's `ImageOps.exif_transpose` does.
    func oriented(_ orientation: Orientation) -> RGBImage {
        guard orientation != .upright else { return self }
        let (outWidth, outHeight) = orientation.swapsAxes ? (height, width) : (width, height)
        let right = 3, down = 3 * width
        let lastColumn = (width - 1) * right, lastRow = (height - 1) * down
        // Where the first output pixel is read, and how the source moves with output x and y.
        let (start, dx, dy) =
            switch orientation {
            case .upright: (0, right, down)
            case .mirrored: (lastColumn, -right, down)
            case .turned180: (lastRow + lastColumn, -right, -down)
            case .flipped: (lastRow, right, -down)
            case .transposed: (0, down, right)
            case .turnedRight: (lastRow, -down, right)
            case .transversed: (lastRow + lastColumn, -down, -right)
            case .turnedLeft: (lastColumn, down, -right)
            }
        let tile = 32  // Rows and columns whose source lines, 2 kB to 4 kB, stay in the first cache.
        let count = pixels.count
        let turned = [UInt8](unsafeUninitializedCapacity: count) { out, initialized in
            pixels.withUnsafeBufferPointer { source in
                for tileY in stride(from: 0, to: outHeight, by: tile) {
                    for tileX in stride(from: 0, to: outWidth, by: tile) {
                        for y in tileY..<min(tileY + tile, outHeight) {
                            var read = start + tileX * dx + y * dy
                            var write = (y * outWidth + tileX) * 3
                            for _ in tileX..<min(tileX + tile, outWidth) {
                                out[write] = source[read]
                                out[write + 1] = source[read + 1]
                                out[write + 2] = source[read + 2]
                                read += dx
                                write += 3
                            }
                        }
                    }
                }
            }
            initialized = count
        }
        func along(_ covered: Range<Double>, of size: Int, backwards: Bool) -> Range<Double> {
            backwards ? Double(size) - covered.upperBound..<Double(size) - covered.lowerBound : covered
        }
        let swaps = orientation.swapsAxes
        return RGBImage(
            width: outWidth, height: outHeight, pixels: turned,
            fileWidth: swaps ? fileHeight : fileWidth, fileHeight: swaps ? fileWidth : fileHeight,
            columns: along(swaps ? rows : columns, of: outWidth, backwards: dx < 0),
            rows: along(swaps ? columns : rows, of: outHeight, backwards: dy < 0))
    }
}
