import Platform

/// One of a run's outputs, not opened yet.
struct RunOutput<Value: Sendable> {
    /// The files to be written; empty for standard output.
    let files: [OutputFile]
    private let makeSink: () throws(CommandError) -> sending any RecordSink<Value>

    /// Describes an output.
    ///
    /// - Parameter makeSink: opens the output. Called once, after its files have been checked.
    init(files: [OutputFile] = [], _ makeSink: @escaping () throws(CommandError) -> sending any RecordSink<Value>) {
        self.files = files
        self.makeSink = makeSink
    }

    func open() throws(CommandError) -> sending any RecordSink<Value> { try makeSink() }
}

/// A file that a run will write.
struct OutputFile: Equatable {
    let path: FilePath
    var fate = Fate.replaced
    /// True if it may hold something other than an earlier output.
    var isForced = false

    /// The treatment of the file's present content.
    enum Fate: Equatable {
        /// Replaced when the new file is complete.
        case replaced
        /// Removed at the beginning; records follow line by line.
        case rewritten
        /// Continued.
        case resumed
    }
}
