/// The size of the largest coded picture in a HEIF file. The sizes that the file declares may be smaller, but decoders
/// allocate memory by the coded size.
///
/// The sizes come from the configuration boxes of HEVC (`hvcC`) and AV1 (`av1C`), and from the beginning of each item's
/// data. Malformed parts are skipped.
struct HEIFCodedPictures {
    private let file: UnsafeRawBufferPointer
    /// Width times height, in pixels.
    private(set) var largest = 0

    /// A limit above the items of any camera: tiles of a large picture, thumbnails, maps.
    private static let mostItems = 1 << 14

    init(_ file: UnsafeRawBufferPointer) {
        self.file = file
        for box in boxes(in: 0..<file.count) where box.type == 0x6D65_7461 {
            // A full box: a version and flags come first.
            readMeta(box.content.dropFirst(4))
        }
    }

    private mutating func readMeta(_ range: Range<Int>) {
        for box in boxes(in: range) {
            switch box.type {
            case 0x6970_7270:  // iprp
                for container in boxes(in: box.content) where container.type == 0x6970_636F {  // ipco
                    for property in boxes(in: container.content) { readProperty(property.type, property.content) }
                }
            case 0x696C_6F63: readLocations(box.content)  // iloc
            default: break
            }
        }
    }

    private mutating func readProperty(_ type: Int, _ content: Range<Int>) {
        switch type {
        case 0x6876_6343:  // hvcC: 22 bytes, then arrays of length-prefixed units
            guard let arrays = file.byte(at: content.lowerBound + 22) else { return }
            var position = content.lowerBound + 23
            for _ in 0..<arrays {
                guard let count = file.bigEndian16(at: position + 1) else { return }
                position += 3
                for _ in 0..<count {
                    guard let length = file.bigEndian16(at: position) else { return }
                    readHEVCUnit(position + 2..<min(position + 2 + length, file.count))
                    position += 2 + length
                }
            }
        case 0x6176_3143: readAV1Units(content.dropFirst(4))  // av1C
        default: break
        }
    }

