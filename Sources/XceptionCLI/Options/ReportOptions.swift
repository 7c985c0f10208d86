import ArgumentParser
import Platform

/// The options of a page in addition to the output.
struct ReportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Also write an HTML page of this run's images with thumbnails, labels and search.", valueName: "file.html"),
        completion: .file())
    var report: FilePath?

    func validate() throws {
        guard report != FilePath(""), report != .standardInput else {
            throw ValidationError("--report needs the name of a file.")
        }
    }

    /// Returns the page as an output of a run.
    ///
    /// - Parameters:
    ///   - force: true if it may replace a file that is not an earlier output.
    ///   - makePage: writes the page's beginning.
    func output<Value>(
        force: Bool,
        _ makePage: @escaping (sending OutputDestination) throws(CommandError) -> sending any RecordSink<Value>
    ) -> RunOutput<Value>? {
        guard let file = report else { return nil }
        return RunOutput(files: [OutputFile(path: file, isForced: force)]) { () throws(CommandError) in
            try makePage(OutputDestination(replacing: file))
        }
    }
}
