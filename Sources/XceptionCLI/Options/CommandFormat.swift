import ArgumentParser
import Platform

/// The output formats that a command writes.
protocol CommandFormat: ExpressibleByArgument, CaseIterable, Equatable, Sendable {
    /// The name that `--format` takes.
    var rawValue: String { get }
    /// The file extensions that stand for the format, in lower case.
    var endings: [String] { get }
    /// True if a file of the format grows record by record, and can be continued.
    var grows: Bool { get }
    /// The format if neither an option nor a file's name determines it.
    static var standard: Self { get }
}

extension FilePath {
    /// The last dot of the name and the text after it, if there is a name before it.
    var ending: String? {
        let name = String(decoding: lastComponent, as: UTF8.self)
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex, name.index(after: dot) < name.endIndex else {
            return nil
        }
        return String(name[dot...]).printable
    }
}

extension CommandFormat {
    /// The format that the file name's extension stands for.
    init?(nameOf file: FilePath) {
        let name = String(decoding: file.lastComponent, as: UTF8.self).lowercased()
        guard let format = Self.allCases.first(where: { $0.endings.contains(where: name.hasSuffix) }) else {
            return nil
        }
        self = format
    }

    /// The format that `--json` stands for.
    static var json: Self? { allCases.first { $0.rawValue == "json" } }

    /// The names, such as "text, json, jsonl or csv".
    static var names: String {
        let names = allCases.map(\.rawValue)
        return names.dropLast().joined(separator: ", ") + " or " + names.last!
    }
}
