import ArgumentParser
import ModelFiles
import Platform
import Xception

struct LabelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels",
        abstract: "List a head's labels and the concepts above them.",
        discussion: """
            These are the names that --label accepts and --hedge answers with. With a word, the command lists \
            the labels and concepts that contain it; for an exact name, everything below it as well.

            Ids and relations are from WordNet 3.0 (Copyright 2006 by Princeton University. All rights reserved.), \
            thinned and renamed.

            Examples:
              xception labels                the whole tree
              xception labels dog            dogs, and hotdog
              xception labels --json         for scripts
            """)

    @Argument(help: ArgumentHelp("A part of a name, or an id.", valueName: "word"))
    var word: String?

    @Option(
        help: ArgumentHelp("The head: a model file, or the name of an installed one.", valueName: "file"),
        completion: .file())
    var head: FilePath?

    @Flag(help: "Write JSON.")
    var json = false

    @Flag(help: ArgumentHelp("Write names alone, as completions of --label.", visibility: .hidden))
    var names = false

    /// The completion of names. Shells split words at spaces, so names have "_" there, which ``HeadConcepts/find(_:)``
    /// reads as a space.
    static let nameCompletion = CompletionKind.shellCommand("xception labels --names 2>/dev/null")

    func run() throws {
        let head = try Head(path: ModelLocator.standard().head(head))
        guard let concepts = HeadConcepts(head.classes, activation: head.activation) else {
            guard word == nil else { throw CommandError.withoutConcepts(head: head.name) }
            return try write(Table.text(head.classes.map { [$0.label, $0.id] }))
        }
        let found = word.map(concepts.containing) ?? concepts.concepts
        if let word, found.isEmpty { _ = try concepts.concept(named: word) }
        if names {
            return try write(found.map { $0.label.replacing(" ", with: "_") + "\n" }.joined())
        }
        if json { return try write(ConceptListing.json(found)) }
        try write(word.map { ConceptListing.matches(found, $0, in: concepts) } ?? ConceptListing.tree(concepts))
    }

    private func write(_ text: String) throws(CommandError) {
        try Pager.write(text)
    }
}
