import ArgumentParser

/// The options of counts and spreadsheets.
struct TableOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Write the number of images per label, or per concept with --hedge, instead of the images; as text, json, csv "
            + "or tsv.",
        valueName: "label"))
    var groupBy: Grouping?

    @Flag(help: "With csv and tsv: begin with a byte order mark, by which Excel detects UTF-8.")
    var bom = false

    enum Grouping: String, ExpressibleByArgument, CaseIterable {
        case label
    }

    func validate(_ format: ClassificationFormat, listsPaths: Bool) throws {
        guard !bom || format.separator != nil else { throw ValidationError("--bom goes with --format csv or tsv.") }
        guard groupBy != nil else { return }
        guard !listsPaths else { throw ValidationError("--list and --group-by contradict each other.") }
        guard format != .jsonl, format != .exiftool else {
            throw ValidationError("--group-by writes text, json, csv or tsv, not \(format.rawValue).")
        }
    }
}
