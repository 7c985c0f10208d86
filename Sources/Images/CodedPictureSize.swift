/// The size of the largest picture that coded data of HEVC or AV1 declare. Malformed parts are skipped.
struct CodedPictureSize {
    private(set) var width = 0
    private(set) var height = 0
    var pixels: Int { width.multipliedReportingOverflow(by: height).overflow ? .max : width * height }
    /// The units that may still be read; at 0 a larger picture may be among those that were not.
    private(set) var remainingUnits: Int

    init(remainingUnits: Int) {
        self.remainingUnits = remainingUnits
    }

    // MARK: - HEVC

    /// Reads units, each after its length in four bytes.
    mutating func readHEVCUnits(_ data: UnsafeRawBufferPointer) {
        var position = 0
        while remainingUnits > 0, let length = data.bigEndian32(at: position), length > 0,
            length <= data.count - position - 4
        {
            remainingUnits -= 1
            readHEVCUnit(UnsafeRawBufferPointer(rebasing: data[position + 4..<position + 4 + length]))
            position += 4 + length
        }
    }

    /// Reads the units of a configuration (`hvcC`): arrays after 22 bytes, of units after their length in two bytes.
    mutating func readHEVCConfiguration(_ configuration: UnsafeRawBufferPointer) {
        guard let arrays = configuration.byte(at: 22) else { return }
        var position = 23
        for _ in 0..<arrays {
            guard let count = configuration.bigEndian16(at: position + 1) else { return }
            position += 3
            for _ in 0..<count {
                guard let length = configuration.bigEndian16(at: position) else { return }
                let start = min(position + 2, configuration.count)
                readHEVCUnit(
                    UnsafeRawBufferPointer(rebasing: configuration[start..<min(start + length, configuration.count)]))
                position = start + length
            }
        }
    }

    /// Reads the beginning of a sequence parameter set (Rec. ITU-T H.265, 7.3.2.2).
    private mutating func readHEVCUnit(_ unit: UnsafeRawBufferPointer) {
        guard unit.count > 2, unit[0] >> 1 & 0x3F == 33 else { return }
        // A 3 separates zeros that would look like a start code.
        var payload: [UInt8] = []
        for byte in unit.dropFirst(2).prefix(512) where !(byte == 3 && payload.suffix(2) == [0, 0]) {
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

    // MARK: - AV1

    /// Reads open bitstream units, each with its size (AV1 Bitstream & Decoding Process Specification, 5.3).
    mutating func readAV1Units(_ data: UnsafeRawBufferPointer) {
        var position = 0
        while remainingUnits > 0 {
            // An extension would add a byte; in files a size is present.
            guard let header = data.byte(at: position), header & 0x82 == 2 else { return }
            remainingUnits -= 1
            position += 1 + Int(header >> 2 & 1)
            var size = 0
            for index in 0..<4 {
                guard let byte = data.byte(at: position) else { return }
                position += 1
                size |= Int(byte & 0x7F) << (7 * index)
                if byte < 0x80 { break }
            }
            guard size <= data.count - position else { return }
            if header >> 3 == 1 { readAV1Sequence(data[position..<position + size]) }
            position += size
        }
    }

    /// Reads the beginning of a sequence header (AV1, 5.5).
    private mutating func readAV1Sequence(_ unit: Slice<UnsafeRawBufferPointer>) {
        var bits = BitReader(Array(unit.prefix(512)))
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
        var other = self
        (other.width, other.height) = (width, height)
        if other.pixels > pixels { self = other }
    }
}
