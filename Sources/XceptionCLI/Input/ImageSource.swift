import Images
import Platform

/// Images in the order of processing.
protocol ImageSource: AnyObject {
    /// Returns the next image or skipped file, or nil at the end. May block.
    ///
    /// - Throws: ``CommandError`` if the source itself cannot be read.
    func next() throws(CommandError) -> SourceEntry?

    /// True if ``next()`` returns at once.
    var isReady: Bool { get }
}

enum SourceEntry {
    case image(ImageInput)
    case skipped(FilePath, SkipReason)
}

/// A reason for skipping a file or directory.
enum SkipReason: Hashable {
    case hidden
    /// A picture in a format that is not read.
    case unsupported(FormatWords)
    case notAnImage
    /// A symbolic link to a directory.
    case link
    /// A symbolic link to a directory that it is in.
    case cycle
    /// Met earlier in this run.
    case repeated
    /// Left out by a pattern or a limit of the command line.
    case excluded

    /// The reason for one file, as a line.
    var line: String {
        switch self {
        case .hidden: "hidden"
        case .unsupported(let format): "\(format.name): \(format.remedy.advice)"
        case .notAnImage: "not an image"
        case .link: "a link to a directory; --follow searches it"
        case .cycle: "a symlink cycle"
        case .repeated: "met before"
        case .excluded: "excluded"
        }
    }

    /// Returns the reason for `count` files, as a line.
    func line(count: Int) -> String {
        switch self {
        case .hidden: "\(count) hidden"
        case .unsupported(let format): format.counted(count)
        case .notAnImage: NumberText.counted(count, "other file")
        case .link: NumberText.counted(count, "link") + " to directories"
        case .cycle: NumberText.counted(count, "symlink cycle")
        case .repeated: "\(count) met before"
        case .excluded: "\(count) excluded"
        }
    }

    /// True for a picture in a format that is not read.
    var isUnread: Bool {
        if case .unsupported = self { true } else { false }
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
    /// The counts, such as "5 HEIC images, 1 hidden".
    var line: String {
        sorted { ($0.key.rank, -$0.value, $0.key.line) < ($1.key.rank, -$1.value, $1.key.line) }
            .map { $0.key.line(count: $0.value) }.joined(separator: ", ")
    }

    /// The skipped pictures, with a remedy for each kind; nil if there are none.
    var unreadImages: String? {
        var kinds: [FormatWords.Remedy: [(format: FormatWords, count: Int)]] = [:]
        for case (.unsupported(let format), let count) in self {
            kinds[format.remedy, default: []].append((format, count))
        }
        guard !kinds.isEmpty else { return nil }
        return kinds.sorted { $0.key.advice < $1.key.advice }.map { remedy, kinds in
            kinds.sorted { (-$0.count, $0.format.plural) < (-$1.count, $1.format.plural) }
                .map { $0.format.counted($0.count) }.joined(separator: ", ") + " (\(remedy.advice))"
        }.joined(separator: ", ")
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

extension FormatWords {
    /// Returns the count with the format, such as "1 HEIC image".
    fileprivate func counted(_ count: Int) -> String {
        // "a HEIC image" without its article
        "\(count) " + (count == 1 ? name.split(separator: " ").dropFirst().joined(separator: " ") : plural)
    }
}

extension FormatWords.Remedy {
    fileprivate var advice: String {
        switch self {
        case .convert: "convert to JPEG or PNG first"
        case .nothing: "not an image"
        case .install(let package): "to read them: apt install \(package)"
        case .allow: "not among --formats"
        }
    }
}
