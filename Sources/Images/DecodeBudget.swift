/// The unused part of one image's limits.
struct DecodeBudget {
    private let options: DecodeOptions
    private var size = (width: 0, height: 0)
    private(set) var memory: Int

    init(_ options: DecodeOptions) {
        self.options = options
        memory = options.maximumMemory
    }

    /// Coefficient blocks that the scans of a JPEG may visit in all: fourteen scans of a gray image of
    /// as many pixels as are allowed. Encoders write ten scans, most of them of one component.
    var scannedBlocks: Int { options.maximumPixels / 64 * 14 }

    /// Admits an image of this size, before memory is allocated.
    mutating func admit(width: Int, height: Int, fileSize: Int) throws(ImageError) {
        guard width > 0, height > 0 else {
            throw .corruptImage("its header declares \(width) x \(height) pixels")
        }
        size = (width, height)
        guard max(width, height) <= options.maximumSide else { throw tooLarge(.side(options.maximumSide)) }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= options.maximumPixels else { throw tooLarge(.pixels(options.maximumPixels)) }
        try reserve(fileSize)
    }

    /// Admits a file that unpacks to `unpacked` bytes: 1.5 bytes per permitted pixel in unpacked bytes and pixels
    /// together (2 s at worst), or 8 times the file, since a photo never compresses better than 4:1.
    func admit(unpacked: Int, fileSize: Int) throws(ImageError) {
        guard unpacked + size.width * size.height <= max(options.maximumPixels / 2 * 3, 8 * fileSize) else {
            throw tooLarge(.unpacking)
        }
    }

    /// Takes bytes from the budget for the rest of the decoding.
    mutating func reserve(_ count: Int) throws(ImageError) {
        guard count <= memory else { throw tooLarge(.memory(options.maximumMemory)) }
        memory -= count
    }

    func tooLarge(_ limit: ImageError.Limit) -> ImageError {
        .imageTooLarge(width: size.width, height: size.height, limit: limit)
    }
}
