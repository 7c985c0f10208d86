import ArgumentParser
import Images
import PhotoCollections
import Platform
import Xception

struct DuplicatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duplicates",
        abstract: "Find groups of photos that show the same picture.",
        discussion: """
            Copies may be resized, recompressed, converted, turned, mirrored, cropped, framed, lettered, brightened \
            or made grey. Different photos of the same thing are not duplicates, unless --bursts asks for them. All \
            pairs are compared.

            One photo per group is kept: the one with the most pixels, then the least compressed, then the oldest. \
            Nothing is deleted.

            Examples:
              xception duplicates ~/Pictures
              xception duplicates --collection photos.xdb --format jsonl
              xception duplicates --reference ~/Archive ~/Archive ~/Downloads
              xception duplicates -l -0 --collection photos.xdb | xargs -0 -r ls -l
                                             the removable photos
            """)

    @OptionGroup(title: "Input") var input: InputOptions

    @OptionGroup(title: "Input") var collections: CollectionOptions

    @Option(
        help: ArgumentHelp("Keep photos below this directory rather than others.", valueName: "dir"),
        completion: .directory)
    var prefer: [FilePath] = []

    @Option(
        help: ArgumentHelp("Never list photos below this directory as removable.", valueName: "dir"),
        completion: .directory)
    var reference: [FilePath] = []

    @Option(help: ArgumentHelp(
        "Least cosine of two photos' features for comparing their pixels, from 0.5 to 1.", valueName: "c"))
    var threshold: Float = DuplicateRule().cosine

    @Flag(help: "Also group different photos of one moment: by features alone.")
    var bursts = false

    @Flag(name: [.customShort("l"), .long], help: "Write only the paths of removable photos.")
    var list = false

    @OptionGroup(title: "Output") var output: OutputOptions<ListFormat>

    @OptionGroup(title: "Output") var reportOptions: ReportOptions

    @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

    @OptionGroup(title: "Model") var models: ModelOptions

    @OptionGroup(title: "Run") var runOptions: RunOptions

    func validate() throws {
        guard (0.5...1).contains(threshold) else {
            throw ValidationError("--threshold must be between 0.5 and 1, not \(threshold).")
        }
        guard !input.framed, !input.paths.contains(.standardInput) else {
            throw ValidationError("duplicates compares files; standard input has no name.")
        }
        guard !output.resume else {
            throw ValidationError("duplicates compares all photos again; leave out --resume, or use --collection.")
        }
        guard !list || (output.asked ?? .text) == .text else {
            throw ValidationError("--list writes paths; leave out --format.")
        }
        guard !input.null || !input.filesFrom.isEmpty || list else {
            throw ValidationError("--null goes with --files-from or --list.")
        }
    }

    func run() throws {
        guard input.namesPhotos || collections.collection != nil else {
            throw CommandError.usage(
                "no input: give images or directories, or --collection FILE; see xception duplicates --help")
        }
        let run = try PhotoRun(models, preprocessing, runOptions, collections, adding: input.namesPhotos)
        let inputs = try input.inputs(orAllOf: run.collection)
        let overwriteCheck = OverwriteCheck(
            inputs: inputs, models: [run.extractor.backbone.file.path] + (collections.collection.map { [$0] } ?? []))
        try overwriteCheck.check(
            [output.file, reportOptions.report].compactMap(\.self).map { OutputFile(path: $0, isForced: output.force) })

        let gathered = GatheredPhotos(references: reference, preferred: prefer)
        var failed = 0
        if input.namesPhotos {
            let summary = try run.features(of: inputs) { name, photo in gathered.add(name.path, photo) }
            guard summary.signal == nil, summary.hasResults else { return try summary.requireSuccess(inputs) }
            failed = summary.failed
        } else if let collection = run.collection {
            try collection.requirePhotos()
            try collection.withCollection { collection throws(CollectionError) in
                // Before paths are gathered, which take a part of that.
                try ComparedPhotos.checkMemory(
                    featureCount: collection.origin.featureCount, capacity: collection.counts().photos)
                try collection.forEachFile { id, file, width, height in
                    gathered.add(id, file, width: width, height: height)
                }
            }
        }
        let (photos, compared) = try gathered.sorted(featureCount: run.mean.values.count, from: run.collection)
        var rule = DuplicateRule()
        rule.cosine = threshold
        if bursts { rule.momentCosine = DuplicateRule.defaultMomentCosine }
        Cancellation.listen()
        let search = DuplicateSearch(
            compared, rule: rule, kernels: run.kernels, threads: run.threads,
            isCancelled: { Cancellation.ofProcess.isRequested }
        ) { [decoding = run.preparation.decoding] index in AlignmentPicture(photos[index].path, decoding) }
        let progress =
            runOptions.quiet || runOptions.noProgress || isatty(STDERR_FILENO) == 0 || !Terminal.obeysEscapeSequences
            ? nil : ProgressBar()
        let result = search.groups { done in
            progress?.show(RunSummary(images: done), total: photos.count)
        }
        progress?.erase()
        guard let result else { throw CommandError.interrupted(signal: Cancellation.ofProcess.signal ?? SIGINT) }
        if !result.unreadable.isEmpty, !runOptions.quiet {
            StandardError.write(
                "\(NumberText.counted(result.unreadable.count, "photo")) could not be read again to be compared by "
                    + "pixels, such as \(photos[result.unreadable.min()!].path.line)")
        }
        var groups: [DuplicatePhotos] = []
        var lacking: [ComparedPhoto] = []
        for group in result.groups.map({ DuplicatePhotos($0, among: photos) }) {
            switch group.remaining {
            case .group(let group): if !group.removable.isEmpty { groups.append(group) }
            case .nothing: break
            case .lacksKept: lacking.append(group.kept)
            }
        }
        if let first = lacking.first, !runOptions.quiet {
            StandardError.write(
                "\(NumberText.counted(lacking.count, "group")) left out, since the photo to keep is gone or has "
                    + "changed, such as \(first.path.line); update the collection with xception index")
        }
        try write(groups)
        if let report = reportOptions.report {
            try DuplicatePhotos.pages(groups).write(to: report, run.preparation, threads: run.threads) {
                files throws(CommandError) in
                try overwriteCheck.check(files.map { OutputFile(path: $0, isForced: output.force) })
            }
        }
        if failed > 0 { throw CommandError.imagesFailed }
    }

    private func write(_ groups: [DuplicatePhotos]) throws(CommandError) {
        let destination =
            if let file = output.file { try OutputDestination(replacing: file) } else { OutputDestination() }
        if list {
            for photo in groups.flatMap(\.removable) {
                try destination.write(photo.path.bytes + [input.null ? 0 : UInt8(ascii: "\n")])
            }
        } else {
            try destination.write(DuplicatePhotos.text(groups, in: output.asked ?? .standard))
        }
        _ = try destination.finish(isComplete: true)
    }
}

extension AlignmentPicture {
    /// Makes the small picture of a photo.
    ///
    /// - Returns: nil if the photo cannot be read.
    init?(_ path: FilePath, _ decoding: DecodeOptions) {
        var decoding = decoding
        // Far smaller than the network's input.
        decoding.minimumScaledSide = 160
        guard let bytes = try? FileBytes.reading(path, limit: decoding.maximumMemory),
            let image = try? bytes.decoded(decoding),
            let picture = try? AlignmentPicture(image)
        else { return nil }
        self = picture
    }
}
