import ModelFiles
import Platform

/// Finds a head's classes by a user's name for them: an id, a label or an index.
struct ClassNames {
    private let classes: [ClassLabel]
    private var indices: [String: Int] = [:]

    init(_ classes: [ClassLabel]) {
        self.classes = classes
        // The first of equal names counts; ids come before labels.
        for (index, entry) in classes.enumerated().reversed() { indices[entry.label.lowercased()] = index }
        for (index, entry) in classes.enumerated().reversed() { indices[entry.id.lowercased()] = index }
    }

    /// The class's index; nil if there is none of that name.
    subscript(name: String) -> Int? {
        let key = name.lowercased()
        if let index = indices[key] ?? indices[String(key.map { $0 == "_" ? " " : $0 })] { return index }
        return Int(name).flatMap { classes.indices.contains($0) ? $0 : nil }
    }

    /// Returns labels that are spelled much like a name, the most similar first.
    func similar(to name: String, count: Int = 3) -> [String] {
        let key = name.lowercased()
        let limit = max(2, key.count / 3)
        let alike = classes.compactMap { entry -> (label: String, distance: Int)? in
            let label = entry.label.lowercased()
            if !key.isEmpty, label.split(separator: " ").contains(Substring(key)) { return (entry.label, 0) }
            let distance = Suggestion.distance(label, key)
            return distance <= limit ? (entry.label, distance) : nil
        }
        return alike.sorted { $0.distance < $1.distance }.prefix(count).map(\.label)
    }

    /// Returns the end of an error's sentence: "is no class of this head; did you mean tabby?"
    func complaint(_ name: String) -> String {
        let names = similar(to: name)
        return "is no class of this head"
            + (names.isEmpty ? "" : "; did you mean \(names.joined(separator: ", ").printable)?")
    }
}
