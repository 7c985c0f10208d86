/// The pixels of an image as a decoder delivers them, in bands of rows, turned upright on the way as Pillow's
/// `ImageOps.exif_transpose` turns them. `width` and `height` are those of the file.
struct UprightPixels {
    private let width: Int
    private let height: Int
    private let orientation: Orientation
    private let buffer: ImageBuffer<UInt8>

    /// Rows per band: the height of a JPEG's coded blocks, and few enough for the second-level cache.
    static let bandHeight = 16

    /// The rows per band for a width; fewer for very long rows, so that a band stays small beside the image's memory.
    static func bandHeight(width: Int) -> Int { max(1, min(bandHeight, bandHeight << 16 / width)) }

    init(
        width: Int, height: Int, orientation: Orientation, budget: inout DecodeBudget
    ) throws(ImageError) {
        let count = width * height * 3
        try budget.reserve(count)
        buffer = try ImageBuffer<UInt8>(count: count)
        self.width = width
        self.height = height
        self.orientation = orientation
    }

    /// The place of rows from `row` on, if they need no turning; else nil.
    func rows(from row: Int) -> UnsafeMutablePointer<UInt8>? {
        orientation == .upright ? buffer.start + row * width * 3 : nil
    }

    /// Stores the rows from `row` on: `band` is `[count x width x 3]`.
    func store(_ band: UnsafePointer<UInt8>, from row: Int, count: Int) {
        let out = buffer.start
        let (start, dx, dy) = steps
        // Columns of a band that is turned by 90 degrees become rows, so that each writes `count` pixels
        // that lie together.
        if orientation.swapsAxes {
            for x in 0..<width {
                var read = x * 3, write = start + x * dx + row * dy
                for _ in 0..<count {
                    out[write] = band[read]
                    out[write + 1] = band[read + 1]
                    out[write + 2] = band[read + 2]
                    read += width * 3
                    write += dy
                }
            }
        } else {
            var read = 0
            for y in row..<row + count {
                var write = start + y * dy
                for _ in 0..<width {
                    out[write] = band[read]
                    out[write + 1] = band[read + 1]
                    out[write + 2] = band[read + 2]
                    read += 3
                    write += dx
                }
            }
        }
    }

    /// Stores all rows. `make` writes `count` rows from `row` on: `[count x width x 3]`.
    func fill(_ make: (_ row: Int, _ count: Int, _ target: UnsafeMutablePointer<UInt8>) -> Void) throws(ImageError) {
        let bandHeight = Self.bandHeight(width: width)
        let band = try ImageBuffer<UInt8>(count: orientation == .upright ? 0 : bandHeight * width * 3)
        for row in stride(from: 0, to: height, by: bandHeight) {
            let count = min(bandHeight, height - row)
            if let inPlace = rows(from: row) {
                make(row, count, inPlace)
            } else {
                make(row, count, band.start)
                store(band.start, from: row, count: count)
            }
        }
    }

    /// The place of the file's first pixel, and its change per step along the file's x and y.
    private var steps: (start: Int, dx: Int, dy: Int) {
        let (right, down) = (3, (orientation.swapsAxes ? height : width) * 3)
        switch orientation {
        case .upright: return (0, right, down)
        case .mirrored: return ((width - 1) * right, -right, down)
        case .turned180: return ((width - 1) * right + (height - 1) * down, -right, -down)
        case .flipped: return ((height - 1) * down, right, -down)
        case .transposed: return (0, down, right)
        case .turnedRight: return ((height - 1) * right, down, -right)
        case .transversed: return ((height - 1) * right + (width - 1) * down, -down, -right)
        case .turnedLeft: return ((width - 1) * down, -down, right)
        }
    }

    /// The image, once every row is stored.
    ///
    /// - Parameter scale: pixels per pixel of the file's `originalWidth` x `originalHeight`.
    func image(originalWidth: Int, originalHeight: Int, scale: Double = 1) -> RGBImage {
        let (_, dx, dy) = steps
        func covered(_ length: Int, of size: Int, backwards: Bool) -> Range<Double> {
            let length = Double(length) * scale, size = Double(size)
            return backwards ? size - length..<size : 0..<length
        }
        let columns = covered(originalWidth, of: width, backwards: dx < 0)
        let rows = covered(originalHeight, of: height, backwards: dy < 0)
        return orientation.swapsAxes
            ? RGBImage(
                width: height, height: width, buffer: buffer, originalWidth: originalHeight,
                originalHeight: originalWidth, box: .init(columns: rows, rows: columns))
            : RGBImage(
                width: width, height: height, buffer: buffer, originalWidth: originalWidth,
                originalHeight: originalHeight, box: .init(columns: columns, rows: rows))
    }
}
