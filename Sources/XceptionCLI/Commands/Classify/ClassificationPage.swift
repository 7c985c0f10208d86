import Platform
import Xception

/// A page for people: every image with its predictions, its concept, and the concepts above them. It loads only the
/// photos themselves, and is written as records come, so that memory does not grow with their number.
final class ClassificationPage: RecordSink {
    /// The facts about the run on the page.
    struct Facts {
        let model: ModelDescription
        /// The settings of the run, in words.
        let settings: [String]
        /// The URL of the folder that paths start from: see ``Page/base(for:in:)``.
        let base: String
        let date: String
    }

    private static let page = Page(PackageResources.classification_html)

    private let destination: OutputDestination
    /// The head's concepts; nil if it has none.
    private let concepts: HeadConcepts?
    private var rows = 0
    private var failures = 0
    private var showsEarlier = false
    /// Ids of predictions and concepts so far.
    private var ids: Set<String> = []

    /// The thumbnails' size: sharp on a card of half that width.
    let thumbnailSize: Int? = 240

    init(_ destination: OutputDestination, _ facts: Facts, concepts: HeadConcepts?) throws(CommandError) {
        self.destination = destination
        self.concepts = concepts
        try Self.page.open(destination)
        let members = [
            ("program", JSONText.string("xception \(ProgramVersion.number)")), ("date", JSONText.string(facts.date)),
            ("base", JSONText.string(facts.base)), ("settings", JSONText.string(facts.settings.joined(separator: ", "))),
            ("model", facts.model.json),
        ]
        try Page.embed(JSONText.object(members).dropLast() + ",\n\"results\": [", in: destination)
    }

    var isTerminal: Bool { destination.isTerminal }

    func write(_ record: ImageRecord<Classification>) throws(CommandError) {
        let path = record.name.path
        var members = [("path", JSONText.string(record.name.frame.map { "frame \($0)" } ?? path.text))]
        // The page itself makes a URL of a path that is text.
        if !path.bytes.elementsEqual(path.text.utf8) { members.append(("href", JSONText.string(path.percentEncoded))) }
        switch record.outcome {
        case .success(let result):
            let value = result.value
            members.append(("predictions", JSONText.array(value.predictions.map { entry($0.label, $0.id, $0.probability) })))
            if let concept = value.concept { members.append(("concept", entry(concept.label, concept.id, concept.probability))) }
            if value.isRejected { members.append(("rejected", "true")) }
            if let evidence = value.evidence { members.append(("evidence", JSONText.string(base64(evidence)))) }
            if let thumbnail = result.thumbnail { members.append(("thumbnail", JSONText.string(base64(thumbnail)))) }
        case .failure(let failure):
            members.append(("error", JSONText.string("\(failure.code.rawValue): \(failure.message)")))
        }
        try Page.embed((rows == 0 ? "\n" : ",\n") + JSONText.object(members), in: destination)
        rows += 1
        if record.isFailure { failures += 1 }
        if record.isEarlier { showsEarlier = true }
    }

    private func entry(_ label: String, _ id: String, _ probability: Float) -> String {
        ids.insert(id)
        return JSONText.array([JSONText.string(label), JSONText.string(id), NumberText.short(Double(probability), digits: 6)])
    }

    func finish(_ summary: RunSummary) throws(CommandError) -> String? {
        let tree = JSONText.object((concepts?.above(ids) ?? []).map { ($0.id, $0.pageJSON) })
        // The run's own line does not count the rows of an earlier one.
        let line = showsEarlier
            ? NumberText.counted(rows, "image") + (failures > 0 ? ", \(failures) failed" : "") : summary.line
        try Page.embed("\n],\n\"concepts\": \(tree),\n\"summary\": \(JSONText.string(line))}", in: destination)
        try Self.page.close(destination)
        return try destination.finish(isComplete: summary.isComplete)
    }

    func abandon() {
        destination.abandon()
    }
}

extension HeadConcepts {
    /// Returns the concepts of some ids, and all above them.
    fileprivate func above(_ ids: Set<String>) -> [Concept] {
        var wanted = ids
        // Parents stand before their children.
        return concepts.reversed().filter { concept in
            guard wanted.contains(concept.id) else { return false }
            wanted.formUnion(concept.parents)
            return true
        }.reversed()
    }
}

extension Concept {
    fileprivate var pageJSON: String {
        JSONText.object([
            ("label", JSONText.string(label)), ("names", JSONText.array(otherNames.map(JSONText.string))),
            ("parents", JSONText.array(parents.map(JSONText.string))),
        ])
    }
}
