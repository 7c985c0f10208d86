import Xception

extension Classification: JSONRecordValue {
    var jsonMembers: [(String, String)] { [("predictions", JSONText.array(predictions.map(\.json)))] }
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

    /// A 32-bit float has no more than nine significant digits.
    var probabilityText: String { NumberText.short(Double(probability), digits: 9) }
}

extension Classification: CSVRecordValue {
    /// Predictions stand side by side.
    static func csvColumns(top: Int) -> [String] {
        (1...top).flatMap { ["label_\($0)", "id_\($0)", "index_\($0)", "probability_\($0)"] }
    }

    func csvFields() -> [String] {
        predictions.flatMap { [CSVText.text($0.label), CSVText.text($0.id), "\($0.index)", $0.probabilityText] }
    }
}
