import Platform

/// Keeps outputs from replacing what a user still needs: inputs, and files that no earlier run wrote.
struct OverwriteCheck {
    let inputs: ImageInputs
    /// The model's files.
    let models: [FilePath]
    /// Whether files that are no earlier output may be replaced. Inputs never are.
    let force: Bool

    /// Looks at a file before anything is written to it.
    ///
    /// - Parameters:
    ///   - grows: whether the file's content goes when the run begins, not when it is complete.
    ///   - resumes: whether the file is continued rather than replaced.
    /// - Throws: ``CommandError`` if the file is an input, or holds something else than an earlier output.
    func check(_ file: FilePath, grows: Bool = false, resumes: Bool = false) throws(CommandError) {
        // Devices and named pipes are written to, not replaced.
        guard let status = FileStatus(file), status.isRegular else { return }
        let isModel = models.contains { FileStatus($0)?.identity == status.identity }
        guard !isModel, !inputs.identities.contains(status.identity) else { throw .outputIsInput(file) }
        guard !resumes, !EarlierOutput.mayReplace(file) else { return }
        guard force else {
            throw .fatal(
                "\(file.line): exists, and nothing in it says that it is an earlier output of this program; name another "
                    + "file, or replace it with --force")
        }
        guard !inputs.contains(status.identity) else { throw .outputIsInput(file) }
        guard !grows || inputs.areForeseeable else {
            throw .fatal(
                "\(file.line): is not an earlier output of this program, and the list of images, which comes through a pipe, "
                    + "may name it; remove it first, or name another file")
        }
    }
}

extension CommandError {
    static func outputIsInput(_ file: FilePath) -> CommandError {
        .fatal("\(file.line): is an input and cannot be the output as well; name another file")
    }
}
