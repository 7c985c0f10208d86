/// A directory of a TIFF file: its entries, and where the next directory is.
///
/// Counts and offsets come from the file and may say anything; what lies outside is left out.
struct TIFFDirectory {
    struct Entry {
        let tag: UInt16
        let type: UInt16
        let count: Int
        /// Where the values are.
        let offset: Int
    }

    private let tiff: TIFFBytes
    let entries: [Entry]
    /// Zero at the last one.
    let next: Int

    /// More than any camera writes.
    private static let mostEntries = 1024

    /// - Returns: nil if there is no directory.
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

    /// The first values of an entry, as far as they are whole numbers.
    func values(_ tag: UInt16, atMost limit: Int = 16) -> [Int] {
        guard let entry = entry(tag), let unit = TIFFBytes.size(of: entry.type) else { return [] }
        return (0..<min(entry.count, limit)).compactMap { index in
            tiff.number(entry.type, at: entry.offset + index * unit).flatMap(Int.init(exactly:))
        }
    }

    func value(_ tag: UInt16) -> Int? { values(tag, atMost: 1).first }
}
