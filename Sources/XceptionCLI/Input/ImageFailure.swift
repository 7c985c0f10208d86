import Images
import Platform

/// Why an image has no result: an error object of the output.
struct ImageFailure: Error, Equatable {
    let code: ImageError.Code
    /// One line without the file's name.
    let message: String
}

extension ImageFailure {
    init(_ error: ImageError) {
        let advice: String
        switch error {
        case .imageTooLarge(_, _, .pixels): advice = ", or raise it with --max-pixels"
        default: advice = ""
        }
        self.init(code: error.code, message: error.message + advice)
    }

    /// A file that the system does not open or read, after `errno`.
    init(systemError: Int32) {
        self.init(.unreadable(SystemError(number: systemError)))
    }
}
