/// What made a line of JSON: two lines with the same origin can stand in one file.
struct RecordOrigin: Equatable, Sendable {
    /// ``ModelDescription/id``.
    let model: String
    /// What was asked for, in words: "top 5, squash, bilinear".
    let settings: String

    init(model: String, settings: String) {
        self.model = model
        self.settings = settings
    }

    /// - Parameter settings: what was asked for, in words.
    init(model: ModelDescription, settings: [String]) {
        self.init(model: model.id, settings: settings.joined(separator: ", "))
    }

    var jsonMembers: [(String, String)] {
        [("model", JSONText.string(model)), ("settings", JSONText.string(settings))]
    }

    /// How a line of this origin ends.
    var lineEnd: String {
        ", " + jsonMembers.map { "\(JSONText.string($0)): \($1)" }.joined(separator: ", ") + "}\n"
    }
}

extension RecordOrigin {
    /// More than ``lineEnd`` has.
    private static let longestEnd = 300

    /// Reads what the end of a line says. Nil if it says nothing.
    init?(endOf line: some BidirectionalCollection<UInt8>) {
        let end = String(decoding: line.suffix(Self.longestEnd), as: UTF8.self)
        let parts = end.components(after: "\"model\": \"", and: "\", \"settings\": \"", before: "\"}\n")
        guard let parts else { return nil }
        self.init(model: parts.0, settings: parts.1)
    }
}

extension String {
    fileprivate func components(after first: String, and second: String, before end: String) -> (String, String)? {
        guard hasSuffix(end), let start = ranges(of: first).last, let middle = ranges(of: second).last,
            start.upperBound <= middle.lowerBound
        else { return nil }
        return (String(self[start.upperBound..<middle.lowerBound]), String(self[middle.upperBound...].dropLast(end.count)))
    }
}
