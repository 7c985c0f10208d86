import ArgumentParser
import Platform

/// The order of the output.
struct SortOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Order of the output; probability: the highest first; none: the order of the input. Sorted output is written "
            + "when all images are known.", valueName: "by"))
    var sort = Order.none

    @Flag(help: "With --sort: reverse the order.")
    var reverse = false

    enum Order: String, ExpressibleByArgument, CaseIterable {
        case path, label, probability, none
    }

    func validate(_ format: ClassificationFormat, isFramed: Bool, groups: Bool) throws {
        guard sort != .none else {
            guard !reverse else { throw ValidationError("--reverse goes with --sort path, label or probability.") }
            return
        }
        guard !isFramed else {
            throw ValidationError("--framed and --sort contradict each other: frames are answered as they come.")
        }
        guard format != .jsonl else {
            throw ValidationError(
                "--format jsonl is written line by line, as answers come; sort the lines, or use --format json.")
        }
        guard !groups else {
            throw ValidationError("--group-by writes the most frequent label first; leave out --sort.")
        }
    }
}

/// The properties that records are sorted by.
struct SortKey {
    let path: FilePath
    /// The answer; nil for a failure, and if no prediction is probable enough.
    let answer: (label: String, probability: Float)?

    init(_ record: ImageRecord<Classification>) {
        path = record.name.path
        guard case .success(let result) = record.outcome else {
            answer = nil
            return
        }
        answer = result.value.answer
    }

    func precedes(_ other: SortKey, by order: SortOptions.Order) -> Bool {
        switch order {
        case .path: return XceptionCLI.precedes(path.bytes, other.path.bytes)
        case .label, .probability:
            guard let answer else { return false }
            guard let otherAnswer = other.answer else { return true }
            if order == .label, answer.label != otherAnswer.label { return answer.label < otherAnswer.label }
            return answer.probability > otherAnswer.probability
        case .none: return false
        }
    }
}
