import ArgumentParser
import Platform

/// The destination and format of a command's results.
struct OutputOptions<Format: CommandFormat>: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Output format (default: by the output file's extension, else \(Format.standard.rawValue))."))
    var format: Format?

    @Flag(help: ArgumentHelp("Same as --format json.", visibility: Format.json == nil ? .hidden : .default))
    var json = false

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Write to a file, which is replaced only when the new one is complete; jsonl is written line by line. - "
                + "is standard output.",
            valueName: "file"),
        completion: .file())
    var output: FilePath?

    @Flag(help: "With -o and jsonl: keep the answers in the file, and compute what is new, has changed or failed.")
    var resume = false

    @Flag(help: "Replace existing files even if xception did not write them; never inputs, models or images.")
    var force = false

    func validate() throws {
        guard output != FilePath("") else {
            throw ValidationError("--output needs the name of a file, or - for standard output.")
        }
        guard !json || Format.json != nil else {
            throw ValidationError("--json: this command writes \(Format.names); name one with --format.")
        }
        guard !json || format == nil || format == .json else {
            throw ValidationError("--json and --format \(format!.rawValue) contradict each other.")
        }
        if let file, [".html", ".htm"].contains(where: { file.text.lowercased().hasSuffix($0) }) {
            throw ValidationError("--output writes no HTML; for a page: --report \(file.line)")
        }
        if let file, asked == nil, let ending = file.ending, FileStatus(file) == nil {
            throw ValidationError(
                "--output \(file.line): no format has the extension \(ending); name one with --format: \(Format.names)."
            )
        }
        guard !resume || file != nil && asked?.grows == true else {
            throw ValidationError("--resume goes with --output and --format jsonl.")
        }
        if resume, let file, file.isWrittenInPlace {
            throw ValidationError("--resume continues a file; \(file.line) is not one.")
        }
    }

    /// The format that an option or the file's name asks for.
    var asked: Format? { format ?? (json ? .json : nil) ?? file.flatMap { Format(nameOf: $0) } }

    /// The output file; nil for standard output.
    var file: FilePath? { output?.file }

    /// Returns the output in a format that is written as a whole.
    func document<Value>(_ format: any RecordFormat<Value>) -> RunOutput<Value> {
        whole { FormattedOutput(format, to: $0) }
    }

    /// Returns an output that is replaced when it is complete.
    func whole<Value>(
        _ makeSink: @escaping (sending OutputDestination) -> sending any RecordSink<Value>
    ) -> RunOutput<Value> {
        guard let file else { return RunOutput { makeSink(OutputDestination()) } }
        return RunOutput(files: [OutputFile(path: file, isForced: force)]) { () throws(CommandError) in
            makeSink(try OutputDestination(replacing: file))
        }
    }

    /// Returns the output in lines of JSON, which a file keeps as they come.
    func lines<Value>(_ format: JSONLinesFormat<Value>) -> RunOutput<Value> {
        guard let file, !file.isWrittenInPlace else { return document(format) }
        let resume = resume
        let output = OutputFile(path: file, fate: resume ? .resumed : .rewritten, isForced: force)
        return RunOutput(files: [output]) { () throws(CommandError) in
            try LinesOutput(format, to: GrowingFile(file), resumes: resume)
        }
    }
}
