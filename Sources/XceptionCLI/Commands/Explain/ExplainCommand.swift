import ArgumentParser
import Platform
import Xception

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show the evidence for a class in a photo.",
        discussion: """
            Writes the class activation map (Zhou et al. 2016): the contribution of each place of the network's last \
            feature map to the class's logit; the logit is the mean of the map plus the class's bias. For a head with \
            hidden layers it is Grad-CAM.

            Examples:
              xception explain photo.jpg              the best class, drawn in blocks
              xception explain --class tabby photo.jpg
              xception explain -k 3 --json photo.jpg  the raw maps of three classes
            """)

    @OptionGroup(title: "Input") var input: InputOptions

    @OptionGroup(title: "Output") var output: OutputOptions<ExplanationFormat>

    @Option(name: .customLong("class"), help: ArgumentHelp("The class: its label, id or index (default: the best).", valueName: "class"))
    var className: String?

    @Option(
        name: [.customShort("k", allowingJoined: true), .long], help: ArgumentHelp("Explain the best n classes.", valueName: "n"))
    var top = 1

    @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

    @OptionGroup(title: "Model") var models: ModelOptions

    @OptionGroup(title: "Run") var runOptions: RunOptions

    func validate() throws {
        guard top >= 1 else { throw ValidationError("--top must be at least 1, not \(top).") }
        guard className == nil || top == 1 else { throw ValidationError("--class and --top contradict each other.") }
        guard !output.resume else { throw ValidationError("--resume: maps are not continued.") }
    }

    func run() throws {
        let inputs = try input.inputs()
        let model = try models.model()
        let index = try className.map { name throws(CommandError) in
            let names = ClassNames(model.head.classes)
            guard let index = names[name] else { throw .usage("--class \(name.quoted) \(names.complaint(name))") }
            return index
        }
        let preprocessor = preprocessing.preprocessor(model.extractor.preprocessor)
        guard preprocessor.views == 1 else { throw CommandError.usage("explain uses one view of a photo; leave out --views") }
        let job = ImageJob(
            inputs: inputs, extractor: model.extractor, head: model.head,
            preparation: ImagePreparation(decoding: preprocessing.decoding(for: preprocessor), preprocessor: preprocessor),
            options: runOptions)
        let task = ExplanationTask(
            head: model.headWeights, gradient: try HeadGradient(model.head), preprocessor: preprocessor, classIndex: index,
            top: min(top, model.head.classes.count))
        let hasColor = output.file == nil && Terminal.hasColor(STDOUT_FILENO)
        let format: any RecordFormat<[Explanation]> = output.asked == .json ? MapJSONFormat() : MapTextFormat(hasColor: hasColor)
        let summary = try job.run(task, to: [output.document(format)])
        try summary.requireSuccess(inputs)
    }
}

enum ExplanationFormat: String, CommandFormat {
    case text, json

    static let standard = text

    var grows: Bool { false }

    var endings: [String] { self == .json ? [".json", ".jsonl"] : [] }
}
