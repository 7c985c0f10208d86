import Images
import KernelSelection
import Kernels
import PhotoCollections
import Testing

@Suite struct AlignmentTests {
    private let operators = ProcessorKernels.best.operators
    private let bar = DuplicateRule().agreement

    private func agreement(_ a: RGBImage, _ b: RGBImage, bar: Float = 1) throws -> Float {
        try AlignmentPicture(a).agreement(with: AlignmentPicture(b), bar: bar, kernels: operators)
    }

    /// Draws a picture pixel by pixel: red, green, blue.
    private func drawn(_ width: Int, _ height: Int, _ pixel: (_ x: Int, _ y: Int) -> [UInt8]) -> RGBImage {
        let pixels = (0..<height).flatMap { y in (0..<width).flatMap { x in pixel(x, y) } }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    /// Draws a picture of another one's pixels, found at other places.
    ///
    /// - Parameter place: returns a place in `image`, or the shade of what lies around or over it.
    private func changed(
        _ image: RGBImage, width: Int, height: Int, _ place: (_ x: Int, _ y: Int) -> (x: Int, y: Int, shade: UInt8?)
    ) -> RGBImage {
        let pixels = image.pixels
        return drawn(width, height) { x, y in
            let place = place(x, y)
            if let shade = place.shade { return [shade, shade, shade] }
            let start = (place.y * image.width + place.x) * 3
            return Array(pixels[start..<start + 3])
        }
    }

    /// Kinds of copies whose hash differs from the original's.
    private enum Copy: CaseIterable {
        case cropped, croppedAndMirrored, bordered, letterboxed, lettered, inWindow

        func callAsFunction(_ image: RGBImage, in tests: AlignmentTests) -> RGBImage {
            let (width, height) = (image.width, image.height)
            func outside(_ x: Int, _ y: Int) -> Bool { !(0..<width).contains(x) || !(0..<height).contains(y) }
            func framed(left: Int, top: Int, width: Int, height: Int, shade: UInt8) -> RGBImage {
                tests.changed(image, width: width, height: height) { x, y in
                    (x - left, y - top, outside(x - left, y - top) ? shade : nil)
                }
            }
            switch self {
            case .cropped:
                return tests.changed(image, width: width * 4 / 5, height: height * 4 / 5) { x, y in
                    (x + width / 7, y + height / 16, nil)
                }
            case .croppedAndMirrored:
                return tests.changed(image, width: width * 4 / 5, height: height * 17 / 20) { x, y in
                    (width * 9 / 10 - 1 - x, y + height / 20, nil)
                }
            case .bordered:
                let edge = min(width, height) / 16
                return framed(left: edge, top: edge, width: width + 2 * edge, height: height + 2 * edge, shade: 255)
            case .letterboxed:
                return framed(left: 0, top: height / 8, width: width, height: height + height / 4, shade: 0)
            case .lettered:
                // Black bars on white in place of letters, over the lowest fifth.
                return tests.changed(image, width: width, height: height) { x, y in
                    let isLetter = x / 16 % 3 == 0 && y > height * 17 / 20 && y < height * 19 / 20
                    return (x, y, y < height * 4 / 5 ? nil : isLetter ? 0 : 255)
                }
            case .inWindow:
                return framed(
                    left: width / 16, top: height / 8, width: width * 9 / 8, height: height * 6 / 5, shade: 242)
            }
        }
    }

    @Test("A copy agrees with its original, whatever was cut off, put around it or over a part of it", arguments: [
        "china.jpg", "chelsea.png", "coffee.jpg",
    ])
    func copies(name: String) throws {
        let image = try fixture(name)
        #expect(try agreement(image, image) > 0.999)
        for kind in Copy.allCases {
            let copy = kind(image, in: self)
            #expect(try agreement(image, copy, bar: bar) >= bar, "\(kind)")
            #expect(try agreement(copy, image, bar: bar) >= bar, "\(kind)")
        }
    }

    @Test("Other pictures do not agree, nor does one without any detail")
    func others() throws {
        for (index, name) in Self.photos.enumerated() {
            for other in Self.photos[(index + 1)...] { #expect(try agreement(fixture(name), fixture(other)) < bar) }
        }
        let flat = drawn(8, 8) { _, _ in [99, 99, 99] }
        #expect(try agreement(fixture("china.jpg"), flat) == -1)
        #expect(try agreement(flat, flat) == -1)
    }

    private static let photos = ["china.jpg", "chelsea.png", "flower.jpg", "coffee.jpg"]

    /// Puts the middle of a picture over that of another one, both of 128 x 128.
    private func middle(of inner: RGBImage, on outer: RGBImage) -> RGBImage {
        var pixels = outer.pixels
        let innerPixels = inner.pixels
        for y in 26..<102 {
            let row = (y * 128 + 26) * 3..<(y * 128 + 102) * 3
            pixels.replaceSubrange(row, with: innerPixels[row])
        }
        return RGBImage(width: 128, height: 128, pixels: pixels)
    }

    /// The same flower before another hedge: a correlation of the middle alone makes it a copy.
    @Test("Pictures that are the same in the middle only are different pictures", arguments: photos, photos)
    func middle(name: String, other: String) throws {
        guard name != other else { return }
        let inner = try fixture(name).resized(width: 128, height: 128, filter: .bilinear)
        let outer = try fixture(other).resized(width: 128, height: 128, filter: .bilinear)
        let mixed = middle(of: inner, on: outer)
        #expect(try agreement(inner, mixed) < bar)
        #expect(try agreement(mixed, inner) < bar)
    }
}
