import ArgumentParser
import PhotoCollections
import Platform
import Xception

/// The collection that features are read from and added to.
struct CollectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take features from a collection, and add those of new and changed photos to it. Where paths may be left "
                + "out: all its photos.",
            valueName: "file"),
        completion: .file())
    var collection: FilePath?

    @Flag(help: "With --collection: add nothing to it.")
    var readOnly = false

    func validate() throws {
        guard collection != FilePath(""), collection != .standardInput else {
            throw ValidationError("--collection needs the name of a file.")
        }
        guard !readOnly || collection != nil else { throw ValidationError("--read-only goes with --collection.") }
    }

    /// Checks that the collection and the images go together.
    ///
    /// - Parameter resume: true if an output file is continued.
    func validate(with input: InputOptions, resume: Bool) throws {
        guard collection != nil else { return }
        guard !input.framed else {
            throw ValidationError("--framed and --collection contradict each other: frames have no names.")
        }
        guard !resume else {
            throw ValidationError(
                "--resume and --collection contradict each other: the collection already holds the results.")
        }
    }

    /// Opens the collection, which must have been made with the model in use.
    ///
    /// - Parameter adds: true if photos may be added, unless the option forbids it.
    /// - Throws: ``CommandError``, also for a collection of another origin.
    func open(for origin: CollectionOrigin, adding adds: Bool = true) throws(CommandError) -> SharedCollection? {
        guard let path = collection else { return nil }
        do throws(CollectionError) {
            let collection = try PhotoCollection(path, readOnly: readOnly || !adds)
            try collection.check(origin)
            return SharedCollection(collection)
        } catch {
            throw CommandError(error)
        }
    }
}