    /// The first extent of each item.
    private mutating func readLocations(_ content: Range<Int>) {
        guard let version = file.byte(at: content.lowerBound), let sizes = file.bigEndian16(at: content.lowerBound + 4)
        else { return }
        var position = content.lowerBound + 6
        func read(_ size: Int) -> Int? {
            defer { position += size }
            switch size {
            case 0: return 0
            case 2: return file.bigEndian16(at: position)
            case 4: return file.bigEndian32(at: position)
            case 8: return file.bigEndian32(at: position) == 0 ? file.bigEndian32(at: position + 4) : nil
            default: return nil
            }
        }
        let (offsetSize, lengthSize, baseSize) = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15)
        let indexSize = version > 0 ? sizes & 15 : 0
        guard let count = read(version < 2 ? 2 : 4) else { return }
        for _ in 0..<min(count, Self.mostItems) {
            guard read(version < 2 ? 2 : 4) != nil, version == 0 || read(2) != nil, read(2) != nil,
                let base = read(baseSize), let extents = read(2)
            else { return }
            for extent in 0..<extents {
                guard read(indexSize) != nil, let offset = read(offsetSize), let length = read(lengthSize)
                else { return }
                let start = base + offset
                guard extent == 0, start < file.count else { continue }
                let data = start..<(length == 0 ? file.count : min(start + length, file.count))
                readHEVCUnits(data)
                readAV1Units(data)
            }
        }
    }

    // MARK: - Codecs

    /// Reads HEVC units, each after its length, up to where a parameter set may stand.
    private mutating func readHEVCUnits(_ data: Range<Int>) {
        var position = data.lowerBound
        for _ in 0..<16 {
            guard let length = file.bigEndian32(at: position), length > 0, length <= data.upperBound - position - 4
            else { return }
            readHEVCUnit(position + 4..<position + 4 + length)
            position += 4 + length
        }
    }

    /// Reads the beginning of a sequence parameter set (Rec. ITU-T H.265, 7.3.2.2).
    private mutating func readHEVCUnit(_ unit: Range<Int>) {
        guard unit.count > 2, let header = file.byte(at: unit.lowerBound), header >> 1 & 0x3F == 33 else { return }
        // A 3 separates zeros that would look like a start code.
        var payload: [UInt8] = []
        for byte in file[unit].dropFirst(2).prefix(512) where !(byte == 3 && payload.suffix(2) == [0, 0]) {
            payload.append(byte)
        }
        var bits = BitReader(payload)
        bits.skip(4)
        let subLayers = bits.read(3)
        bits.skip(1 + 88 + 8)
        let present = (0..<subLayers).map { _ in (profile: bits.read(1), level: bits.read(1)) }
        if subLayers > 0 { bits.skip(2 * (8 - subLayers)) }
        for layer in present { bits.skip(88 * layer.profile + 8 * layer.level) }
        _ = bits.readExponentialGolomb()
        if bits.readExponentialGolomb() == 3 { bits.skip(1) }
        add(width: bits.readExponentialGolomb(), height: bits.readExponentialGolomb(), bits)
    }

    /// Reads open bitstream units, each with its size (AV1 Bitstream & Decoding Process Specification, 5.3).
    private mutating func readAV1Units(_ data: Range<Int>) {
        var position = data.lowerBound
        for _ in 0..<16 {
            // An extension would add a byte; in files a size is present.
            guard position < data.upperBound, let header = file.byte(at: position), header & 0x82 == 2 else { return }
            position += 1 + Int(header >> 2 & 1)
            var size = 0
            for index in 0..<4 {
                guard let byte = file.byte(at: position) else { return }
                position += 1
                size |= Int(byte & 0x7F) << (7 * index)
                if byte < 0x80 { break }
            }
            guard size <= data.upperBound - position else { return }
            if header >> 3 == 1 { readAV1Sequence(position..<position + size) }
            position += size
        }
    }

    /// Reads the beginning of a sequence header (AV1, 5.5).
    private mutating func readAV1Sequence(_ unit: Range<Int>) {
        var bits = BitReader(Array(file[unit].prefix(512)))
        bits.skip(4)
        if bits.read(1) == 1 {
            bits.skip(5)  // a still picture's short header
        } else {
            var delayBits: Int?
            if bits.read(1) == 1 {
                bits.skip(64)
                if bits.read(1) == 1 { _ = bits.readExponentialGolomb() }
                if bits.read(1) == 1 {
                    delayBits = bits.read(5) + 1
                    bits.skip(32 + 5 + 5)
                }
            }
            let hasDelay = bits.read(1) == 1
            for _ in 0...bits.read(5) {
                bits.skip(12)
                if bits.read(5) > 7 { bits.skip(1) }
                if let delayBits, bits.read(1) == 1 { bits.skip(2 * delayBits + 1) }
                if hasDelay, bits.read(1) == 1 { bits.skip(4) }
            }
        }
        let (widthBits, heightBits) = (bits.read(4) + 1, bits.read(4) + 1)
        add(width: bits.read(widthBits) + 1, height: bits.read(heightBits) + 1, bits)
    }

    private mutating func add(width: Int, height: Int, _ bits: BitReader) {
        guard !bits.isExhausted else { return }
        largest = max(largest, width.multipliedReportingOverflow(by: height).overflow ? .max : width * height)
    }

    // MARK: - Boxes

    /// The type and the content of each complete box.
    private func boxes(in range: Range<Int>) -> [(type: Int, content: Range<Int>)] {
        var boxes: [(type: Int, content: Range<Int>)] = []
        var position = range.lowerBound
        while boxes.count < Self.mostItems, let size = file.bigEndian32(at: position),
            let type = file.bigEndian32(at: position + 4)
        {
            var (header, length) = (8, size)
            if size == 1 {
                guard file.bigEndian32(at: position + 8) == 0, let long = file.bigEndian32(at: position + 12)
                else { break }
                (header, length) = (16, long)
            } else if size == 0 {
                length = range.upperBound - position
            }
            guard length >= header, length <= range.upperBound - position else { break }
            boxes.append((type, position + header..<position + length))
            position += length
        }
        return boxes
    }
}

extension Range<Int> {
    fileprivate func dropFirst(_ count: Int) -> Range<Int> { Swift.min(lowerBound + count, upperBound)..<upperBound }
}
