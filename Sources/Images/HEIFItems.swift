/// The items of a HEIF file, as far as they determine the cost of decoding it (ISO/IEC 23008-12).
///
/// The sizes are those of coded pictures and of canvases. They may be larger than the sizes that the file declares, but
/// decoders allocate memory by them.
struct HEIFItems {
    struct Item {
        let type: FourCharacterCode
        /// The largest coded picture in it.
        var picture = CodedPictureSize(remainingUnits: 0)
        /// The pixels of that picture.
        var coded: Int { picture.pixels }
        /// The canvas on which its parts are put together.
        var canvas: HEIFCanvas?
        /// The items that it is made of.
        var parts: [Int] = []
        /// Its alpha and other items that accompany it.
        var auxiliaries: [Int] = []
    }

    private(set) var items: [Int: Item] = [:]
    private(set) var primary: Int?

    /// A limit above the items of any camera: tiles of a large picture, thumbnails, maps. libheif's own is 20,000.
    private static let mostItems = 1 << 14
    private static let mostReferences = 1 << 17
    /// Units of coded data, so that items that share their data do not take long.
    private static let mostUnits = 1 << 18

    /// Reads the items of a file.
    ///
    /// - Returns: nil if the file lists them twice, so that readers may differ in which list they follow, or if there
    ///   are too many.
    init?(_ file: UnsafeRawBufferPointer) {
        var metas = HEIFBoxes(file, in: 0..<file.count).lazy.filter { $0.type == "meta" }.makeIterator()
        guard let meta = metas.next() else { return }
        guard metas.next() == nil else { return nil }
        // A full box begins with a version and flags.
        var lists: [FourCharacterCode: Range<Int>] = [:]
        for box in HEIFBoxes(file, in: meta.content.dropFirst(4))
        where ["pitm", "iinf", "iref", "iprp", "idat", "iloc"].contains(box.type) {
            guard lists.updateValue(box.content, forKey: box.type) == nil else { return nil }
        }
        if let list = lists["pitm"] {
            var reader = BigEndianReader(file, in: list.dropFirst(4))
            primary = reader.read(file.byte(at: list.lowerBound) == 0 ? 2 : 4)
        }
        guard lists["iinf"].map({ readTypes(file, $0) }) ?? true,
            lists["iref"].map({ readReferences(file, $0) }) ?? true,
            lists["iprp"].map({ readProperties(file, $0) }) ?? true,
            lists["iloc"].map({ readData(HEIFItemData(file, locations: $0, itemData: lists["idat"])) }) ?? true
        else { return nil }
    }

    /// True if the coded tiles of each grid are as large as its canvas needs.
    var coversCanvases: Bool {
        items.values.allSatisfy { item in
            item.parts.allSatisfy { part in
                guard let canvas = item.canvas, let picture = items[part]?.picture else { return true }
                return canvas.isCovered(by: picture)
            }
        }
    }

    // MARK: - Reading

    // Each of these returns false where the file shall be rejected.

    private mutating func readTypes(_ file: UnsafeRawBufferPointer, _ list: Range<Int>) -> Bool {
        let start = file.byte(at: list.lowerBound) == 0 ? 6 : 8
        for box in HEIFBoxes(file, in: list.dropFirst(start)) where box.type == "infe" {
            guard let version = file.byte(at: box.content.lowerBound), version >= 2 else { continue }
            var reader = BigEndianReader(file, in: box.content.dropFirst(4))
            guard let id = reader.read(version == 2 ? 2 : 4), reader.read(2) != nil, let type = reader.read(4)
            else { continue }
            guard items[id] == nil, items.count < Self.mostItems else { return false }
            items[id] = Item(type: FourCharacterCode(value: type))
        }
        return true
    }

    private mutating func readReferences(_ file: UnsafeRawBufferPointer, _ list: Range<Int>) -> Bool {
        let idSize = file.byte(at: list.lowerBound) == 0 ? 2 : 4
        var remaining = Self.mostReferences
        for box in HEIFBoxes(file, in: list.dropFirst(4)) where ["dimg", "auxl"].contains(box.type) {
            var reader = BigEndianReader(file, in: box.content)
            guard let from = reader.read(idSize), let count = reader.read(2) else { continue }
            for _ in 0..<count {
                guard let to = reader.read(idSize) else { break }
                guard remaining > 0 else { return false }
                remaining -= 1
                if box.type == "dimg" {
                    items[from]?.parts.append(to)
                } else {
                    items[to]?.auxiliaries.append(from)
                }
            }
        }
        return true
    }

    private mutating func readProperties(_ file: UnsafeRawBufferPointer, _ list: Range<Int>) -> Bool {
        var sizes: [CodedPictureSize]?
        for container in HEIFBoxes(file, in: list) where container.type == "ipco" {
            guard sizes == nil else { return false }
            sizes = []
            for property in HEIFBoxes(file, in: container.content) {
                var size = CodedPictureSize(remainingUnits: Self.mostUnits)
                let content = UnsafeRawBufferPointer(rebasing: file[property.content])
                switch property.type {
                case "hvcC": size.readHEVCConfiguration(content)
                case "av1C": size.readAV1Units(UnsafeRawBufferPointer(rebasing: content.dropFirst(4)))
                default: break
                }
                guard sizes!.count < Self.mostItems else { return false }
                sizes!.append(size)
            }
        }
        guard let sizes else { return true }
        for associations in HEIFBoxes(file, in: list) where associations.type == "ipma" {
            guard let header = file.bigEndian32(at: associations.content.lowerBound) else { continue }
            var reader = BigEndianReader(file, in: associations.content.dropFirst(4))
            guard let count = reader.read(4) else { continue }
            items: for _ in 0..<count {
                guard let id = reader.read(header >> 24 == 0 ? 2 : 4), let properties = reader.read(1) else { break }
                for _ in 0..<properties {
                    // The highest bit says that the property is essential.
                    let isShort = header & 1 == 0
                    guard let association = reader.read(isShort ? 1 : 2) else { break items }
                    let number = association & (isShort ? 0x7F : 0x7FFF)
                    guard sizes.indices.contains(number - 1), let item = items[id] else { continue }
                    if sizes[number - 1].pixels > item.coded { items[id]?.picture = sizes[number - 1] }
                }
            }
        }
        return true
    }

    private mutating func readData(_ data: HEIFItemData) -> Bool {
        var remainingUnits = Self.mostUnits
        return data.forEachItem { id, content in
            guard let item = items[id] else { return true }
            switch item.type {
            case "grid": items[id]?.canvas = HEIFCanvas(content, sizesAt: 4)
            case "iovl": items[id]?.canvas = HEIFCanvas(content, sizesAt: 10)
            default:
                var size = CodedPictureSize(remainingUnits: remainingUnits)
                if item.type == "av01" { size.readAV1Units(content) } else { size.readHEVCUnits(content) }
                remainingUnits = size.remainingUnits
                if size.pixels > item.coded { items[id]?.picture = size }
            }
            return remainingUnits > 0
        }
    }
}

extension Range<Int> {
    fileprivate func dropFirst(_ count: Int) -> Range<Int> { Swift.min(lowerBound + count, upperBound)..<upperBound }
}
