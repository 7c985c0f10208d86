import Xception

/// The questions about concepts that a command line asks of each image.
struct ConceptQuery: Sendable {
    let concepts: HeadConcepts
    /// The least probability of the answer's concept; nil if none is asked for.
    let hedge: Float?
    /// The probability from which an image shows a concept.
    let minimum: Float
    /// The classes of which a kept image shows one; nil if all images are kept.
    private let wanted: [Int]?
    /// The classes of which a kept image shows none.
    private let unwanted: [Int]
    /// The questions in words, as settings of the run.
    let settings: [String]

    /// - Parameters:
    ///   - wanted: the concepts of which a kept image shows one; empty if all images are kept.
    ///   - unwanted: the concepts of which a kept image shows none.
    init(concepts: HeadConcepts, hedge: Float?, wanted: [Concept], unwanted: [Concept], minimum: Float) {
        self.concepts = concepts
        self.hedge = hedge
        self.minimum = minimum
        self.wanted = wanted.isEmpty ? nil : Self.classes(of: wanted)
        self.unwanted = Self.classes(of: unwanted)
        var settings = hedge.map { ["hedge \($0)"] } ?? []
        settings += wanted.map { "label \($0.id)" } + unwanted.map { "not \($0.id)" }
        if !wanted.isEmpty || !unwanted.isEmpty { settings.append("from \(minimum)") }
        self.settings = settings
    }

    private static func classes(of concepts: [Concept]) -> [Int] { Set(concepts.flatMap(\.classes)).sorted() }

    /// Returns the most specific concept that is probable enough.
    ///
    /// - Parameter probabilities: one per class of the head.
    func answer(_ probabilities: [Float]) -> ConceptAnswer? {
        guard let hedge else { return nil }
        let (concept, probability) = concepts.hedge(probabilities, reaching: hedge)
        return ConceptAnswer(id: concept.id, label: concept.label, probability: probability, path: concept.path)
    }

    func keeps(_ probabilities: [Float]) -> Bool {
        let shows = { (classes: [Int]) in concepts.probability(ofAny: classes, in: probabilities) >= minimum }
        return wanted.map(shows) ?? true && (unwanted.isEmpty || !shows(unwanted))
    }
}

/// A concept in place of a class.
struct ConceptAnswer: Equatable, Sendable {
    let id: String
    let label: String
    let probability: Float
    /// Labels from the top of the tree to the concept, itself included.
    let path: [String]

    /// The steps, such as "animal > mammal > dog".
    var pathText: String { path.joined(separator: " > ") }
}
