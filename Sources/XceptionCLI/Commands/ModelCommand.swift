import ArgumentParser
import Kernels
import KernelSelection
import ModelFiles
import Platform
import Xception

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Show and check model files.",
        subcommands: [List.self, Info.self, Verify.self, Paths.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the installed model files: which are used, and the names that --model and --head take.")

        @Option(
            help: ArgumentHelp(
                "Write the names of one kind alone, as completions of --model or --head.", visibility: .hidden))
        var names: InstalledModels.Kind?

        func run() throws {
            let locator = ModelLocator.standard()
            try locator.checkPlaces()
            if let names {
                return try StandardOutput.write(InstalledModels.names(names, in: locator).map { $0 + "\n" }.joined())
            }
            let installed = InstalledModels(locator)
            guard !installed.rows.isEmpty else {
                throw CommandError.fatal(
                    "no model files in \(locator.places.map(\.directory.line).joined(separator: ", "))")
            }
            try Table.write(installed.rows)
        }
    }

    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the metadata of the model files.")

        @Argument(help: ArgumentHelp("The head, in place of --head.", valueName: "head"), completion: .file())
        var file: FilePath?

        @OptionGroup var models: ModelFileOptions

        func validate() throws {
            guard file == nil || models.head == nil else { throw ValidationError("Name the head once.") }
        }

        func run() throws {
            let (backbone, head) = try ModelLocator.standard().files(model: models.model, head: file ?? models.head)
            let ofBackbone = [
                ["backbone", backbone.name],
                ["  file", backbone.file.path.line],
                ["  network", type(of: backbone.network).name],
                ["  variant", backbone.network.settings],
                ["  input", try Preprocessor(backbone, head).summary],
            ]
            let ofHead = [
                ["head", head.name],
                ["  file", head.file.path.line],
                ["  classes", "\(head.classes.count)"],
                ["  layers", head.layerNames.joined(separator: ", ")],
                ["  activation", head.activation.rawValue],
                ["  belongs", head.backboneSHA256 == backbone.sha256 ? "to this backbone" : "to another backbone"],
            ]
            let ofTraining = head.training.map { training in
                [
                    ["  trained", "on \(training.photos.reduce(0, +)) photos, \(training.date)"],
                    [
                        "  photos",
                        zip(head.classes, training.photos).map { "\($0.label) \($1)" }.joined(separator: ", "),
                    ],
                    ["  held out", training.heldOut],
                    [
                        "  lambda",
                        "\(Float(training.regularization)), "
                            + "temperature \(NumberText.fixed(training.temperature, digits: 3))",
                    ],
                    ["  rejection", head.rejection == nil ? "off" : "detects photos unlike the training photos"],
                    ["  command", training.command],
                ]
            } ?? []
            let ofProcessor = [
                ["kernels", ProcessorKernels.best.instructionSet.rawValue],
                ["  bf16", instructions(.bf16)],
                ["  int8", instructions(.int8)],
                ["  auto", ProcessorKernels.best.fastestAccurate(among: backbone.network.accuratePrecisions).rawValue],
            ]
            try Table.write(
                ofBackbone + provenance(backbone.file) + ofHead + ofTraining + provenance(head.file) + ofProcessor)
        }

        private func instructions(_ precision: Precision) -> String {
            let kernels = ProcessorKernels.best
            guard kernels.isFast(precision), let products = kernels.products(precision) else {
                return "no faster than fp32 here"
            }
            return products.instructions
        }

        private func provenance(_ file: SafetensorsFile) -> [[String]] {
            [
                ("source", .source), ("licence", .license), ("source SHA-256", .sourceSHA256),
                ("data SHA-256", .dataSHA256),
            ]
                .map { (title: String, key: MetadataKey) in ["  \(title)", file[key] ?? "unknown"] }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify checksums, shapes and values, and that head and backbone match.")

        @OptionGroup var models: ModelOptions

        func run() throws {
            let model = try models.model()
            for file in [model.extractor.backbone.file, model.head.file] {
                try file.verify()
                try StandardOutput.write(
                    "\(file.path.line): good, \(file.tensors.count) tensors, \(file[.dataSHA256] ?? "")\n")
            }
        }
    }

    struct Paths: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "path", abstract: "Print the paths of the model files that are used.")

        @OptionGroup var models: ModelFileOptions

        func run() throws {
            let (backbone, head) = try models.files()
            // Scripts need the path's own bytes.
            for file in [backbone.file, head.file] { try StandardOutput.write(file.path.bytes + "\n".utf8) }
        }
    }
}

extension TrainingRecord {
    fileprivate var heldOut: String {
        guard let heldOutRight, let folds else { return "nothing" }
        return "\(Share(heldOutRight, of: photos.reduce(0, +)).line) right, in \(folds) folds"
    }
}

extension Preprocessor {
    fileprivate var summary: String {
        let fit =
            switch resize {
            case .squash: "squashed"
            case .centerCrop(let side): "shorter side to \(side), center crop"
            }
        let looks = views == 1 ? "" : ", \(views) views"
        return "\(size)x\(size), \(fit)\(looks), \(filter.rawValue), mean \(mean), deviation \(std)"
    }
}
