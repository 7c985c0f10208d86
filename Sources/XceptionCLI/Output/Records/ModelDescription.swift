import Xception

/// What a document says of the model.
struct ModelDescription: Sendable {
    let name: String
    let backboneSHA256: String
    let headSHA256: String
    let classes: Int
    let precision: String

    var json: String {
        JSONText.object([
            ("name", JSONText.string(name)),
            ("backbone_sha256", JSONText.string(backboneSHA256)),
            ("head_sha256", JSONText.string(headSHA256)),
            ("classes", "\(classes)"),
            ("precision", JSONText.string(precision)),
        ])
    }

    /// Tells models apart in a few characters: the beginnings of both files' hashes, and the precision.
    var id: String {
        "\(backboneSHA256.prefix(8))+\(headSHA256.prefix(8))/\(precision)"
    }
}

extension ModelDescription {
    init(_ classifier: Classifier) {
        self.init(
            name: "\(classifier.backbone.name)/\(classifier.head.name)", backboneSHA256: classifier.backbone.sha256,
            headSHA256: classifier.head.sha256, classes: classifier.head.classes.count, precision: classifier.precision.rawValue)
    }
}
