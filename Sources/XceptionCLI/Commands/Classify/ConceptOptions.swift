import ArgumentParser
import Xception

/// The options of concepts: as answers, and to select images.
struct ConceptOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Also answer with the most specific concept of at least this probability, such as terrier, dog or animal.",
        valueName: "p"))
    var hedge: Probability?

    @Option(
        help: ArgumentHelp(
            "Keep only images that show this with a probability of --min (default 0.5): a label, an id, or a concept "
                + "such as dog. Repeatable: any of them; see xception labels.", valueName: "concept"),
        completion: LabelsCommand.nameCompletion)
    var label: [String] = []

    @Option(
        help: ArgumentHelp("Leave out images that show this; otherwise as --label.", valueName: "concept"),
        completion: LabelsCommand.nameCompletion)
    var notLabel: [String] = []

    var isUsed: Bool { hedge != nil || chooses }

    /// True if images are selected by what they show.
    var chooses: Bool { !label.isEmpty || !notLabel.isEmpty }

    /// Looks up the concepts.
    ///
    /// - Parameters:
    ///   - concepts: the head's concepts; nil if it has none.
    ///   - minimum: the probability from which an image shows a label.
    /// - Returns: nil if no option asks for a concept.
    /// - Throws: ``CommandError/usage(_:)`` if a name matches no concept, or the head has no concepts.
    func query(_ concepts: HeadConcepts?, head: String, minimum: Float) throws(CommandError) -> ConceptQuery? {
        guard isUsed else { return nil }
        guard let concepts else { throw .withoutConcepts(head: head) }
        var wanted: [Concept] = []
        for name in label { wanted.append(try concepts.concept(named: name)) }
        var unwanted: [Concept] = []
        for name in notLabel { unwanted.append(try concepts.concept(named: name)) }
        return ConceptQuery(
            concepts: concepts, hedge: hedge?.value, wanted: wanted, unwanted: unwanted, minimum: minimum)
    }
}
