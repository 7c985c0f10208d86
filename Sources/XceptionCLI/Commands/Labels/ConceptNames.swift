import Xception

extension HeadConcepts {
    /// Returns the concept that a user's name refers to.
    ///
    /// - Throws: ``CommandError/usage(_:)`` with similar names.
    func concept(named name: String) throws(CommandError) -> Concept {
        switch find(name) {
        case .found(let concept): return concept
        case .ambiguous(let concepts):
            let meanings = concepts.map { "\($0.id) (\($0.path.joined(separator: " > ")))" }
            throw .usage("'\(name)' may mean \(meanings.joined(separator: " or ")); name the id")
        case .unknown:
            let similar = similar(to: name).map { "'\($0)'" }
            throw .usage(
                "there is no label or concept '\(name)'"
                    + (similar.isEmpty
                        ? "; xception labels lists them" : "; did you mean \(similar.joined(separator: ", "))?"))
        }
    }

    /// Returns up to three labels that are spelled almost the same, or contain the name.
    private func similar(to name: String) -> [String] {
        let name = name.lowercased()
        let sorted = name.sorted()
        // One letter in four may be wrong.
        let limit = min(2, max(1, name.count / 4))
        var close: [(label: String, distance: Int)] = []
        for concept in concepts {
            let distances = ([concept.label] + concept.otherNames).map { other in
                let other = other.lowercased()
                // Letters in the wrong order are one mistake.
                return other.sorted() == sorted ? 1 : Suggestion.distance(other, name)
            }
            if let distance = distances.min(), distance <= limit { close.append((concept.label, distance)) }
        }
        // Stable: concepts, which come first, before classes.
        var labels = close.enumerated().sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
            .map(\.element.label)
        if labels.isEmpty, name.count >= 3 { labels = containing(name).map(\.label) }
        var seen: Set<String> = []
        return Array(labels.filter { seen.insert($0).inserted }.prefix(3))
    }
}

extension CommandError {
    static func withoutConcepts(head: String) -> CommandError {
        .usage("the head '\(head)' has no WordNet ids, so there are no concepts above its classes")
    }
}
