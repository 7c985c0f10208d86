import PhotoCollections
import Platform

/// Photos of the same picture.
struct DuplicatePhotos {
    struct Copy {
        let photo: ComparedPhoto
        let cosine: Float
        let evidence: DuplicateEvidence

        var number: String { NumberText.fixed(Double(cosine), digits: 4) }
    }

    let kept: ComparedPhoto
    /// The reason for keeping that photo rather than the best of the others.
    let reason: KeepOrder.Reason
    let copies: [Copy]

    init(_ group: DuplicateGroup, among photos: [ComparedPhoto]) {
        self.init(
            kept: photos[group.kept],
            copies: group.copies.map { Copy(photo: photos[$0.photo], cosine: $0.cosine, evidence: $0.evidence) })
    }

    private init(kept: ComparedPhoto, copies: [Copy]) {
        self.kept = kept
        self.copies = copies
        // Copies stand in the order in which they would be kept.
        reason = kept.order.reason(over: copies[0].photo.order) ?? .first
    }

    /// The part of a group of whose photos the files are there, unchanged since they were compared or indexed.
    enum Remaining {
        case group(DuplicatePhotos)
        /// Nothing can be removed: other names of the kept file, such as links to it, are not its copies.
        case nothing
        /// The photo to keep is gone or has changed, so that a copy may be the last one.
        case lacksKept
    }

    /// Looks at the files. A group of which no file is there, as on a disk that is not mounted, remains.
    ///
    /// - Complexity: one system call per photo.
    var remaining: Remaining {
        let copies = copies.compactMap { copy in copy.photo.identity.map { (copy, $0) } }
        guard let identity = kept.identity else { return copies.isEmpty ? .group(self) : .lacksKept }
        let others = copies.filter { $0.1 != identity }.map(\.0)
        return others.isEmpty ? .nothing : .group(DuplicatePhotos(kept: kept, copies: others))
    }

    /// The copies that could be removed.
    var removable: [ComparedPhoto] { copies.map(\.photo).filter { !$0.order.isReference } }

    static func text(_ groups: [DuplicatePhotos], in format: ListFormat) -> String {
        switch format {
        case .text: text(groups)
        case .jsonl: groups.map { $0.json + "\n" }.joined()
        case .json:
            "{\"schema\": \"xception.duplicates/1\",\n \"groups\": [\n   "
                + groups.map(\.json).joined(separator: ",\n   ") + "]}\n"
        case .csv:
            "group,role,path,width,height,bytes,similarity,evidence,reason\n"
                + groups.enumerated().map { $0.element.csv(number: $0.offset + 1) }.joined()
        }
    }

    private func csv(number: Int) -> String {
        var text = ""
        for fields in [keptFields] + copies.map(\.fields) {
            let row: [String] = ["\(number)"] + fields
            text += row.map { CSVText.field($0, separator: ",") }.joined(separator: ",") + "\n"
        }
        return text
    }

    private static func text(_ groups: [DuplicatePhotos]) -> String {
        let removable = groups.flatMap(\.removable)
        let bytes = removable.reduce(0) { $0 + $1.order.bytes }
        let rows = groups.enumerated().flatMap { index, group in
            (index > 0 ? [[""]] : [])
                + [["keep", group.kept.size, group.kept.bytes, group.reason.words, group.kept.path.line]]
                + group.copies.map { copy in
                    [
                        copy.photo.order.isReference ? "ref" : "copy", copy.photo.size, copy.photo.bytes,
                        "\(copy.number) by \(copy.evidence.rawValue)", copy.photo.path.line,
                    ]
                }
        }
        return Table.text(rows, rightAligned: [1, 2])
            + (groups.isEmpty ? "" : "\n")
            + "\(NumberText.counted(groups.count, "group")), \(NumberText.counted(removable.count, "photo")) could go "
            + "(\(NumberText.fixed(Double(bytes) / 1e6, digits: 1)) MB)\n"
    }

    static func pages(_ groups: [DuplicatePhotos]) -> PhotoPages {
        let title = "\(NumberText.counted(groups.count, "group")) of the same picture"
        return PhotoPages(title: title, groups: groups.enumerated().map { number, group in
            PhotoPages.Group(
                title: "\(number + 1)",
                photos: [PhotoPages.Photo(
                    path: group.kept.path,
                    lines: ["keep: \(group.reason.words)", "\(group.kept.size), \(group.kept.bytes)"], isMarked: true
                )] + group.copies.map { copy in
                    let role = copy.photo.order.isReference ? "reference" : "could go"
                    return PhotoPages.Photo(
                        path: copy.photo.path,
                        lines: [
                            "\(role): \(copy.number) by \(copy.evidence.rawValue)",
                            "\(copy.photo.size), \(copy.photo.bytes)",
                        ])
                })
        })
    }

    private var json: String {
        JSONText.object([
            ("kept", JSONText.object(kept.members)),
            ("reason", JSONText.string(reason.rawValue)),
            ("copies", JSONText.array(copies.map { copy in
                JSONText.object(copy.photo.members + [
                    ("similarity", copy.number), ("evidence", JSONText.string(copy.evidence.rawValue)),
                    ("reference", copy.photo.order.isReference ? "true" : "false"),
                ])
            })),
        ])
    }

    private var keptFields: [String] { ["keep"] + kept.fields + ["", "", reason.rawValue] }
}

extension DuplicatePhotos.Copy {
    fileprivate var fields: [String] {
        [photo.order.isReference ? "reference" : "copy"] + photo.fields + [number, evidence.rawValue, ""]
    }
}

extension ComparedPhoto {
    /// The identity of the file. Nil if it is gone or has changed since the photo was compared or indexed.
    fileprivate var identity: FileIdentity? {
        guard let status = FileStatus(path) else { return nil }
        return status.size == order.bytes && status.modificationTime == order.modified ? status.identity : nil
    }

    fileprivate var members: [(String, String)] {
        [
            ("path", JSONText.string(path.text)), ("width", "\(width)"), ("height", "\(height)"),
            ("bytes", "\(order.bytes)"),
        ]
    }

    fileprivate var fields: [String] { [CSVText.path(path), "\(width)", "\(height)", "\(order.bytes)"] }

    fileprivate var size: String { "\(width) x \(height)" }

    fileprivate var bytes: String { "\((order.bytes + 999) / 1000) kB" }
}

extension KeepOrder.Reason {
    /// The reason in words.
    fileprivate var words: String {
        switch self {
        case .reference: "reference"
        case .preferred: "preferred"
        case .mostPixels: "most pixels"
        case .leastCompressed: "least compressed"
        case .oldest: "oldest"
        case .first: "first"
        }
    }
}
