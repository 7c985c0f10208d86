import ArgumentParser
import Xception

/// The concepts to answer with, and those that choose images.
struct ConceptOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Also answer with the most specific concept that is at least so probable, such as terrier, dog or animal.", valueName: "p"))
    var hedge: Probability?

    @Option(
        help: ArgumentHelp(
            "Keep only images that show this with a probability of --min (default 0.5): a label, an id, or a concept such as dog. "
                + "Repeatable: any of them; see xception labels.", valueName: "concept"),
        completion: LabelsCommand.nameCompletion)
    var label: [String] = []

    @Option(
        help: ArgumentHelp("Leave out images that show this; otherwise as --label.", valueName: "concept"),
        completion: LabelsCommand.nameCompletion)
    var notLabel: [String] = []

    var isUsed: Bool { hedge != nil || chooses }

    /// Whether images are chosen by what they show.
    var chooses: Bool { !label.isEmpty || !notLabel.isEmpty }

    /// - Parameters:
    ///   - concepts: nil if the head has none.
    ///   - minimum: the probability from which an image shows a label.
    /// - Returns: nil if nothing is asked for.
    /// - Throws: ``CommandError/usage(_:)`` if a name is of no concept, or the head has no concepts.
    func query(_ concepts: HeadConcepts?, head: String, minimum: Float) throws(CommandError) -> ConceptQuery? {
        guard isUsed else { return nil }
        guard let concepts else { throw .withoutConcepts(head: head) }
        var wanted: [Concept] = []
        for name in label { wanted.append(try concepts.concept(named: name)) }
        var unwanted: [Concept] = []
        for name in notLabel { unwanted.append(try concepts.concept(named: name)) }
        return ConceptQuery(concepts: concepts, hedge: hedge?.value, wanted: wanted, unwanted: unwanted, minimum: minimum)
    }
}
