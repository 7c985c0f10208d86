import ArgumentParser
import Images
import ModelFiles
import PhotoCollections
import Platform
import Xception

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a head on your own classes.",
        discussion: """
            DIR has a folder per class; a CSV file has lines of path,label. The result is a head that every \
            command accepts: xception --head my.head.safetensors photo.jpg

            The backbone is not changed: training fits a linear layer on its features, which takes seconds \
            once the features are computed. Every figure comes from photos that were held out in five folds; \
            copies of a photo are detected and held out together.

            Examples:
              xception train waste/ -o waste.head.safetensors
              xception train labels.csv -o my.head.safetensors --balance
              xception train waste/ -o waste.head.safetensors --collection photos.xdb
              xception train plants/ -o p.head.safetensors --groups '(plant[0-9]+)_'
            """)

    @Argument(
        help: ArgumentHelp("A folder per class, or a CSV file of path and label.", valueName: "dir|csv"),
        completion: .file())
    var input: FilePath

    @OptionGroup(title: "Input") var collections: CollectionOptions

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: ArgumentHelp("The head's file, such as waste.head.safetensors.", valueName: "file"), completion: .file())
    var output: FilePath

    @Option(help: ArgumentHelp("The head's name (default: that of the output file).", valueName: "name"))
    var name: String?

    @Flag(help: "Give all classes the same weight, regardless of their numbers of photos.")
    var balance = false

    @Option(help: ArgumentHelp("Strength of the regularization (default: 0.0003 / classes).", valueName: "lambda"))
    var l2: Double?

    @Option(help: ArgumentHelp(
        "Hold out photos of the same thing together: folder, or a regular expression whose match in the path names "
            + "the thing.",
        valueName: "folder|regex"))
    var groups: String?

    @Flag(help: "Make a head that does not detect photos unlike the training photos.")
    var noReject = false

    @Flag(help: "Replace an existing file even if it is not a trained head; never an input or a model.")
    var force = false

    @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

    @OptionGroup(title: "Model") var models: ModelOptions

    @OptionGroup(title: "Run") var runOptions: RunOptions

    func validate() throws {
        guard output != FilePath(""), output != .standardInput else {
            throw ValidationError("--output needs the name of a file.")
        }
        if let l2, !(l2 > 0 && l2.isFinite) { throw ValidationError("--l2 must be more than 0, not \(l2).") }
        if let name, name.isEmpty || name != name.printable {
            throw ValidationError("--name must be a name on one line.")
        }
    }

    func run() throws {
        let labelled = try LabelledImages(input)
        if !runOptions.quiet { for note in labelled.notes { StandardError.write(note) } }
        try Self.check(classes: labelled.classes.count, input)
        let rule = groups.map(GroupRule.init(argument:))
        _ = try rule?.keys([])

        let extractor = try models.extractor()
        let preprocessor = preprocessing.preprocessor(extractor.preprocessor)
        let collection = try collections.open(for: CollectionOrigin(extractor, preprocessing, preprocessor))
        let preparation = ImagePreparation(
            decoding: preprocessing.decoding(for: preprocessor), preprocessor: preprocessor)
        let inputs = RunInput(paths: labelled.photos.map(\.path), list: nil, isNULSeparated: false, isFramed: false)
        let job = ImageJob(
            inputs: inputs, extractor: extractor, head: nil, preparation: preparation, options: runOptions)
        let records = CollectedRecords<PhotoDescription>()
        let output = HeadFile(self.output, force: force)
        let task = DescriptionTask(collection: collection)
        let summary = try job.run(task, to: [output.reserving(records)], with: collection)
        if let signal = summary.signal {
            output.abandon()
            throw CommandError.interrupted(signal: signal)
        }
        let clock = ContinuousClock()
        let start = clock.now
        do throws(any Error) {
            let photos = try TrainingPhotos(labelled, records.results, isQuiet: runOptions.quiet)
            try Self.check(classes: photos.classes.count, input)
            var groups = PhotoGroups(count: photos.paths.count)
            if let rule { groups.join(by: try rule.keys(photos.paths)) }
            let paths = photos.paths
            try groups.joinCopies(photos.descriptions, kernels: extractor.kernels, threads: runOptions.threads.count) {
                photo in
                guard let decoded = try? preparation.decode(.file(paths[photo]), until: Cancellation()) else {
                    return nil
                }
                return try? AlignmentPicture(decoded.image)
            }
            let set = photos.trainingSet(groups: groups.numbers)
            let featureCount = set.features[0].count
            var training = HeadTraining(
                genericMean: GenericMean.standard(featureCount: featureCount).values, threads: runOptions.threads.count)
            training.regularization = l2
            training.isBalanced = balance
            if noReject { training.rejectedShare = nil }
            let head = training(set)
            let report = TrainingReport(
                photos: photos, groups: groups, head: head, file: self.output, failed: summary.failed,
                featureSeconds: summary.seconds, fitSeconds: (clock.now - start).milliseconds / 1e3,
                wantsRejection: !noReject)
            let file = try head.file(
                name: name ?? self.output.headName, classes: photos.classes, photos: set.counts,
                heldOutRight: report.heldOut?.top1.count, backbone: extractor.backbone,
                preprocessor: preprocessor, command: commandLine)
            try output.write(file)
            try StandardOutput.write(report.text)
        } catch {
            output.abandon()
            throw error
        }
        try summary.requireSuccess(inputs)
    }

    /// The most classes. More would need more memory than was measured: some 200 MB at the limit.
    private static let maximumClasses = 1000

    private static func check(classes count: Int, _ input: FilePath) throws(CommandError) {
        guard count >= 2 else {
            throw .fatal(
                "\(input.line): there \(count == 1 ? "is one class" : "are no classes"), and training needs two; "
                    + "\(LabelledImages.layout)"
            )
        }
        guard count <= maximumClasses else {
            throw .fatal("\(input.line): there are \(count) classes; at most \(maximumClasses) can be trained")
        }
    }

    /// The command line, without options that do not affect the head's bytes.
    private var commandLine: String {
        var words = ["xception train", input.line]
        if balance { words.append("--balance") }
        if let l2 { words.append("--l2 \(l2)") }
        if let groups { words.append("--groups \(groups.quoted)") }
        if noReject { words.append("--no-reject") }
        if let collection = collections.collection { words.append("--collection \(collection.line)") }
        return words.joined(separator: " ")
    }
}

extension FilePath {
    /// The file's name without the ending of every head's name.
    fileprivate var headName: String {
        let name = String(decoding: lastComponent, as: UTF8.self).printable
        for suffix in [ModelLocator.headSuffix, ".safetensors"]
        where name.hasSuffix(suffix) && name.count > suffix.count {
            return String(name.dropLast(suffix.count))
        }
        return name
    }
}
