import PhotoCollections
import Platform

/// A description of a collection.
struct CollectionContents {
    let path: FilePath
    let photos: Int
    let failures: Int
    /// The size of the file.
    let bytes: Int
    let origin: CollectionOrigin
    let version: String
    /// The time of creation, in seconds since 1970.
    let created: Int

    init(_ collection: PhotoCollection) throws(CollectionError) {
        path = collection.path
        (photos, failures) = try collection.counts()
        bytes = FileStatus(collection.path)?.size ?? 0
        origin = collection.origin
        version = collection.version
        created = collection.created
    }

    var rows: [[String]] {
        let size = "\(NumberText.fixed(Double(bytes) / 1e6, digits: 1)) MB"
        return [
            ["collection", path.line],
            ["  photos", "\(photos)"],
            ["  unreadable", "\(failures)"],
            ["  size", photos > 0 ? "\(size), \(bytes / photos) bytes per photo" : size],
            ["  made", "\(date) by xception \(version)"],
            ["model", "\(origin.network) \(origin.backbone.prefix(12))..., \(origin.featureCount) features"],
            ["  precision", origin.precision],
            ["  photos as", origin.preprocessing],
        ]
    }

    var json: String {
        JSONText.object([
            ("schema", JSONText.string("xception.collection/1")),
            ("path", JSONText.string(path.text)),
            ("photos", "\(photos)"),
            ("failed", "\(failures)"),
            ("bytes", "\(bytes)"),
            ("created", "\(created)"),
            ("version", JSONText.string(version)),
            ("model", JSONText.object([
                ("name", JSONText.string(origin.network)), ("backbone_sha256", JSONText.string(origin.backbone)),
                ("features", "\(origin.featureCount)"), ("precision", JSONText.string(origin.precision)),
                ("preprocessing", JSONText.string(origin.preprocessing)), ("views", "\(origin.views)"),
            ])),
        ])
    }

    /// The date, such as 2026-11-25.
    private var date: String {
        var (time, parts) = (time_t(created), tm())
        guard localtime_r(&time, &parts) != nil else { return "at an unknown time" }
        func padded(_ number: Int32) -> String { (number < 10 ? "0" : "") + "\(number)" }
        return "\(Int(parts.tm_year) + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
    }
}
