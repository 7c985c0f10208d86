import ArgumentParser
import Kernels
import Xception

/// Which model to use, for every subcommand that needs one.
struct ModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The backbone's model file.", valueName: "file"))
    var model: String?

    @Option(help: ArgumentHelp("The head: a model file, or the name of an installed one.", valueName: "file"))
    var head: String?

    @Option(help: "Arithmetic of the forward pass: fp32.")
    var precision: Precision = .fp32

    func validate() throws {
        guard let request = InstructionSet.request, InstructionSet(rawValue: request) == nil else { return }
        let sets = InstructionSet.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("The environment variable XCEPTION_ISA must be one of \(sets), not '\(request)'.")
    }

    func backbone() throws(ModelFileError) -> Backbone {
        try Backbone(path: ModelLocator.standard().backbone(model))
    }

    func headFile() throws(ModelFileError) -> Head {
        try Head(path: ModelLocator.standard().head(head))
    }

    func classifier() throws(ModelFileError) -> Classifier {
        let (backbone, head) = try files()
        return try Classifier(backbone: backbone, head: head)
    }

    /// The head, and the backbone it belongs to unless `--model` names one.
    func files() throws(ModelFileError) -> (Backbone, Head) {
        let head = try headFile()
        guard model == nil else { return (try backbone(), head) }
        return (try ModelLocator.standard().backbone(for: head), head)
    }
}

extension Precision: ExpressibleByArgument {}

/// How many threads compute.
struct ThreadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads that compute (default: the processors this process may use).", valueName: "n"))
    var threads: Int?

    var count: Int { threads ?? availableProcessors() }

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be between 1 and 1024, not \(threads).")
        }
    }
}
