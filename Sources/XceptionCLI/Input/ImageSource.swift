import Platform

/// Images in the order in which they are to be worked on.
protocol ImageSource: AnyObject {
    /// The next image or skipped file, or nil at the end. May wait for it.
    ///
    /// - Throws: ``CommandError`` if the source itself cannot be read.
    func next() throws(CommandError) -> SourceEntry?

    /// Whether ``next()`` has something to say at once.
    var isReady: Bool { get }
}

enum SourceEntry {
    case image(ImageInput)
    case skipped(FilePath, SkipReason)
}

/// Why a directory's entry is not taken as an image.
enum SkipReason: String, CaseIterable {
    case hidden
    case notAnImage = "not an image"
    case cycle = "a symlink cycle"
}

/// One source after the other.
final class ChainedSource: ImageSource {
    private var sources: ArraySlice<any ImageSource>

    init(_ sources: [any ImageSource]) {
        self.sources = sources[...]
    }

    func next() throws(CommandError) -> SourceEntry? {
        while let source = sources.first {
            if let entry = try source.next() { return entry }
            sources.removeFirst()
        }
        return nil
    }

    var isReady: Bool { sources.first?.isReady ?? true }
}
