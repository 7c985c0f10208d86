import ArgumentParser
import PhotoCollections
import Platform
import Synchronization
import Xception

struct SimilarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similar",
        abstract: "Find the photos that look most like a photo.",
        discussion: """
            The query is compared with every photo, by the network's features. The similarity is 1 for the same \
            picture, about 0.5 and more for the same kind of thing, and near 0 for unrelated photos.

            Examples:
              xception similar cat.jpg --in ~/Pictures
                                             compute all photos now, or
              xception index photos.xdb ~/Pictures
                                             compute them once, and
              xception similar cat.jpg --collection photos.xdb
                                             search them in a moment
              xception similar -k 100 --min 0.6 -l cat.jpg --collection photos.xdb
              curl -s URL | xception similar - --collection photos.xdb
            """)

    @Argument(
        help: ArgumentHelp("Photos to compare with, or - for one on standard input.", valueName: "query"),
        completion: .file())
    var queries: [FilePath] = []

    @OptionGroup(title: "Input") var collections: CollectionOptions

    @Option(
        name: .customLong("in"), parsing: .upToNextOption,
        help: ArgumentHelp("Search these images and directories.", valueName: "path"), completion: .file())
    var places: [FilePath] = []

    @Option(
        name: [.customShort("k", allowingJoined: true), .long],
        help: ArgumentHelp("Number of photos per query.", valueName: "n"))
    var top = 10

    @Option(help: ArgumentHelp("Leave out photos less similar than this, from -1 to 1.", valueName: "s"))
    var min: Double = -1

    @Flag(name: [.customShort("l"), .long], help: "Write only paths.")
    var list = false

    @Flag(name: [.customShort("0"), .long], help: "With --list: separate paths by NUL.")
    var null = false

    @OptionGroup(title: "Output") var output: OutputOptions<ListFormat>

    @OptionGroup(title: "Output") var reportOptions: ReportOptions

    @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

    @OptionGroup(title: "Model") var models: ModelOptions

    @OptionGroup(title: "Run") var runOptions: RunOptions

    func validate() throws {
        guard top >= 1 else { throw ValidationError("--top must be at least 1, not \(top).") }
        guard (-1...1).contains(min) else { throw ValidationError("--min must be between -1 and 1, not \(min).") }
        guard collections.collection == nil || places.isEmpty else {
            throw ValidationError("--collection and --in contradict each other: index the photos of --in first.")
        }
        guard !places.contains(.standardInput) else { throw ValidationError("--in takes images and directories.") }
        guard !output.resume else {
            throw ValidationError("similar writes no file that can be continued; leave out --resume.")
        }
        guard !list || (output.asked ?? .text) == .text else {
            throw ValidationError("--list writes paths; leave out --format.")
        }
        guard !null || list else { throw ValidationError("--null goes with --list.") }
    }

    func run() throws {
        guard !queries.isEmpty else {
            throw CommandError.usage("no query: give a photo to compare with; see xception similar --help")
        }
        guard collections.collection != nil || !places.isEmpty else {
            throw CommandError.usage("nothing to search: give --collection FILE or --in PATH")
        }
        let run = try PhotoRun(models, preprocessing, runOptions, collections, adding: false)
        let inputs = RunInput(paths: queries, list: nil, isNULSeparated: false, isFramed: false)
        let overwriteCheck = OverwriteCheck(
            inputs: RunInput(paths: queries + places, list: nil, isNULSeparated: false, isFramed: false),
            models: [run.extractor.backbone.file.path] + (collections.collection.map { [$0] } ?? []))
        try overwriteCheck.check(
            [output.file, reportOptions.report].compactMap(\.self).map { OutputFile(path: $0, isForced: output.force) })
        // A picture without any features has no direction.
        let found = Mutex<[(name: ImageName, direction: SimilarityQuery?)]>([])
        let summary = try run.features(of: inputs) { [mean = run.mean] name, photo in
            found.withLock { $0.append((name, SimilarityQuery(photo.features.values, mean: mean))) }
        }
        let asked = found.withLock { $0 }
        let directions = asked.compactMap(\.direction)
        var answers = asked.filter { $0.direction != nil }.map { SimilarPhotos(query: $0.name, neighbors: []) }
        let unusable = asked.filter { $0.direction == nil }.map(\.name)
        for name in unusable { StandardError.write("\(name.line): has no features that others could be compared with") }
        var failed = summary.failed + unusable.count
        guard summary.signal == nil else { return try summary.requireSuccess(inputs) }
        if !directions.isEmpty {
            let neighbors: [[SimilarPhotos.Neighbor]]
            if let collection = run.collection {
                neighbors = try search(collection, directions, run)
            } else {
                let inputs = RunInput(paths: places, list: nil, isNULSeparated: false, isFramed: false)
                let gathering = GatheredNeighbors(directions, count: top, minimum: min)
                let summary = try run.features(of: inputs) { name, photo in
                    gathering.add(name.path, photo)
                }
                guard summary.signal == nil, summary.hasResults else { return try summary.requireSuccess(inputs) }
                failed += summary.failed
                neighbors = gathering.results
            }
            for (index, neighbors) in neighbors.enumerated() { answers[index].neighbors = neighbors }
            try write(answers)
            if let report = reportOptions.report {
                try SimilarPhotos.pages(answers).write(to: report, run.preparation, threads: run.threads) {
                    files throws(CommandError) in
                    try overwriteCheck.check(files.map { OutputFile(path: $0, isForced: output.force) })
                }
            }
        }
        if failed > 0 { throw CommandError.imagesFailed }
    }

    private func search(
        _ collection: SharedCollection, _ directions: [SimilarityQuery], _ run: PhotoRun
    ) throws -> [[SimilarPhotos.Neighbor]] {
        Cancellation.listen()
        try collection.requirePhotos()
        let (top, min, kernels, threads) = (top, min, run.kernels.rows, run.threads)
        let found = try collection.withCollection { collection throws(CollectionError) in
            let nearest = try collection.nearest(
                to: directions, count: top, minimum: min, kernels: kernels, threads: threads,
                isCancelled: { Cancellation.ofProcess.isRequested })
            guard let nearest else { return nil as [[SimilarPhotos.Neighbor]]? }
            var results: [[SimilarPhotos.Neighbor]] = []
            for neighbors in nearest {
                var photos: [SimilarPhotos.Neighbor] = []
                for neighbor in neighbors {
                    guard let photo = try collection.photo(neighbor.id), let values = photo.features else { continue }
                    photos.append(SimilarPhotos.Neighbor(
                        path: photo.file.path, width: values.width, height: values.height,
                        similarity: neighbor.similarity))
                }
                results.append(photos)
            }
            return results
        }
        guard let found else { throw CommandError.interrupted(signal: Cancellation.ofProcess.signal ?? SIGINT) }
        return found
    }

    private func write(_ answers: [SimilarPhotos]) throws(CommandError) {
        let destination =
            if let file = output.file { try OutputDestination(replacing: file) } else { OutputDestination() }
        if list {
            for answer in answers {
                for neighbor in answer.neighbors {
                    try destination.write(neighbor.path.bytes + [null ? 0 : UInt8(ascii: "\n")])
                }
            }
        } else {
            try destination.write(SimilarPhotos.text(answers, in: output.asked ?? .standard))
        }
        _ = try destination.finish(isComplete: true)
    }
}
