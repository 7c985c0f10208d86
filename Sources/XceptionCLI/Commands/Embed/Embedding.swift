import Images
import Xception

/// The backbone's features of an image.
struct Embedding: Sendable {
    let features: [Float]
}

/// Computes features, which no head takes part in.
struct EmbeddingTask: ImageTask {
    /// Whether features get unit length.
    let normalizes: Bool

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> Embedding {
        let features = try session.features(input)
        return Embedding(features: normalizes ? Self.normalized(features) : features)
    }

    /// Features that are all zero have no direction, and stay.
    static func normalized(_ features: [Float]) -> [Float] {
        let length = features.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        return length > 0 ? features.map { Float(Double($0) / length) } : features
    }
}

extension Embedding: JSONRecordValue {
    /// The shortest decimals that are read as the same 32-bit floats.
    var jsonMembers: [(String, String)] { [("embedding", JSONText.array(features.map(\.description)))] }

    init(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        try scanner.skip("\"embedding\": ")
        features = try scanner.readArray { scanner throws(JSONMismatch) in
            guard let feature = Float(try scanner.readNumber()) else { throw .foreign }
            return feature
        }
    }
}

extension Embedding: CSVRecordValue {
    static func csvColumns(width: Int) -> [String] { (0..<width).map { "feature_\($0)" } }

    static func areColumns(_ names: [String]) -> Bool {
        !names.isEmpty && names == csvColumns(width: names.count)
    }

    func csvFields() -> [String] { features.map(\.description) }
}
