import ModelFiles

/// A concept that comprises some of a head's classes.
package struct Concept: Sendable, Equatable {
    package let id: String
    package let label: String
    package let otherNames: [String]
    /// Labels from the top of the tree to this concept, itself included; empty for the root.
    package let path: [String]
    /// The ids of the concept's direct parents.
    package let parents: [String]
    /// The head's classes below the concept, or the class itself, in ascending order.
    package let classes: [Int]
    /// True if the concept is a class of the head.
    package let isClass: Bool
}

/// The concepts above a head's classes, for every head that uses WordNet's ids.
package struct HeadConcepts: Sendable {
    /// The concepts: the root first, parents before their children, each class of the head as the last step of its
    /// branch.
    package let concepts: [Concept]
    /// True if classes do not exclude each other: a concept is then as probable as its most probable class.
    private let isMultiLabel: Bool

    /// Finds the concepts of a head's classes.
    ///
    /// - Returns: nil if no class has an id of the tree. A class whose id the tree lacks is placed below its root.
    package init?(_ classes: [ClassLabel], activation: HeadActivation, tree: ConceptTree = .standard) {
        var members: [[Int]] = Array(repeating: [], count: tree.nodes.count)
        var labels: [Int: String] = [:]
        var strangers: [Int] = []
        for (index, label) in classes.enumerated() {
            guard let node = tree.index(ofID: label.id) else {
                strangers.append(index)
                continue
            }
            members[node].append(index)
            // The head's own name for a class.
            labels[node] = label.label
        }
        guard strangers.count < classes.count else { return nil }
        members[0] += strangers
        // From the leaves up: parents stand before their children.
        for node in tree.nodes.indices.reversed() {
            members[node] = Set(members[node]).sorted()
            for parent in tree.nodes[node].parents { members[parent] += members[node] }
        }
        func label(_ node: Int) -> String { labels[node] ?? tree.nodes[node].label }
        concepts = tree.nodes.indices.filter { !members[$0].isEmpty }.map { node in
            Concept(
                id: tree.nodes[node].id, label: label(node), otherNames: tree.nodes[node].otherNames,
                path: tree.path(to: node).map(label), parents: tree.nodes[node].parents.map { tree.nodes[$0].id },
                classes: members[node], isClass: labels[node] != nil)
        } + strangers.map {
            Concept(
                id: classes[$0].id, label: classes[$0].label, otherNames: [], path: [classes[$0].label],
                parents: [tree.nodes[0].id], classes: [$0], isClass: true)
        }
        isMultiLabel = activation == .sigmoid
    }

    /// Returns the probability that an image shows a concept.
    ///
    /// - Parameter probabilities: one per class of the head.
    package func probability(of concept: Concept, in probabilities: [Float]) -> Float {
        probability(ofAny: concept.classes, in: probabilities)
    }

    /// Returns the probability that an image shows any of several classes.
    package func probability(ofAny classes: [Int], in probabilities: [Float]) -> Float {
        if isMultiLabel { return classes.reduce(0) { max($0, probabilities[$1]) } }
        // A thousand small values are rounded away in Float.
        return Float(min(1, classes.reduce(0) { $0 + Double(probabilities[$1]) }))
    }

    /// Returns the labels from the top of the tree to a class of the head, itself included.
    package func path(ofClass index: Int) -> [String] {
        concepts.last { $0.classes == [index] }?.path ?? []
    }

    /// Returns the concepts whose path passes through this one, a step further down.
    package func children(of concept: Concept) -> [Concept] {
        concepts.filter { $0.parents.first == concept.id }
    }
}
