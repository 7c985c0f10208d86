import Images

/// A photo with the evidence for some classes, side by side, each above a legend.
package struct EvidencePicture {
    package struct Panel {
        let evidence: Evidence
        let label: String
        let probability: String

        package init(_ evidence: Evidence, label: String, probability: String) {
            self.evidence = evidence
            self.label = label
            self.probability = probability
        }
    }

    /// The number of letters that fit below the photo, which decides their size, and its height in letters at least.
    private static let lettersPerLine = 34
    private static let heightsOfLetter = 20
    /// The lengths of a legend, in dots of a letter.
    private static let margin = 3
    private static let letterWidth = BitmapFont.width + 1
    private static let legendHeight = 3 * margin + 2 * BitmapFont.height + 1

    private static let background = SIMD3<UInt8>(24, 24, 26)
    private static let text = SIMD3<UInt8>(238, 238, 232)

    /// Draws the panels side by side.
    ///
    /// - Parameters:
    ///   - largest: the value of the strongest colour, as text.
    ///   - limit: bytes that the picture may take.
    /// - Throws: ``ImageError/imageTooLarge(width:height:limit:)``, ``ImageError/outOfMemory``.
    package static func draw(
        _ photo: RGBImage, _ panels: [Panel], largest: String, limit: Int
    ) throws(ImageError) -> RGBImage {
        let dot = max(
            1, min(photo.width / (lettersPerLine * letterWidth), photo.height / (heightsOfLetter * BitmapFont.height)))
        let width = max(photo.width, dot * lettersPerLine * letterWidth), height = photo.height + dot * legendHeight
        let whole = width * panels.count
        guard whole.multipliedReportingOverflow(by: height * 3).overflow == false, whole * height * 3 <= limit else {
            throw .imageTooLarge(width: whole, height: height, limit: .memory(limit))
        }
        let canvas = try Canvas(width: whole, height: height, background: background)
        for (index, panel) in panels.enumerated() {
            canvas.draw(try panel.evidence.overlay(photo), x: index * width, y: 0)
            legend(panel, largest, on: canvas, x: index * width, y: photo.height, width: width, dot: dot)
        }
        return canvas.image
    }

    /// The class and its probability; below, the scale of colours between what its ends stand for.
    private static func legend(
        _ panel: Panel, _ largest: String, on canvas: Canvas, x: Int, y: Int, width: Int, dot: Int
    ) {
        let letter = letterWidth * dot, margin = margin * dot
        let left = x + margin, right = x + width - margin
        let line = y + margin, scale = line + BitmapFont.height * dot + margin
        canvas.write(panel.probability, x: right - panel.probability.count * letter, y: line, dot: dot, text)
        let room = (right - left) / letter - panel.probability.count - 1
        let label = panel.label.count <= room ? panel.label : panel.label.prefix(max(0, room - 2)) + ".."
        canvas.write(label, x: left, y: line, dot: dot, text)

        let title = "evidence 0"
        canvas.write(title, x: left, y: scale, dot: dot, text)
        canvas.write(largest, x: right - largest.count * letter, y: scale, dot: dot, text)
        let start = left + (title.count + 1) * letter, end = right - (largest.count + 1) * letter
        guard start < end else { return }
        for column in start..<end {
            canvas.fill(
                x: column..<column + 1, y: scale..<scale + BitmapFont.height * dot,
                ColorScale.evidence[Float(column - start) / Float(max(1, end - start - 1))])
        }
    }
}

/// A picture that is being drawn. What is drawn must be within it, except letters.
private struct Canvas {
    private let width: Int
    private let height: Int
    private let buffer: ImageBuffer<UInt8>

    init(width: Int, height: Int, background: SIMD3<UInt8>) throws(ImageError) {
        buffer = try ImageBuffer<UInt8>(count: width * height * 3)
        self.width = width
        self.height = height
        fill(x: 0..<width, y: 0..<height, background)
    }

    var image: RGBImage { RGBImage(width: width, height: height, buffer: buffer) }

    func fill(x: Range<Int>, y: Range<Int>, _ color: SIMD3<UInt8>) {
        let elements = buffer.elements
        for row in y {
            for column in x {
                for channel in 0..<3 { elements[3 * (row * width + column) + channel] = color[channel] }
            }
        }
    }

    func draw(_ photo: RGBImage, x: Int, y: Int) {
        photo.withPixels { pixels in
            for row in 0..<photo.height {
                let start = 3 * ((y + row) * width + x), from = 3 * row * photo.width
                _ = UnsafeMutableBufferPointer(rebasing: buffer.elements[start..<start + 3 * photo.width])
                    .update(fromContentsOf: pixels[from..<from + 3 * photo.width])
            }
        }
    }

    /// - Parameter dot: the side of a letter's dots, in pixels.
    func write(_ text: some StringProtocol, x: Int, y: Int, dot: Int, _ color: SIMD3<UInt8>) {
        for (place, character) in text.enumerated() {
            let left = x + place * (BitmapFont.width + 1) * dot
            for (row, bits) in BitmapFont.rows(character).enumerated() {
                for column in 0..<BitmapFont.width where bits >> (BitmapFont.width - 1 - column) & 1 == 1 {
                    let columns = left + column * dot..<left + (column + 1) * dot
                    let rows = y + row * dot..<y + (row + 1) * dot
                    fill(x: columns.clamped(to: 0..<width), y: rows.clamped(to: 0..<height), color)
                }
            }
        }
    }
}
