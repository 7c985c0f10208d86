/// The result of looking up a name that a user typed.
package enum ConceptMatch: Sendable, Equatable {
    case found(Concept)
    /// The name matches several concepts equally well.
    case ambiguous([Concept])
    case unknown
}

extension HeadConcepts {
    /// Finds the concept with an id or a name. "_" stands for a space; case counts only if it decides between two. A
    /// concept takes precedence over a class of the same name, a label over other names.
    package func find(_ name: String) -> ConceptMatch {
        let name = name.spaced
        let folded = name.lowercased()
        if let concept = concepts.first(where: { $0.id == name }) { return .found(concept) }
        for isClass in [false, true] {
            let candidates = concepts.filter { $0.isClass == isClass }
            for matches in [
                candidates.filter { $0.label.spaced == name },
                candidates.filter { $0.label.spaced.lowercased() == folded },
                candidates.filter { $0.otherNames.contains { $0.lowercased() == folded } },
            ] where !matches.isEmpty {
                return matches.count == 1 ? .found(matches[0]) : .ambiguous(matches)
            }
        }
        return .unknown
    }

    /// Returns the concepts whose id or one of whose names contains a text, ignoring case.
    package func containing(_ text: String) -> [Concept] {
        let text = text.spaced.lowercased()
        return concepts.filter { concept in
            concept.id == text
                || ([concept.label] + concept.otherNames).contains { $0.spaced.lowercased().contains(text) }
        }
    }
}

extension String {
    fileprivate var spaced: String { String(map { $0 == "_" ? " " : $0 }) }
}
