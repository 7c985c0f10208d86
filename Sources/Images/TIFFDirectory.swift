/// A directory of a TIFF file: its entries, and the offset of the next directory.
///
/// Counts and offsets come from the file and may have any value; entries outside the file are left out.
struct TIFFDirectory {
    struct Entry {
        let tag: UInt16
        let type: UInt16
        let count: Int
        /// The offset of the values.
        let offset: Int
    }

    private let tiff: TIFFBytes
    let entries: [Entry]
    /// The offset of the next directory; zero in the last one.
    let next: Int

    /// A limit above any camera's number of entries.
    private static let mostEntries = 1024

    /// Reads the directory at `offset`.
    ///
    /// - Returns: nil if there is none.
    init?(_ tiff: TIFFBytes, at offset: Int) {
        guard let count = tiff.read(UInt16.self, at: offset).map(Int.init), count > 0 else { return nil }
        self.tiff = tiff
        entries = (0..<min(count, Self.mostEntries)).compactMap { index in
            let entry = offset + 2 + 12 * index
            guard let tag = tiff.read(UInt16.self, at: entry), let type = tiff.read(UInt16.self, at: entry + 2),
                let unit = TIFFBytes.size(of: type), let count = tiff.read(UInt32.self, at: entry + 4).map(Int.init),
                let stored = tiff.read(UInt32.self, at: entry + 8).map(Int.init)
            else { return nil }
            return Entry(tag: tag, type: type, count: count, offset: count * unit <= 4 ? entry + 8 : stored)
        }
        next = tiff.read(UInt32.self, at: offset + 2 + 12 * count).map(Int.init) ?? 0
    }

    func entry(_ tag: UInt16) -> Entry? { entries.first { $0.tag == tag } }

    /// The first values of an entry that are whole numbers.
    func values(_ tag: UInt16, atMost limit: Int = 16) -> [Int] {
        guard let entry = entry(tag), let unit = TIFFBytes.size(of: entry.type) else { return [] }
        return (0..<min(entry.count, limit)).compactMap { index in
            tiff.number(entry.type, at: entry.offset + index * unit).flatMap(Int.init(exactly:))
        }
    }

    func value(_ tag: UInt16) -> Int? { values(tag, atMost: 1).first }
}
