import CMalloc
@testable import Images
import Platform

/// Decodes a file at full size and scaled, each twice over memory filled with different bytes: a
/// picture that differs shows what no decoder wrote. (Address Sanitizer has an allocator of its own,
/// which the fillings do not reach; the build without it is the one that finds this.)
func decodeTwice(_ file: UnsafeRawBufferPointer) {
    withGuardPage(file) { file in
        for side in [nil, 8] {
            // Small limits: the fuzzer's time is for paths, not for pixels.
            let options = DecodeOptions(maximumPixels: 1 << 14, maximumMemory: 4 << 20, minimumScaledSide: side)
            let first = decode(file, options, filling: 0x5A), second = decode(file, options, filling: 0xA5)
            precondition(first == second, "pixels or verdict depend on what was in memory")
        }
    }
}

/// The same, without fillings: all memory is filled with one value once libheif is open.
func decodeHEIFTwice(_ file: UnsafeRawBufferPointer) {
    withGuardPage(file) { file in
        let options = DecodeOptions(maximumPixels: 1 << 14, maximumMemory: 4 << 20)
        let first = decode(file, options), second = decode(file, options)
        precondition(first == second, "pixels or verdict differ between two times")
    }
}

/// With the checksums of its chunks put right: few inputs would get past them.
func decodePNGTwice(_ file: UnsafeRawBufferPointer) {
    var png = Array(file), position = 8
    png.withUnsafeMutableBytes { bytes in
        while let length = UnsafeRawBufferPointer(bytes).bigEndian32(at: position), length <= bytes.count - position - 12 {
            let end = position + 8 + length
            let checksum = crc32(UnsafeRawBufferPointer(rebasing: bytes[position + 4..<end]))
            bytes.storeBytes(of: checksum.bigEndian, toByteOffset: end, as: UInt32.self)
            position = end + 4
        }
    }
    png.withUnsafeBytes(decodeTwice)
}

private let crcTable: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 0 ? 0 : 0xEDB8_8320) }
}

private func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes { crc = crc >> 8 ^ crcTable[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
    return ~crc
}

private func decode(
    _ file: UnsafeRawBufferPointer, _ options: DecodeOptions, filling: CInt? = nil
) -> Result<RGBImage, ImageError> {
    #if canImport(Glibc)
    if let filling { mallopt(M_PERTURB, filling) }
    #endif
    return Result { () throws(ImageError) in try decodeImage(file, options: options) }
}

/// Lends out a copy whose last byte is the last of a page, and the next page cannot be read.
private func withGuardPage(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    let page = sysconf(Int32(_SC_PAGESIZE)), size = (bytes.count + page - 1) / page * page
    let memory = mmap(nil, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
    precondition(memory != MAP_FAILED && mprotect(memory + size, page, PROT_NONE) == 0)
    defer { munmap(memory, size + page) }
    let copy = UnsafeMutableRawBufferPointer(start: memory + size - bytes.count, count: bytes.count)
    copy.copyMemory(from: bytes)
    body(UnsafeRawBufferPointer(copy))
}

/// The parts that look for the orientation, on whole files.
func readOrientation(_ file: UnsafeRawBufferPointer) {
    withGuardPage(file) { file in
        switch ImageFormat(file) {
        case .jpeg: _ = try? JPEGHeader(file).orientation
        case .png: _ = PNGMetadata(file).orientation
        case .raw, .tiff: _ = RawPreviews(file)
        default: _ = Orientation(exif: file, xmp: file)
        }
    }
}
