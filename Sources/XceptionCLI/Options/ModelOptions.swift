import ArgumentParser
import Kernels
import ModelFiles
import Platform
import Xception

/// The files of a model.
struct ModelFileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The backbone's model file.", valueName: "file"), completion: .file())
    var model: FilePath?

    @Option(help: ArgumentHelp("The head: a model file, or the name of an installed one.", valueName: "file"), completion: .file())
    var head: FilePath?

    /// The head, and the backbone it belongs to unless `--model` names one.
    func files() throws(ModelFileError) -> (Backbone, Head) {
        let locator = ModelLocator.standard()
        let head = try Head(path: locator.head(head))
        guard let model else { return (try locator.backbone(for: head), head) }
        return (try Backbone(path: model), head)
    }
}

/// A model and how it computes.
struct ModelOptions: ParsableArguments {
    @OptionGroup var modelFiles: ModelFileOptions

    @Option(help: ArgumentHelp(
        "Precision of matrix products: fp32, bf16, int8, or auto: the fastest one with documented accuracy on this processor."))
    var precision: PrecisionOption = .fp32

    var model: FilePath? { modelFiles.model }
    var head: FilePath? { modelFiles.head }

    func files() throws(ModelFileError) -> (Backbone, Head) { try modelFiles.files() }

    /// - Parameter prepacking: by default as pays for a run of unknown length.
    ///
    /// - Throws: ``CommandError``, ``ModelFileError``.
    func model(prepacking: PrepackingPolicy = .afterImages(32)) throws -> Model {
        let precision = try precision.resolved(on: .best)
        let (backbone, head) = try files()
        return try Model(backbone: backbone, head: head, precision: precision, prepacking: prepacking)
    }

    /// The backbone without a head. `--head` names one whose backbone and preprocessing are used.
    ///
    /// - Throws: ``CommandError``, ``ModelFileError``.
    func extractor() throws -> FeatureExtractor {
        if head != nil { return try model().extractor }
        let precision = try precision.resolved(on: .best)
        let path = try ModelLocator.standard().backbone(model)
        return try FeatureExtractor(backbone: Backbone(path: path), precision: precision)
    }
}

/// The values of `--precision`.
enum PrecisionOption: String, ExpressibleByArgument, CaseIterable {
    case fp32, bf16, int8, auto

    /// - Throws: ``CommandError/fatal(_:)`` if the processor gains nothing by it.
    func resolved(on kernels: ProcessorKernels) throws(CommandError) -> Precision {
        guard let precision = Precision(rawValue: rawValue) else { return kernels.fastestAccurate }
        guard kernels.isFast(precision) else {
            throw .fatal(
                "this processor multiplies \(precision.rawValue) no faster than fp32; use --precision \(kernels.fastestAccurate.rawValue)")
        }
        return precision
    }
}
