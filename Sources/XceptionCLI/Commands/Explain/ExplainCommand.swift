import ArgumentParser
import Images
import Platform
import Xception

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show the evidence for a class in a photo.",
        discussion: """
            Writes the class activation map (Zhou et al. 2016): the contribution of each place of the network's last \
            feature map to the class's logit; the logit is the mean of the map plus the class's bias. For a head with \
            hidden layers it is Grad-CAM. With two views the map is that of the first, the whole photo, while the probability \
            is that of both.

            Examples:
              xception explain photo.jpg                    the best class, in the terminal
              xception explain photo.jpg -o heat.png        on the photo, in its own size
              xception explain -k 3 photos/ -o maps/        a picture per photo, three classes side by side
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
        let folder = try folder(inputs)
        let format = output.asked ?? (folder == nil ? .standard : .png)
        try check(format, inputs, hasFolder: folder != nil)
        let model = try models.model()
        let index = try className.map { name throws(CommandError) in
            let names = ClassNames(model.head.classes)
            guard let index = names[name] else { throw .usage("--class \(name.quoted) \(names.complaint(name))") }
            return index
        }
        let preprocessor = preprocessing.preprocessor(model.extractor.preprocessor)
        let explainer = try Explainer(model.head, preprocessor)
        var decoding = preprocessing.decoding(for: preprocessor)
        // Pictures have the photo's own size.
        if format.encoding != nil { decoding.minimumScaledSide = nil }
        let job = ImageJob(
            inputs: inputs, extractor: model.extractor, head: model.head,
            preparation: ImagePreparation(decoding: decoding, preprocessor: preprocessor), options: runOptions)
        let task = ExplanationTask(
            head: model.headWeights, explainer: explainer, classIndex: index, top: min(top, model.head.classes.count),
            picture: picture(format, limit: decoding.maximumMemory))
        let summary = try job.run(task, to: [records(format, folder, job)])
        try summary.requireSuccess(inputs)
    }

    private func picture(_ format: ExplanationFormat, limit: Int) -> PictureKind? {
        if let encoding = format.encoding { return .file(encoding, limit: limit) }
        guard format == .text, output.file == nil, Terminal.hasColor(STDOUT_FILENO), Terminal.hasUnicode,
            let columns = Terminal.columns(of: STDOUT_FILENO)
        else { return nil }
        return .small(side: max(1, min(columns - 3, Self.terminalSide)))
    }

    /// Pixels, which are half as high as a line.
    private static let terminalSide = 48

    private func records(
        _ format: ExplanationFormat, _ folder: FilePath?, _ job: ImageJob
    ) -> RunOutput<ExplainedPhoto> {
        if let folder, let encoding = format.encoding {
            let (check, isForced) = (job.overwriteCheck, output.force)
            return RunOutput { () throws(CommandError) in
                try PictureFolder(folder, ending: encoding.rawValue, check: check, isForced: isForced)
            }
        }
        switch format {
        case .text: return output.document(MapTextFormat(hasTrueColor: Terminal.hasTrueColor))
        case .json: return output.document(MapJSONFormat())
        case .png, .jpeg: return output.whole { PictureFile($0) }
        }
    }

    /// Returns the directory that the output names; nil if it names none.
    ///
    /// - Throws: ``CommandError`` if photos are searched for there: they would include an earlier run's pictures.
    private func folder(_ inputs: RunInput) throws(CommandError) -> FilePath? {
        guard let file = output.file, file.bytes.last == UInt8(ascii: "/") || FileStatus(file)?.isDirectory == true
        else { return nil }
        let folder = FilePath(bytes: file.bytes.reversed().drop { $0 == UInt8(ascii: "/") }.reversed())
        guard folder != FilePath("") else { return file }
        for path in inputs.paths where FileStatus(path)?.isDirectory == true {
            guard !folder.absolute.isBelow(path.absolute) else {
                throw .usage(
                    "--output \(file.line) is in \(path.line), where photos are searched for; name a directory elsewhere")
            }
        }
        return folder
    }

    private func check(_ format: ExplanationFormat, _ inputs: RunInput, hasFolder: Bool) throws(CommandError) {
        guard format.encoding != nil else {
            guard !hasFolder else {
                throw .usage(
                    "--output \(output.file!.line) is a directory, which takes pictures; name a file for \(format.rawValue)")
            }
            return
        }
        guard !hasFolder else { return }
        guard inputs.isSingleImage else {
            throw .usage("a file takes the picture of one photo; for those of several name a directory: --output maps/")
        }
        guard output.file != nil || isatty(STDOUT_FILENO) == 0 else {
            throw .usage(
                "a terminal shows no \(format.rawValue) file; name one: --output heat.\(format.encoding!.rawValue)")
        }
    }
}

/// Computes class activation maps.
struct ExplanationTask: ImageTask {
    let head: HeadWeights
    let explainer: Explainer
    /// The class; nil for the most probable ones.
    let classIndex: Int?
    let top: Int
    /// The kind of picture; nil for none.
    let picture: PictureKind?

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> ExplainedPhoto {
        let (features, means) = try session.featureMap(input)
        let scores = try session.scores(ofFeatures: means, head)
        let part = explainer.part(of: image)
        let best = scores.top(classIndex == nil ? top : scores.classes.count)
        let explained = best.filter { classIndex == nil || $0.index == classIndex }
        var photo = ExplainedPhoto(explanations: explained.map { prediction in
            let map = explainer.map(of: prediction.index, features, means)
            let box = map.strongestRegion.map { region in
                part.pixels(columns: region.columns, rows: region.rows, of: (map.plane.width, map.plane.height))
            }
            return Explanation(prediction: prediction, map: map, box: box)
        })
        do throws(ImageError) {
            photo.picture = try picture?.draw(photo.explanations, explainer, input, image)
        } catch {
            throw .image(error)
        }
        return photo
    }
}

enum ExplanationFormat: String, CommandFormat {
    case text, json, png, jpeg

    static let standard = text

    var grows: Bool { false }

    var endings: [String] {
        switch self {
        case .text: []
        case .json: [".json", ".jsonl"]
        case .png: [".png"]
        case .jpeg: [".jpg", ".jpeg"]
        }
    }

    /// The encoding of a picture; nil for other formats.
    var encoding: PictureKind.Encoding? {
        switch self {
        case .text, .json: nil
        case .png: .png
        case .jpeg: .jpeg
        }
    }
}
