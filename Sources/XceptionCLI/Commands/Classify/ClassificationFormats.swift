import Xception

extension Classification: JSONRecordValue {
    var jsonMembers: [(String, String)] { [("predictions", JSONText.array(predictions.map(\.json)))] }

    init(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        try scanner.skip("\"predictions\": ")
        predictions = try scanner.readArray { scanner throws(JSONMismatch) in try Prediction(scanning: &scanner) }
    }
}

extension Classification: JSONDocumentValue {
    static var schema: String { "xception.classify/1" }
}

extension Prediction {
    fileprivate var json: String {
        JSONText.object([
            ("rank", "\(rank)"),
            ("index", "\(index)"),
            ("id", JSONText.string(id)),
            ("label", JSONText.string(label)),
            ("probability", probabilityText),
        ])
    }

    fileprivate init(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        try scanner.skip("{\"rank\": ")
        let rank = try scanner.readInt()
        try scanner.skip(", \"index\": ")
        let index = try scanner.readInt()
        try scanner.skip(", \"id\": ")
        let id = try scanner.readString()
        try scanner.skip(", \"label\": ")
        let label = try scanner.readString()
        try scanner.skip(", \"probability\": ")
        let probability = try scanner.readDouble()
        try scanner.skip("}")
        self.init(rank: rank, index: index, id: id, label: label, probability: Float(probability))
    }

    /// A 32-bit float has no more than nine significant digits.
    var probabilityText: String { NumberText.short(Double(probability), digits: 9) }
}

extension Classification: CSVRecordValue {
    /// Predictions stand side by side.
    static func csvColumns(top: Int) -> [String] {
        (1...top).flatMap { ["label_\($0)", "id_\($0)", "index_\($0)", "probability_\($0)"] }
    }

    static func areColumns(_ names: [String]) -> Bool {
        !names.isEmpty && names == csvColumns(top: (names.count + 3) / 4)
    }

    func csvFields() -> [String] {
        predictions.flatMap { [CSVText.text($0.label), CSVText.text($0.id), "\($0.index)", $0.probabilityText] }
    }
}
