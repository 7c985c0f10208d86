/// The places of items' data in a HEIF file (`iloc`, ISO/IEC 14496-12, 8.11.3).
struct HEIFItemData {
    private let file: UnsafeRawBufferPointer
    private let locations: Range<Int>
    private let itemData: Range<Int>?

    /// A limit above the pieces of all items of any file.
    private static let mostExtents = 1 << 17

    /// - Parameters:
    ///   - locations: the content of `iloc`.
    ///   - itemData: the content of `idat`, which data may be in.
    init(_ file: UnsafeRawBufferPointer, locations: Range<Int>, itemData: Range<Int>?) {
        self.file = file
        self.locations = locations
        self.itemData = itemData
    }

    /// Visits the data of each item that has any, up to malformed ones.
    ///
    /// - Parameter body: gets an item's number and its data, and returns false to stop.
    /// - Returns: false if `body` stopped, or if there are more pieces than are read.
    func forEachItem(_ body: (Int, UnsafeRawBufferPointer) -> Bool) -> Bool {
        guard let version = file.byte(at: locations.lowerBound),
            let sizes = file.bigEndian16(at: locations.lowerBound + 4)
        else { return true }
        let (offsetSize, lengthSize, baseSize) = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15)
        let indexSize = version > 0 ? sizes & 15 : 0, idSize = version < 2 ? 2 : 4
        let start = min(locations.lowerBound + 6, locations.upperBound)
        var reader = BigEndianReader(file, in: start..<locations.upperBound)
        // Pieces are put together in memory, in all no more than the file has.
        var remaining = (extents: Self.mostExtents, copied: file.count)
        guard let count = reader.read(idSize) else { return true }
        for _ in 0..<count {
            guard let id = reader.read(idSize), let method = version == 0 ? 0 : reader.read(2), reader.read(2) != nil,
                let base = reader.read(baseSize), let extents = reader.read(2)
            else { return true }
            var pieces: [Range<Int>] = []
            for _ in 0..<extents {
                guard reader.read(indexSize) != nil, let offset = reader.read(offsetSize),
                    let length = reader.read(lengthSize)
                else { return true }
                remaining.extents -= 1
                guard remaining.extents > 0 else { return false }
                if let piece = piece(method: method & 15, from: base + offset, count: length) { pieces.append(piece) }
            }
            guard let first = pieces.first else { continue }
            if pieces.count == 1 {
                guard body(id, UnsafeRawBufferPointer(rebasing: file[first])) else { return false }
            } else {
                remaining.copied -= pieces.reduce(0) { $0 + $1.count }
                guard remaining.copied >= 0 else { return false }
                guard Array(pieces.map { file[$0] }.joined()).withUnsafeBytes({ body(id, $0) }) else { return false }
            }
        }
        return true
    }

    /// A piece of data; nil outside the file. One of no length reaches to the end.
    private func piece(method: Int, from offset: Int, count: Int) -> Range<Int>? {
        let place: Range<Int>? = switch method {
        case 0: 0..<file.count
        case 1: itemData
        default: nil
        }
        guard let place, offset < place.count else { return nil }
        let start = place.lowerBound + offset
        return start..<(count == 0 ? place.upperBound : min(start + count, place.upperBound))
    }
}
