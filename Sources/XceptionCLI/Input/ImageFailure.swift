import Images
import Platform

/// A reason for an image without a result: an error object of the output.
struct ImageFailure: Error, Equatable {
    let code: ImageError.Code
    /// The reason in one line, without the file's name.
    let message: String
}

extension ImageFailure {
    init(_ error: ImageError) {
        let advice: String
        switch error {
        case .imageTooLarge(_, _, .side): advice = ""
        // The other limits follow that of pixels.
        case .imageTooLarge, .fileTooLarge: advice = "; --max-pixels raises the limit"
        default: advice = ""
        }
        self.init(code: error.code, message: error.message + advice)
    }

    /// A failure of the system to open or read a file, by its `errno`.
    init(systemError: Int32) {
        self.init(.unreadable(SystemError(number: systemError)))
    }
}
