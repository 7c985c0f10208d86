import Xception

/// Concepts as text and as JSON.
enum ConceptListing {
    /// Returns all concepts, each below its first parent.
    static func tree(_ concepts: HeadConcepts) -> String {
        Table.text(rows(below: nil, of: concepts, indentation: ""))
    }

    /// Returns the results of a search: names and places, and for an exact name the whole branch below it.
    static func matches(_ found: [Concept], _ word: String, in concepts: HeadConcepts) -> String {
        var text = Table.text(found.map { [$0.label, $0.id, $0.path.dropLast().joined(separator: " > ")] })
        if case .found(let concept) = concepts.find(word), concept.classes.count > 1 {
            text += "\n" + Table.text(rows(below: concept, of: concepts, indentation: ""))
        }
        return text
    }

    static func json(_ concepts: [Concept]) -> String {
        let lines = concepts.map { concept in
            JSONText.object([
                ("id", JSONText.string(concept.id)), ("label", JSONText.string(concept.label)),
                ("names", JSONText.array(concept.otherNames.map(JSONText.string))),
                ("path", JSONText.array(concept.path.map(JSONText.string))),
                ("parents", JSONText.array(concept.parents.map(JSONText.string))),
                ("classes", "\(concept.classes.count)"),
            ])
        }
        return "{\"schema\": \"xception.labels/1\",\n \"labels\": [\n   \(lines.joined(separator: ",\n   "))]}\n"
    }

    private static func rows(below concept: Concept?, of concepts: HeadConcepts, indentation: String) -> [[String]] {
        let concept = concept ?? concepts.concepts[0]
        let count = concept.classes.count
        let row = [indentation + concept.label, concept.id] + (count > 1 ? ["\(count) labels"] : [])
        return [row]
            + concepts.children(of: concept).flatMap { rows(below: $0, of: concepts, indentation: indentation + "  ") }
    }
}
