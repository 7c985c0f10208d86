/// The counts and the outcome of a run.
struct RunSummary: Equatable, Sendable {
    var images = 0
    var failed = 0
    var seconds = 0.0
    /// The number of images that have a result of an earlier run.
    var resumed = 0
    var skipped: [SkipReason: Int] = [:]
    /// True if all input was processed: neither interrupted nor ended by a failure.
    var isComplete = true
    /// The signal that stopped the run, if one did.
    var signal: Int32?

    var imagesPerSecond: Double { seconds > 0 ? Double(images) / seconds : 0 }

    /// True if any image has a result, of this run or an earlier one.
    var hasResults: Bool { images + resumed > 0 }

    /// The summary in one line for people.
    var line: String {
        var parts = ["\(NumberText.counted(images, "image")) in \(NumberText.fixed(seconds, digits: 1)) s"]
        if images > 1 { parts.append("\(NumberText.fixed(imagesPerSecond, digits: 1)) images/s") }
        if failed > 0 { parts.append("\(failed) failed") }
        if resumed > 0 { parts.append("\(resumed) done before") }
        if !skipped.isEmpty { parts.append("skipped: " + skipped.line) }
        return parts.joined(separator: ", ")
    }
}

extension RunSummary {
    /// Throws if the exit status of the command is not 0.
    ///
    /// - Parameter inputs: the input of the run.
    /// - Throws: ``CommandError`` after a signal, if there was no image, or if one failed.
    func requireSuccess(_ inputs: RunInput) throws(CommandError) {
        if let signal { throw .interrupted(signal: signal) }
        // A co-process without requests is not an error.
        guard hasResults || inputs.isFramed else {
            throw .fatal("\(inputs.line): no images found")
        }
        if failed > 0 { throw .imagesFailed }
    }
}

extension [SkipReason: Int] {
    /// The skipped files per kind for programs, in alphabetical order.
    var byKind: [(kind: String, count: Int)] {
        map { reason, count in
            let kind = switch reason {
            case .hidden: "hidden"
            case .unsupported(let format): format.plural
            case .notAnImage: "other files"
            case .link: "links to directories"
            case .cycle: "symlink cycles"
            case .repeated: "met before"
            case .excluded: "excluded"
            }
            return (kind, count)
        }.sorted { $0.kind < $1.kind }
    }
}
