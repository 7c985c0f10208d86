import Images
import Platform

/// Images in the order in which they are to be worked on.
protocol ImageSource: AnyObject {
    /// The next image or skipped file, or nil at the end. May wait for it.
    ///
    /// - Throws: ``CommandError`` if the source itself cannot be read.
    func next() throws(CommandError) -> SourceEntry?

    /// Whether ``next()`` returns at once.
    var isReady: Bool { get }
}

enum SourceEntry {
    case image(ImageInput)
    case skipped(FilePath, SkipReason)
}

/// Why a file or directory that was found is not taken.
enum SkipReason: Hashable {
    case hidden
    /// A picture in a format that is not read.
    case unsupported(ImageFormat.OtherFormat)
    case notAnImage
    /// A symbolic link to a directory.
    case link
    /// A symbolic link to a directory that it is in.
    case cycle
    /// Met before in this run.
    case repeated
    /// Left out by a pattern or a limit of the command line.
    case excluded

    /// Of one file.
    var line: String {
        switch self {
        case .hidden: "hidden"
        case .unsupported(let format): "\(format.name); only JPEG and PNG images can be read"
        case .notAnImage: "not an image"
        case .link: "a link to a directory; --follow searches it"
        case .cycle: "a symlink cycle"
        case .repeated: "met before"
        case .excluded: "excluded"
        }
    }

    /// Of `count` files.
    func line(count: Int) -> String {
        switch self {
        case .hidden: "\(count) hidden"
        case .unsupported(let format):
            // "a HEIC image" without its article
            "\(count) " + (count == 1 ? format.name.split(separator: " ").dropFirst().joined(separator: " ") : format.plural)
        case .notAnImage: NumberText.counted(count, "other file")
        case .link: NumberText.counted(count, "link") + " to directories"
        case .cycle: NumberText.counted(count, "symlink cycle")
        case .repeated: "\(count) met before"
        case .excluded: "\(count) excluded"
        }
    }

    fileprivate var rank: Int {
        switch self {
        case .unsupported: 0
        case .hidden: 1
        case .notAnImage: 2
        case .link: 3
        case .cycle: 4
        case .repeated: 5
        case .excluded: 6
        }
    }
}

extension [SkipReason: Int] {
    /// Such as "5 HEIC images, 1 hidden".
    var line: String {
        sorted { ($0.key.rank, -$0.value, $0.key.line) < ($1.key.rank, -$1.value, $1.key.line) }
            .map { $0.key.line(count: $0.value) }.joined(separator: ", ")
    }

    /// The pictures among what was skipped.
    var unsupportedImages: Self {
        filter { if case .unsupported = $0.key { true } else { false } }
    }
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
