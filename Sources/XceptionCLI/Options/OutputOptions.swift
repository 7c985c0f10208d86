import ArgumentParser
import Platform

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, jsonl, csv
}

/// Where results go, and in which format.
struct OutputOptions: ParsableArguments {
    @Option(help: "Output format: text, json, jsonl or csv (default: by the ending of the output file's name, or else text).")
    var format: OutputFormat?

    @Flag(help: "Same as --format json.")
    var json = false

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Write to a file, which is replaced only when the new one is complete; jsonl is written line by line. - is standard output.", valueName: "file"),
        completion: .file())
    var output: FilePath?

    @Flag(help: "With -o and jsonl: skip images already in the file, including failed ones.")
    var resume = false

    @Flag(help: "Replace existing files that are not an earlier output; never an input or a model.")
    var force = false

    func validate() throws {
        guard output != FilePath("") else { throw ValidationError("--output needs the name of a file, or - for standard output.") }
        guard !json || format == nil || format == .json else {
            throw ValidationError("--json and --format \(format!.rawValue) contradict each other.")
        }
        if let file, [".html", ".htm"].contains(where: { file.text.lowercased().hasSuffix($0) }) {
            throw ValidationError("--output writes no HTML; for a page to look at: --report \(file.line)")
        }
        guard !resume || file != nil && asked == .jsonl else {
            throw ValidationError("--resume goes with --output and --format jsonl.")
        }
    }

    /// The format that the command line asks for, by an option or by the file's name.
    var asked: OutputFormat? { format ?? (json ? .json : nil) ?? file?.format }

    /// - Parameter standard: the format if none is asked for.
    func format(or standard: OutputFormat) -> OutputFormat { asked ?? standard }

    /// Nil for standard output.
    var file: FilePath? { output?.file }

    /// Looks at what outputs would replace, before any work.
    ///
    /// - Parameters:
    ///   - format: of the output; JSON lines grow, other formats are replaced as a whole.
    ///   - report: a second output, of a page.
    ///   - models: files that are read beside the inputs.
    /// - Returns: the files among the outputs that exist already.
    func check(
        _ format: OutputFormat, report: FilePath?, against inputs: ImageInputs, models: [FilePath]
    ) throws(CommandError) -> Set<FileIdentity> {
        if let file, let report, file.namesSameFile(as: report) { throw .usage("--report and --output name the same file") }
        let check = OverwriteCheck(inputs: inputs, models: models, force: force)
        if let file { try check.check(file, grows: format == .jsonl, resumes: resume) }
        if let report { try check.check(report) }
        return Set([file, report].compactMap { $0.flatMap { FileStatus($0) } }.filter(\.isRegular).map(\.identity))
    }

    /// Opens the output.
    ///
    /// - Parameters:
    ///   - format: as in ``check(_:report:against:)``.
    ///   - origin: what lines of JSON say of themselves.
    /// - Returns: also what the file already holds, to be left out.
    func open(_ format: OutputFormat, origin: RecordOrigin) throws(CommandError) -> (OutputDestination, ResumedRecords) {
        guard let file else { return (OutputDestination(), ResumedRecords()) }
        guard format == .jsonl else { return (try OutputDestination(replacing: file), ResumedRecords()) }
        let growing = try GrowingFile(file)
        let resumed = resume ? try ResumedRecords(growing, origin: origin) : ResumedRecords()
        try growing.truncate(to: resumed.length)
        return (OutputDestination(growing), resumed)
    }
}

/// A page beside the output.
struct ReportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Also write an HTML page of this run's images with thumbnails, labels and search.", valueName: "file.html"),
        completion: .file())
    var report: FilePath?

    func validate() throws {
        guard report != FilePath(""), report != .standardInput else { throw ValidationError("--report needs the name of a file.") }
    }
}

extension FilePath {
    /// The format that the name's ending stands for.
    fileprivate var format: OutputFormat? {
        let name = String(decoding: lastComponent, as: UTF8.self).lowercased()
        guard let dot = name.lastIndex(of: ".") else { return nil }
        switch name[dot...] {
        case ".json": return .json
        case ".jsonl", ".ndjson": return .jsonl
        case ".csv": return .csv
        default: return nil
        }
    }
}
