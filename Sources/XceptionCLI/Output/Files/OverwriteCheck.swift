import Platform

/// Keeps outputs from replacing what a user still needs: inputs, and files that no earlier run wrote.
struct OverwriteCheck {
    let inputs: ImageInputs
    /// The model's files.
    let models: [FilePath]

    /// Looks at a run's outputs before anything is written to them.
    ///
    /// - Throws: ``CommandError`` if two are one file, or one is an input, or holds something other than an earlier output.
    func check(_ outputs: [OutputFile]) throws(CommandError) {
        for (index, output) in outputs.enumerated() {
            if let other = outputs[..<index].first(where: { $0.path.namesSameFile(as: output.path) }) {
                throw .usage("the outputs \(other.path.line) and \(output.path.line) name the same file")
            }
            try check(output)
        }
    }

    private func check(_ output: OutputFile) throws(CommandError) {
        let file = output.path
        // Devices and named pipes are written to, not replaced.
        guard let status = FileStatus(file), status.isRegular else { return }
        let isModel = models.contains { FileStatus($0)?.identity == status.identity }
        guard !isModel, !inputs.identities.contains(status.identity) else { throw .outputIsInput(file) }
        guard output.fate != .resumed, !EarlierOutput.mayReplace(file) else { return }
        guard output.isForced else {
            throw .fatal(
                "\(file.line): exists, and nothing in it says that it is an earlier output of this program; name another "
                    + "file, or replace it with --force")
        }
        guard !inputs.contains(status.identity) else { throw .outputIsInput(file) }
        guard output.fate != .rewritten || inputs.areForeseeable else {
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
