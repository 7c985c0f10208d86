import Foundation
import Images
import PhotoCollections
import Platform
import TestSupport

let origin = CollectionOrigin(
    backbone: "0123", network: "xception", featureCount: 128, precision: "fp32", preprocessing: "squash, bilinear")

/// Numbers that are the same in every run.
struct Numbers {
    private var state: UInt64

    init(seed: Int) { state = UInt64(seed) &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 16
    }

    /// From 0 to 1.
    mutating func unit() -> Float { Float(next() % 65_536) / 65_535 }

    /// Features of a photo: none negative, many small.
    mutating func features(_ count: Int) -> [Float] { (0..<count).map { _ in unit() * unit() * unit() * 2 } }
}

func photo(_ path: String, seed: Int, mean: GenericMean, modified: Int64 = 5) -> CollectedPhoto {
    var numbers = Numbers(seed: seed)
    let features = QuantizedFeatures(numbers.features(mean.values.count), mean: mean)
    return CollectedPhoto(
        file: CollectedFile(path: FilePath(path), size: 1000 + seed, modified: modified),
        content: ContentHash(value: seed),
        outcome: .features(PhotoFeatures(
            width: 640, height: 480, features: features,
            hash: PerceptualHash(plain: numbers.next(), mirrored: numbers.next()))))
}

func fixture(_ name: String) throws -> RGBImage {
    try FileBytes.reading(Repository.filePath("Tests/Fixtures/photos/\(name)"), limit: 1 << 26).decoded(DecodeOptions())
}
