import Foundation
import Images
import ModelFiles
import TestSupport
import Testing
import Xception

@Suite struct ExplanationTests {
    @Test("The mean of a map plus its bias is the logit, for a linear head and through a hidden layer")
    func sum() throws {
        let hidden = try Head(path: Repository.filePath("Tests/Goldens/hidden.head.safetensors"))
        for (head, index) in [(ShippedModel.head, 285), (ShippedModel.head, 3), (hidden, 1)] {
            let model = try Model(backbone: ShippedModel.backbone, head: head)
            let session = InferenceSession(model.extractor, threads: 2)
            let (features, means) = try session.featureMap(goldenInput("chelsea.png"))
            let map = ClassActivationMap(features, try HeadGradient(head)(of: index, at: means))
            let mean = map.plane.values.reduce(0, +) / Float(map.plane.values.count)
            let logit = try session.logits(ofFeatures: means, model.headWeights)[index]
            #expect(abs(mean + map.bias - logit) < 2e-4)
        }
    }

    @Test("The strongest region of a cat is its face")
    func region() throws {
        let session = InferenceSession(ShippedModel.model.extractor, threads: 2)
        let (features, means) = try session.featureMap(goldenInput("chelsea.png"))
        let map = ClassActivationMap(features, try HeadGradient(ShippedModel.head)(of: 285, at: means))
        #expect(map.plane.width == 10 && map.plane.height == 10)
        let region = try #require(map.strongestRegion)
        #expect(region.columns.contains(3) && region.rows.contains(5))
        #expect(!region.columns.contains(0) && !region.rows.contains(9))
    }

    @Test("Enlarging keeps a constant, and a guided filter follows an edge")
    func picture() {
        let flat = FloatPlane(width: 3, height: 2, values: [Float](repeating: 2, count: 6)).enlarged(width: 30, height: 17)
        #expect(flat.values.allSatisfy { abs($0 - 2) < 1e-5 })
        // The plane's step is blurred and one pixel off; the guide's is sharp.
        let guide = FloatPlane(width: 16, height: 4, values: (0..<64).map { $0 % 16 < 8 ? 0 : 1 })
        let plane = FloatPlane(width: 16, height: 4, values: (0..<64).map { min(1, max(0, Float($0 % 16 - 6) / 4)) })
        let filtered = GuidedFilter(radius: 4, epsilon: 1e-4)(plane, guide: guide)
        #expect(filtered.values[8] - filtered.values[7] > 0.5)
    }

    @Test("The scale of colours rises in lightness, by equal steps in OKLab")
    func scale() {
        let colors = (0..<64).map { oklab(ColorScale.evidence[Float($0) / 63]) }
        let steps = zip(colors, colors.dropFirst()).map { a, b in ((b - a) * (b - a)).sum().squareRoot() }
        let mean = steps.reduce(0, +) / Double(steps.count)
        #expect(zip(colors, colors.dropFirst()).allSatisfy { $0[0] < $1[0] })
        #expect(steps.allSatisfy { abs($0 - mean) < 0.25 * mean }, "as far as 8 bits allow")
    }

    /// Ottosson 2020, from 8-bit sRGB.
    private func oklab(_ color: SIMD3<UInt8>) -> SIMD3<Double> {
        let linear = (0..<3).map { channel -> Double in
            let value = Double(color[channel]) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        func row(_ a: Double, _ b: Double, _ c: Double, _ x: [Double]) -> Double { a * x[0] + b * x[1] + c * x[2] }
        let cone = [
            row(0.4122214708, 0.5363325363, 0.0514459929, linear), row(0.2119034982, 0.6806995451, 0.1073969566, linear),
            row(0.0883024619, 0.2817188376, 0.6299787005, linear),
        ].map { cbrt($0) }
        return SIMD3(
            row(0.2104542553, 0.7936177850, -0.0040720468, cone), row(1.9779984951, -2.4285922050, 0.4505937099, cone),
            row(0.0259040371, 0.7827717662, -0.8086757660, cone))
    }

    @Test("Evidence lies where the network looked: squash and crop are undone, and opacity follows the value")
    func placed() throws {
        // All evidence is in the lower right quarter of the input.
        let map = FloatPlane(width: 2, height: 2, values: [0, 0, 0, 8])
        let guide = FloatPlane(width: 40, height: 40, values: [Float](repeating: 0.5, count: 1600))
        func overlay(_ preprocessor: Preprocessor) -> (Int, Int) -> UInt8 {
            let part = preprocessor.part(ofWidth: 100, height: 50)
            let pixels = Evidence(map, largest: 8, guide: guide, part: part).rgba(width: 100, height: 50)
            return { pixels[4 * ($1 * 100 + $0) + 3] }
        }
        let squashed = overlay(Preprocessor(size: 40))
        #expect(squashed(99, 49) > 180 && squashed(0, 0) < 42 && squashed(60, 0) < 60)
        // The middle 40 x 40 of 100 x 50 pixels.
        let cropped = overlay(Preprocessor(size: 40, resize: .centerCrop(shorterSide: 50)))
        #expect(cropped(29, 25) == 0 && cropped(70, 25) == 0 && cropped(50, 4) == 0 && cropped(50, 45) == 0)
        #expect(cropped(69, 44) > 180 && (38..<42).contains(cropped(30, 5)))
        let part = Preprocessor(size: 40, resize: .centerCrop(shorterSide: 50)).part(ofWidth: 100, height: 50)
        #expect(part.pixels(columns: 0..<1, rows: 1..<2, of: (2, 2)) == [30, 25, 20, 20])
    }

    @Test("A picture is the photo above a legend, as often as there are classes; a limit of memory is an error")
    func legend() throws {
        let photo = RGBImage(width: 240, height: 300, pixels: [UInt8](repeating: 128, count: 240 * 300 * 3))
        let map = FloatPlane(width: 2, height: 2, values: [1, 2, 3, 4])
        let guide = FloatPlane(width: 10, height: 10, values: [Float](repeating: 0, count: 100))
        let evidence = Evidence(map, largest: 4, guide: guide, part: Preprocessor(size: 10).part(ofWidth: 240, height: 300))
        func draw(_ label: String, _ count: Int, limit: Int = 1 << 30) throws(ImageError) -> RGBImage {
            try EvidencePicture.draw(
                photo, (0..<count).map { _ in EvidencePicture.Panel(evidence, label: label, probability: "50.0%") }, largest: "4.0",
                limit: limit)
        }
        let cat = try draw("cat", 2)
        #expect(cat.width == 480 && cat.height == 300 + 24)
        #expect(cat.pixels != (try draw("cut", 2)).pixels)
        // Letters that the font does not have, and a label longer than the line.
        _ = try draw("Müllräuber 猫", 1)
        _ = try draw(String(repeating: "long ", count: 50), 1)
        #expect(throws: ImageError.imageTooLarge(width: 240, height: 324, limit: .memory(1000))) { try draw("cat", 1, limit: 1000) }
    }
}
