import Xception

extension Classification: JSONRecordValue {
    var jsonMembers: [(String, String)] {
        let rejected = rejection.map {
            [("rejected", "\($0.isRejected)"), ("rejection_score", NumberText.short($0.value, digits: 4))]
        }
        return [("predictions", JSONText.array(predictions.map(\.json)))]
            + (concept.map { [("concept", $0.json)] } ?? [])
            + (rejected ?? []) + (source?.jsonMembers ?? [])
    }

    init(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        try scanner.skip("\"predictions\": ")
        predictions = try scanner.readArray { scanner throws(JSONMismatch) in try Prediction(scanning: &scanner) }
        if try scanner.skip(ifNext: ", \"concept\": ") { concept = try ConceptAnswer(scanning: &scanner) }
        if try scanner.skip(ifNext: ", \"rejected\": ") {
            let isRejected = try scanner.skip(ifNext: "true")
            if !isRejected { try scanner.skip("false") }
            try scanner.skip(", \"rejection_score\": ")
            rejection = RejectionScore(value: try scanner.readDouble(), isRejected: isRejected)
        }
        source = try FeatureSource(scanning: &scanner)
    }
}

extension Classification: JSONDocumentValue {
    static var schema: String { "xception.classify/1" }
}

extension ConceptAnswer {
    fileprivate var json: String {
        JSONText.object([
            ("id", JSONText.string(id)), ("label", JSONText.string(label)), ("probability", probabilityText),
            ("path", JSONText.array(path.map(JSONText.string))),
        ])
    }

    fileprivate init(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        try scanner.skip("{\"id\": ")
        let id = try scanner.readString()
        try scanner.skip(", \"label\": ")
        let label = try scanner.readString()
        try scanner.skip(", \"probability\": ")
        let probability = Float(try scanner.readDouble())
        try scanner.skip(", \"path\": ")
        let path = try scanner.readArray { scanner throws(JSONMismatch) in try scanner.readString() }
        try scanner.skip("}")
        self.init(id: id, label: label, probability: probability, path: path)
    }

    fileprivate var probabilityText: String { NumberText.short(Double(probability), digits: 9) }
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
    /// The columns of a concept, if one is asked for, and of predictions side by side.
    static func csvColumns(top: Int, hasConcept: Bool) -> [String] {
        (hasConcept ? conceptColumns : [])
            + (1...top).flatMap { ["label_\($0)", "id_\($0)", "index_\($0)", "probability_\($0)"] }
    }

    private static let conceptColumns = ["concept", "concept_id", "concept_probability", "concept_path"]

    static func areColumns(_ names: [String]) -> Bool {
        let hasConcept = names.starts(with: conceptColumns)
        let count = names.count - (hasConcept ? conceptColumns.count : 0)
        return count > 0 && names == csvColumns(top: (count + 3) / 4, hasConcept: hasConcept)
    }

    /// The values of the columns; no labels for a photo unlike the training photos.
    func csvFields() -> [String] {
        let concept = concept.map {
            [CSVText.text($0.label), CSVText.text($0.id), $0.probabilityText, CSVText.text($0.pathText)]
        }
        return (concept ?? [])
            + (isRejected ? [] : predictions).flatMap {
                [CSVText.text($0.label), CSVText.text($0.id), "\($0.index)", $0.probabilityText]
            }
    }
}
