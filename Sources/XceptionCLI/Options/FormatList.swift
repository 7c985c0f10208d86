import ArgumentParser
import Images

/// The formats of `--formats`, such as `jpeg,png`.
struct FormatList: ExpressibleByArgument {
    let formats: Set<ReadableFormat>

    static let all = FormatList(formats: Set(ReadableFormat.allCases))
    static var allValueStrings: [String] { ReadableFormat.allCases.map(\.rawValue) }

    private init(formats: Set<ReadableFormat>) {
        self.formats = formats
    }

    /// Parses a list.
    ///
    /// - Returns: nil if the text is not a list of formats, or of endings of their files' names, separated by commas.
    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false)
        let formats = names.compactMap { name in
            ReadableFormat(rawValue: name.lowercased()) ?? ReadableFormat(fileName: Array(".\(name)".utf8))
        }
        guard formats.count == names.count else { return nil }
        self.init(formats: Set(formats))
    }

    var defaultValueDescription: String { "all" }
}
