/// A reason for a command to end with another status than 0. `main` alone turns it into a line on standard error and an
/// exit status.
enum CommandError: Error, Equatable {
    /// The command line asks for something impossible.
    case usage(String)
    /// The command could not start or continue: no input, no model, no room for the output.
    case fatal(String)
    /// At least one image failed; the run has reported which.
    case imagesFailed
    /// A list, or a search, has no results.
    case nothingFound
    /// A signal stopped the run after the images in progress.
    case interrupted(signal: Int32)
    /// The reader of the output has closed the pipe, which is not an error.
    case readerClosed

    /// The line for standard error, without the program's name.
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
