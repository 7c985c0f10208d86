import Xception

/// Keywords as `exiftool -json+=FILE` adds them to photos or their sidecars: one object per image that gets any, each
/// on a line.
///
/// All have a prefix that distinguishes them from the owner's, so that they can be removed.
struct ExifToolFormat: TextualFormat {
    typealias Value = Classification

    /// The first step of every keyword, without a separator.
    let prefix: String
    /// The place of predictions in the tree; nil if the head has no concepts.
    let concepts: HeadConcepts?
    /// True if the keywords go to a sidecar, a file with the photo's name and `.xmp`.
    let isForSidecars: Bool

    func header() -> String { "[" }
    func footer(_ summary: RunSummary) -> String { "]\n" }

    func entry(_ record: ImageRecord<Classification>, isFirst: Bool) -> String {
        guard case .success(let result) = record.outcome else { return "" }
        let paths = paths(result.value).map { $0.map(Self.keyword) }.filter { !$0.isEmpty }
        guard !paths.isEmpty else { return "" }
        return (isFirst ? "" : ",\n ") + JSONText.object([
            ("SourceFile", JSONText.string(file(record.name))),
            ("XMP-dc:Subject", list(paths.map { "\(prefix)|\($0.last!)" })),
            ("XMP-lr:HierarchicalSubject", list(paths.map { ([prefix] + $0).joined(separator: "|") })),
            ("XMP-digiKam:TagsList", list(paths.map { ([prefix] + $0).joined(separator: "/") })),
        ])
    }

    /// Returns the concept, or else each prediction, as steps from the top of the tree.
    private func paths(_ value: Classification) -> [[String]] {
        if let concept = value.concept { return [concept.path] }
        return value.predictions.map { prediction in concepts?.path(ofClass: prediction.index) ?? [prediction.label] }
    }

    private func list(_ keywords: [String]) -> String { JSONText.array(keywords.map(JSONText.string)) }

    /// Returns a file's name for ExifTool, to which `*` means all files.
    private func file(_ name: ImageName) -> String {
        let path = name.path.text == "*" ? "./*" : name.path.text
        return isForSidecars ? path + ".xmp" : path
    }

    /// Returns a label without separators of keywords: photo managers would split it in two.
    static func keyword(_ label: String) -> String {
        String(label.map { "|/,;".contains($0) ? "-" : $0 }).printable
    }
}
