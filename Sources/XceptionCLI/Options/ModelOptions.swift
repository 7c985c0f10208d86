import ArgumentParser
import Kernels
import ModelFiles
import Platform
import Xception

/// Which model to use.
struct ModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The backbone's model file.", valueName: "file"), completion: .file())
    var model: String?

    @Option(help: ArgumentHelp("The head: a model file, or the name of an installed one.", valueName: "file"), completion: .file())
    var head: String?

    @Option(help: "Number format of the forward pass: fp32.")
    var precision: Precision = .fp32

    func validate() throws {
        guard ProcessorKernels.best.products(precision) != nil else {
            throw ValidationError("This processor has no instructions for --precision \(precision.rawValue); use fp32.")
        }
        guard let request = InstructionSet.request, !request.isEmpty, InstructionSet(rawValue: request) == nil else { return }
        let sets = InstructionSet.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("The environment variable XCEPTION_ISA must be one of \(sets), not '\(request)'.")
    }

    /// The head, and the backbone it belongs to unless `--model` names one.
    func files() throws(ModelFileError) -> (Backbone, Head) {
        let locator = ModelLocator.standard()
        let head = try Head(path: locator.head(head.map(FilePath.init(argument:))))
        guard let model else { return (try locator.backbone(for: head), head) }
        return (try Backbone(path: FilePath(argument: model)), head)
    }

    /// - Parameter prepacking: by default as pays for a run of unknown length.
    func classifier(prepacking: PrepackingPolicy = .afterImages(32)) throws(ModelFileError) -> Classifier {
        let (backbone, head) = try files()
        return try Classifier(
            backbone: backbone, head: head, kernels: .best, precision: precision, prepacking: prepacking)
    }
}

extension Precision: ExpressibleByArgument {}
