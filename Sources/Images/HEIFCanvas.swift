/// The canvas of a picture that is made of others: a grid's, or an overlay's (ISO/IEC 23008-12, 6.6.2).
struct HEIFCanvas {
    let width, height: Int
    /// The tiles of a grid: rows from 1, and columns. An overlay has none.
    let rows, columns: Int

    /// Reads a description.
    ///
    /// - Parameter start: the place of the sizes: 4 in a grid's description, 10 in an overlay's.
    /// - Returns: nil if it is cut off.
    init?(_ description: UnsafeRawBufferPointer, sizesAt start: Int) {
        guard description.count >= start, let flags = description.byte(at: 1) else { return nil }
        var reader = BigEndianReader(description, in: start..<description.count)
        let sideBytes = flags & 1 == 0 ? 2 : 4
        guard let width = reader.read(sideBytes), let height = reader.read(sideBytes) else { return nil }
        (self.width, self.height) = (width, height)
        (rows, columns) = start == 4 ? (Int(description[2]) + 1, Int(description[3]) + 1) : (0, 0)
    }

    var pixels: Int { width.multipliedReportingOverflow(by: height).overflow ? .max : width * height }

    /// Returns false if tiles as large as this coded picture leave a part of a grid uncovered. libheif (1.15) does not
    /// look at that.
    func isCovered(by tile: CodedPictureSize) -> Bool {
        tile.pixels == 0 || rows == 0
            || tile.width >= (width + columns - 1) / columns && tile.height >= (height + rows - 1) / rows
    }
}
