import Images
import PhotoCollections
import Xception

/// The backbone's features of an image.
struct Embedding: CollectedValue {
    let features: [Float]
    /// The origin of the features; nil if there is no collection.
    var source: FeatureSource?
    var collected: PhotoFeatures?
}

/// Computes features, without a head.
struct EmbeddingTask: ImageTask {
    /// True if features are scaled to unit length.
    let normalizes: Bool
    /// The collection that receives the features; nil for none.
    var collection: SharedCollection?

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> Embedding {
        let features = try session.features(input)
        var embedding = Embedding(features: normalizes ? Self.normalized(features) : features)
        if let collection {
            embedding.source = .computed
            embedding.collected = try PhotoFeatures(features, of: image, mean: collection.mean)
        }
        return embedding
    }

    /// Computes the value from features in a collection.
    func evaluate(_ photo: PhotoFeatures, on session: InferenceSession) -> Embedding {
        let features = photo.features.values
        return Embedding(features: normalizes ? Self.normalized(features) : features, source: .collection)
    }

    /// Returns features of unit length. Zeros have no direction, and stay.
    static func normalized(_ features: [Float]) -> [Float] {
        let length = features.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        return length > 0 ? features.map { Float(Double($0) / length) } : features
    }
}

extension Embedding: JSONRecordValue {
    /// The shortest decimals that read back as the same 32-bit floats.
    var jsonMembers: [(String, String)] {
        [("embedding", JSONText.array(features.map(\.description)))] + (source?.jsonMembers ?? [])
    }

    init(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        try scanner.skip("\"embedding\": ")
        features = try scanner.readArray { scanner throws(JSONMismatch) in
            guard let feature = Float(try scanner.readNumber()) else { throw .foreign }
            return feature
        }
        source = try FeatureSource(scanning: &scanner)
    }
}

extension Embedding: CSVRecordValue {
    static func csvColumns(width: Int) -> [String] { (0..<width).map { "feature_\($0)" } }

    static func areColumns(_ names: [String]) -> Bool {
        !names.isEmpty && names == csvColumns(width: names.count)
    }

    func csvFields() -> [String] { features.map(\.description) }
}
