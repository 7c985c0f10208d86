/// The JPEG pictures that a camera's raw file in a TIFF container holds in addition to its sensor data: CR2, NEF, ARW,
/// DNG, ORF, RW2, PEF and their relatives.
struct RawPreviews {
    private let file: UnsafeRawBufferPointer
    /// Parts of the file that a directory declares to be a JPEG picture.
    private var candidates: [Range<Int>] = []
    /// The raw file's own orientation.
    private var orientation: Orientation?
    private var isRaw = false
    /// Directories to read, with their place in `base` and the file, and those already read.
    private var pending: [Directory] = []
    private var seen: Set<Directory> = []

    private struct Directory: Hashable {
        /// The start of the TIFF data that the offsets refer to.
        let base: Int
        let offset: Int
        let isLittleEndian: Bool
    }

    /// A limit above any camera's number of directories.
    private static let mostDirectories = 64

    /// Reads a raw file's directories.
    ///
    /// - Returns: nil if the file is not a raw file.
    init?(_ file: UnsafeRawBufferPointer) {
        self.file = file
        guard let tiff = TIFFBytes(file), let first = tiff.read(UInt32.self, at: 4).map(Int.init) else { return nil }
        isRaw = ImageFormat(file) == .raw
        pending = [Directory(base: 0, offset: first, isLittleEndian: tiff.isLittleEndian)]
        while let directory = pending.popLast(), seen.count < Self.mostDirectories {
            if seen.insert(directory).inserted { read(directory) }
        }
        guard isRaw else { return nil }
        orientation = TIFFDirectory(tiff, at: first)?.value(0x0112).flatMap(Orientation.init(rawValue:))
    }

    private mutating func read(_ place: Directory) {
        let part = UnsafeRawBufferPointer(rebasing: file[place.base...])
        guard let directory = TIFFDirectory(TIFFBytes(part, isLittleEndian: place.isLittleEndian), at: place.offset)
        else { return }
        let isSensorData = [32_803, 34_892].contains(directory.value(0x0106))  // colour filter array, linear raw
        // A DNG has this tag; the others are compressions of Nikon, Sony, Pentax and Samsung.
        if isSensorData || directory.entry(0xC612) != nil
            || [34_713, 32_767, 65_535, 32_770, 32_772].contains(directory.value(0x0103))
        {
            isRaw = true
        }
        func add(_ offset: Int?, _ count: Int?) {
            guard let offset, let count, count > 0, place.base + offset <= file.count - count else { return }
            candidates.append(place.base + offset..<place.base + offset + count)
        }
        add(directory.value(0x0201), directory.value(0x0202))  // JPEGInterchangeFormat, and its length
        // One strip in JPEG compression, old or new.
        let (strips, sizes) = (directory.values(0x0111, atMost: 2), directory.values(0x0117, atMost: 2))
        if [6, 7].contains(directory.value(0x0103)), strips.count == 1, sizes.count == 1, !isSensorData {
            add(strips[0], sizes[0])
        }
        // Panasonic's JpgFromRaw, and the larger one of newer cameras.
        for tag: UInt16 in [0x002E, 0x0127] {
            if let entry = directory.entry(tag), entry.type == 7 { add(entry.offset, entry.count) }
        }
        // Olympus' camera settings: the start of the preview, and its length.
        if place.base > 0 { add(directory.value(0x0101), directory.value(0x0102)) }

        func follow(_ offset: Int) {
            pending.append(Directory(base: place.base, offset: offset, isLittleEndian: place.isLittleEndian))
        }
        directory.values(0x014A).forEach(follow)  // SubIFDs
        if let offset = directory.value(0x8769) { follow(offset) }  // EXIF
        if directory.next > 0 { follow(directory.next) }
        if let note = directory.entry(0x927C), note.count > 4 { readMakerNote(at: place.base + note.offset) }
        if place.base > 0 {
            // In maker notes: Olympus' camera settings, Nikon's preview.
            for tag: UInt16 in [0x2020, 0x0011] {
                guard let entry = directory.entry(tag) else { continue }
                follow(entry.type == 7 ? entry.offset : directory.value(tag) ?? 0)
            }
        }
    }

    /// Reads a camera maker's own directory, if it holds the previews: Olympus' offsets start at the note, Nikon's at a
    /// TIFF header within it.
    private mutating func readMakerNote(at start: Int) {
        guard start > 0, start < file.count else { return }
        let note = UnsafeRawBufferPointer(rebasing: file[start...])
        if note.contains("OLYMPUS\0", at: 0) || note.contains("OM SYSTEM\0", at: 0) {
            let header = note.contains("OLYMPUS", at: 0) ? 8 : 12
            pending.append(Directory(base: start, offset: header + 4, isLittleEndian: note.contains("II", at: header)))
        } else if note.contains("Nikon\0", at: 0), note.count > 10,
            let tiff = TIFFBytes(UnsafeRawBufferPointer(rebasing: note[10...])),
            let offset = tiff.read(UInt32.self, at: 4)
        {
            pending.append(Directory(base: start + 10, offset: Int(offset), isLittleEndian: tiff.isLittleEndian))
        }
    }

    /// Decodes the largest complete preview, in the raw file's orientation, or else in the preview's own.
    ///
    /// - Throws: ``ImageError/unsupportedFormat(found:remedy:)`` if there is none.
    func decodeLargest(options: DecodeOptions, budget: inout DecodeBudget) throws(ImageError) -> RGBImage {
        var largest: (jpeg: UnsafeRawBufferPointer, pixels: Int)?
        for candidate in candidates {
            let bytes = UnsafeRawBufferPointer(rebasing: file[candidate])
            // In some files the sensor data are JPEG, too, of a kind that the header's reader rejects.
            guard ImageFormat(bytes) == .jpeg, let header = try? JPEGHeader(bytes) else { continue }
            let pixels = header.width * header.height
            if pixels > largest?.pixels ?? 0 { largest = (bytes, pixels) }
        }
        guard let largest else { throw .unsupportedFormat(found: "a raw image without a JPEG preview") }
        var image = try decodeJPEG(largest.jpeg, orientation: orientation, options: options, budget: &budget)
        image.isPreview = true
        return image
    }
}
