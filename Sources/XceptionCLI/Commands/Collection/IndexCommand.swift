import ArgumentParser
import PhotoCollections
import Platform
import Xception

struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Make or update a collection: the features of photos in one file.",
        discussion: """
            A collection is an SQLite database with two kilobytes per photo. New and changed photos are computed, \
            unchanged ones are not opened, missing ones are removed, and moved or renamed ones are recognised. \
            Ctrl-C or a crash loses a few seconds of work; the next run continues.

            Examples:
              xception index photos.xdb ~/Pictures            make or update a collection
              xception index photos.xdb                       show what is in it
              xception index photos.xdb --verify              check it
              xception similar cat.jpg --collection photos.xdb
              xception duplicates --collection photos.xdb
            """)

    @Argument(help: ArgumentHelp("The collection.", valueName: "file"), completion: .file())
    var collection: FilePath

    @OptionGroup(title: "Input") var input: InputOptions

    @Flag(help: "Keep photos whose files are gone.")
    var keepMissing = false

    @Flag(help: "Check the collection: its pages, and each photo's sums.")
    var verify = false

    @Flag(help: "Describe the collection as JSON.")
    var json = false

    @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

    @OptionGroup(title: "Model") var models: ModelOptions

    @OptionGroup(title: "Run") var runOptions: RunOptions

    func validate() throws {
        guard collection != FilePath(""), collection != .standardInput else {
            throw ValidationError("index needs the name of a collection's file.")
        }
        guard !input.framed, !input.paths.contains(.standardInput) else {
            throw ValidationError("A collection holds files; standard input has no name.")
        }
        guard !input.namesPhotos || !verify && !json else {
            throw ValidationError("--verify and --json look at a collection; leave out the photos.")
        }
    }

    func run() throws {
        if input.namesPhotos { try update() } else { try show() }
    }

    private func update() throws {
        let inputs = try input.inputs()
        let extractor = try models.extractor()
        let preprocessor = preprocessing.preprocessor(extractor.preprocessor)
        let origin = CollectionOrigin(extractor, preprocessing, preprocessor)
        let shared: SharedCollection
        do throws(CollectionError) {
            shared = SharedCollection(
                try PhotoCollection(collection, creatingFor: origin, version: ProgramVersion.number))
        } catch {
            throw CommandError(error)
        }
        let job = ImageJob(
            inputs: inputs, extractor: extractor, head: nil,
            preparation: ImagePreparation(
                decoding: preprocessing.decoding(for: preprocessor), preprocessor: preprocessor),
            options: runOptions)
        let images = try IndexImages(shared)
        let summary = try job.run(
            FeatureTask(mean: shared.mean), to: [RunOutput { CollectionSink(shared) }], knowing: images)
        try shared.check()
        let (unchanged, moved) = images.counts
        var parts = ["\(summary.images - summary.failed) computed", "\(unchanged) unchanged"]
        if moved > 0 { parts.append("\(moved) moved") }
        if summary.failed > 0 { parts.append("\(summary.failed) failed") }
        // A stopped run has not looked for all photos; and if none is there, a disk may be missing.
        if !keepMissing, summary.isComplete, summary.hasResults {
            let gone = try images.removeMissing(below: inputs.paths)
            if gone > 0 { parts.append("\(gone) gone") }
        }
        if !runOptions.quiet, summary.hasResults {
            try StandardOutput.write("\(collection.line): \(parts.joined(separator: ", "))\n")
        }
        try summary.requireSuccess(inputs)
    }

    private func show() throws {
        let contents: CollectionContents
        do throws(CollectionError) {
            let collection = try PhotoCollection(collection, readOnly: true)
            if verify { try collection.verify() }
            contents = try CollectionContents(collection)
        } catch {
            throw CommandError(error)
        }
        if json {
            try StandardOutput.write(contents.json + "\n")
        } else if verify {
            try StandardOutput.write("\(collection.line): good, \(NumberText.counted(contents.photos, "photo"))\n")
        } else {
            try Table.write(contents.rows)
        }
    }
}
