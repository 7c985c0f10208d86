import Platform

/// Keeps outputs from replacing files that a user still needs: inputs, and files that no earlier run wrote.
struct OverwriteCheck {
    let inputs: RunInput
    /// The files of the model.
    let models: [FilePath]
    private let identities: Set<FileIdentity>

    init(inputs: RunInput, models: [FilePath]) {
        self.inputs = inputs
        self.models = models
        identities = inputs.identities
    }

    /// Checks a run's outputs before anything is written to them.
    ///
    /// - Throws: ``CommandError`` if two are one file, or if one is an input or anything but an earlier output.
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
        guard let status = FileStatus(file), status.isRegular else { return }
        let isModel = models.contains { FileStatus($0)?.identity == status.identity }
        guard !isModel, !identities.contains(status.identity) else { throw .outputIsInput(file) }
        guard output.fate != .resumed, !file.isWrittenInPlace, status.size > 0 else { return }
        if let picture = EarlierOutput.picture(file), !EarlierOutput.mayReplace(file) {
            throw .fatal("\(file.line): is \(picture), which no output replaces; is the output's name missing?")
        }
        guard !output.isForced else { return try checkForced(output, status) }
        if output.fate == .rewritten {
            guard !EarlierOutput.beginsWithRecord(file) else {
                throw .fatal("\(file.line): holds results of an earlier run; continue it with --resume, or begin again with --force")
            }
            guard !EarlierOutput.mayReplace(file) else {
                throw .fatal("\(file.line): already exists, and lines of JSON would replace it at once; choose another file, or use --force")
            }
        } else if EarlierOutput.mayReplace(file) {
            return
        }
        throw .fatal(
            "\(file.line): already exists and is not an unchanged output of xception; choose another file, or "
                + "replace it with --force")
    }

    private func checkForced(_ output: OutputFile, _ status: FileStatus) throws(CommandError) {
        let file = output.path
        guard !inputs.contains(status.identity) else { throw .outputIsInput(file) }
        guard output.fate != .rewritten || inputs.canBeListedAhead else {
            throw .fatal(
                "\(file.line): is not an output of xception, and the list of images, which comes through a pipe, "
                    + "may contain it; remove it first, or choose another file")
        }
    }
}

extension CommandError {
    static func outputIsInput(_ file: FilePath) -> CommandError {
        .fatal("\(file.line): is an input and cannot be the output as well; name another file")
    }
}
