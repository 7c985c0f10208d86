import ArgumentParser
import ModelFiles
import Platform
import Xception

/// The model files in all places, and their use without `--model` and `--head`.
struct InstalledModels {
    /// Rows of state, kind, name for `--model` or `--head`, place, path.
    let rows: [[String]]

    init(_ locator: ModelLocator) {
        let head = (try? locator.head()).flatMap { try? Head(path: $0) }
        let backbone = head.flatMap { try? locator.backbone(for: $0) }
        rows = Self.rows(
            "backbone", locator.all(suffix: ModelLocator.backboneSuffix), used: backbone?.file.path,
                name: { String($0.dropLast(ModelLocator.backboneSuffix.count)) },
            isUsable: { (try? Backbone(path: $0)) != nil })
            + Self.rows(
                "head", locator.all(suffix: ModelLocator.headSuffix), used: head?.file.path,
                name: { String($0.dropLast(ModelLocator.headSuffix.count)) }, isUsable: { (try? Head(path: $0)) != nil }
            )
    }

    /// The kind of a model file.
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case backbone, head

        var suffix: String { self == .head ? ModelLocator.headSuffix : ModelLocator.backboneSuffix }
    }

    /// Returns the names that `--model` or `--head` finds, sorted, without those that would break a line.
    static func names(_ kind: Kind, in locator: ModelLocator) -> [String] {
        let names = locator.all(suffix: kind.suffix).compactMap {
            String(validating: $0.path.lastComponent, as: UTF8.self)
        }
        return Set(names.map { String($0.dropLast(kind.suffix.count)) }.filter { $0 == $0.printable }).sorted()
    }

    /// Returns the rows of one kind of file.
    ///
    /// - Parameter name: returns the name by which `--model` or `--head` finds a file.
    private static func rows(
        _ kind: String, _ found: [ModelLocator.Found], used: FilePath?, name: (String) -> String,
        isUsable: (FilePath) -> Bool
    ) -> [[String]] {
        var seen: Set<[UInt8]> = []
        return found.map { file in
            let isFirst = seen.insert(Array(file.path.lastComponent)).inserted
            let state =
                if !isUsable(file.path) { "damaged" } else if file.path == used { "used" } else if isFirst {
                    "available"
                } else { "shadowed" }
            return [
                state, kind, name(String(decoding: file.path.lastComponent, as: UTF8.self)), file.place.name,
                file.path.line,
            ]
        }
    }
}
