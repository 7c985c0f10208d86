import Platform

/// Keeps outputs from replacing what a user still needs: inputs, and files that no earlier run wrote.
struct OverwriteCheck {
    /// Files that the run is known to read.
    let inputs: Set<FileIdentity>
    /// Directories and files whose images it will find.
    let searched: [FilePath]
    /// Whether files that are no earlier output may be replaced. Inputs never are.
    let force: Bool

    /// Looks at a file before anything is written to it.
    ///
    /// - Parameter resumes: whether the file is continued rather than replaced.
    /// - Throws: ``CommandError`` if the file is an input, or holds something else than an earlier output.
    func check(_ file: FilePath, resumes: Bool = false) throws(CommandError) {
        // Devices and named pipes are written to, not replaced.
        guard let status = FileStatus(file), status.isRegular else { return }
        guard !inputs.contains(status.identity) else { throw .outputIsInput(file) }
        guard !resumes, !EarlierOutput.mayReplace(file) else { return }
        guard force else {
            throw CommandError("\(file.line): exists and is not an earlier output of this program; name another file, or replace it with --force")
        }
        let images = PathSource(searched) { _, _ in }
        while let image = images.next() {
            if FileStatus(image.path)?.identity == status.identity { throw .outputIsInput(file) }
        }
    }
}

extension CommandError {
    static func outputIsInput(_ file: FilePath) -> CommandError {
        CommandError("\(file.line): is an input and cannot be the output as well; name another file")
    }
}
