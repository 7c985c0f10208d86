/// Why a command ends with another status than 0. Thrown from anywhere; `main` alone turns it into
/// a line on standard error and an exit status.
enum CommandError: Error, Equatable {
    /// The command line asks for something that cannot be done.
    case usage(String)
    /// Nothing could be done, or no further: no input, no model, no room for the output.
    case fatal(String)
    /// At least one image failed; the run has said which.
    case imagesFailed
    /// A list of what was asked for is empty.
    case nothingFound
    /// A signal stopped the run after what was in flight had been finished.
    case interrupted(signal: Int32)
    /// Whoever read the output has closed the pipe: nothing to complain about.
    case readerClosed

    /// For standard error, without the program's name.
    var message: String? {
        switch self {
        case .usage(let message), .fatal(let message): message
        case .imagesFailed, .nothingFound, .interrupted, .readerClosed: nil
        }
    }

    var status: Int32 {
        switch self {
        case .usage: 64
        case .fatal: 2
        case .imagesFailed, .nothingFound: 1
        case .interrupted(let signal): 128 + signal
        case .readerClosed: 0
        }
    }
}
