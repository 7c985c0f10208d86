import ArgumentParser
import Kernels
import KernelSelection
import ModelFiles
import Platform
import Xception

/// The files of a model.
struct ModelFileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The network: a backbone's model file, or the name of an installed one, such as mobilenet.",
            valueName: "file"),
        completion: .file())
    var model: FilePath?

    @Option(
        help: ArgumentHelp("The head: a model file, or the name of an installed one.", valueName: "file"),
        completion: .file())
    var head: FilePath?

    /// Finds the head, and the backbone it belongs to unless `--model` names one.
    func files() throws(ModelFileError) -> (Backbone, Head) {
        try ModelLocator.standard().files(model: model, head: head)
    }
}

/// A model and its precision.
struct ModelOptions: ParsableArguments {
    @OptionGroup var modelFiles: ModelFileOptions

    @Option(help: ArgumentHelp(
        "Precision of matrix products; auto: the fastest one with documented accuracy on this processor."))
    var precision: PrecisionOption = .fp32

    var model: FilePath? { modelFiles.model }
    var head: FilePath? { modelFiles.head }

    func files() throws(ModelFileError) -> (Backbone, Head) { try modelFiles.files() }

    /// Opens the model.
    ///
    /// - Parameter prepacking: the default suits a run of unknown length.
    /// - Throws: ``CommandError``, ``ModelFileError``.
    func model(prepacking: PrepackingPolicy = .afterImages(32)) throws -> Model {
        let (backbone, head) = try files()
        let precision = try precision.resolved(on: .best, for: backbone.network)
        return try Model(backbone: backbone, head: head, precision: precision, prepacking: prepacking)
    }

    /// Opens the backbone without a head. `--head` selects its backbone and preprocessing.
    ///
    /// - Throws: ``CommandError``, ``ModelFileError``.
    func extractor() throws -> FeatureExtractor {
        if head != nil { return try model().extractor }
        let backbone = try Backbone(path: ModelLocator.standard().backbone(model))
        let precision = try precision.resolved(on: .best, for: backbone.network)
        return try FeatureExtractor(backbone: backbone, precision: precision)
    }
}

/// The values of `--precision`.
enum PrecisionOption: String, ExpressibleByArgument, CaseIterable {
    case fp32, bf16, int8, auto

    /// Returns the precision for a processor and a network.
    ///
    /// - Throws: ``CommandError/fatal(_:)`` if the processor is not faster in it.
    func resolved(on kernels: ProcessorKernels, for network: any Network) throws(CommandError) -> Precision {
        let fastest = kernels.fastestAccurate(among: network.accuratePrecisions)
        guard let precision = Precision(rawValue: rawValue) else { return fastest }
        guard kernels.isFast(precision) else {
            throw .fatal(
                "this processor multiplies \(precision.rawValue) no faster than fp32; use --precision "
                    + "\(fastest.rawValue)"
            )
        }
        return precision
    }
}
