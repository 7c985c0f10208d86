import Xception

/// The model as documents describe it.
struct ModelDescription: Sendable {
    /// The head, if one is used.
    struct HeadDescription: Sendable {
        let sha256: String
        let classes: Int
    }

    let name: String
    let backboneSHA256: String
    let head: HeadDescription?
    let precision: String

    var json: String {
        var members = [("name", JSONText.string(name)), ("backbone_sha256", JSONText.string(backboneSHA256))]
        if let head {
            members += [("head_sha256", JSONText.string(head.sha256)), ("classes", "\(head.classes)")]
        }
        return JSONText.object(members + [("precision", JSONText.string(precision))])
    }

    /// A short id of the model: the beginnings of the files' hashes, and the precision.
    var id: String {
        backboneSHA256.prefix(8) + (head.map { "+" + $0.sha256.prefix(8) } ?? "") + "/" + precision
    }
}

extension ModelDescription {
    init(_ model: Model) {
        self.init(
            name: "\(model.extractor.backbone.name)/\(model.head.name)", model.extractor,
            head: HeadDescription(sha256: model.head.sha256, classes: model.head.classes.count))
    }

    /// Describes results without a head.
    init(_ extractor: FeatureExtractor) {
        self.init(name: extractor.backbone.name, extractor, head: nil)
    }

    private init(name: String, _ extractor: FeatureExtractor, head: HeadDescription?) {
        self.init(
            name: name, backboneSHA256: extractor.backbone.sha256, head: head, precision: extractor.precision.rawValue)
    }
}
