/// Concepts of WordNet and their parents: ImageNet's 1000 classes, and some 300 concepts in everyday words.
///
/// The graph has one root. A concept may have several parents (a minivan is a car and a van); paths go through the
/// first one.
package struct ConceptTree: Sendable {
    package struct Node: Sendable {
        /// A WordNet id, such as "n02084071", or one that begins with "x-" if WordNet has no such concept.
        package let id: String
        package let label: String
        package let otherNames: [String]
        /// Indices in ``ConceptTree/nodes``, smaller than the node's own; none for the root.
        package let parents: [Int]
        /// Steps from the root, through first parents.
        package let depth: Int
    }

    /// The nodes: the root first, parents before their children, classes after all concepts above classes.
    package let nodes: [Node]
    private let indices: [String: Int]

    /// The tree that `Scripts/labels/make_concepts.py` wrote.
    package static let standard = ConceptTree(String(decoding: PackageResources.concepts_txt, as: UTF8.self))

    /// Parses a tree.
    ///
    /// - Parameter text: a line per node: id, ids of its parents, label, other names; separated by tabs.
    /// - Precondition: each parent's line comes first.
    init(_ text: String) {
        var nodes: [Node] = []
        var indices: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            let parents = fields[1].split(separator: ",").map { indices[String($0)]! }
            indices[String(fields[0])] = nodes.count
            nodes.append(Node(
                id: String(fields[0]), label: String(fields[2]),
                otherNames: fields[3].split(separator: "; ").map(String.init),
                parents: parents, depth: parents.first.map { nodes[$0].depth + 1 } ?? 0))
        }
        self.nodes = nodes
        self.indices = indices
    }

    package func index(ofID id: String) -> Int? { indices[id] }

    /// Returns the steps from below the root to a node, itself included.
    package func path(to index: Int) -> [Int] {
        var path: [Int] = []
        var index = index
        while let parent = nodes[index].parents.first {
            path.append(index)
            index = parent
        }
        return path.reversed()
    }
}
