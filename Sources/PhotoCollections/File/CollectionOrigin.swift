/// The origin of a collection's features; only features of one origin can be compared.
package struct CollectionOrigin: Equatable, Sendable {
    /// SHA-256 of the backbone's tensors.
    package let backbone: String
    /// The backbone's name.
    package let network: String
    /// Features per photo.
    package let featureCount: Int
    package let precision: String
    /// The preprocessing of photos, in words.
    package let preprocessing: String
    /// Views per photo whose features are averaged.
    package let views: Int

    package init(
        backbone: String, network: String, featureCount: Int, precision: String, preprocessing: String, views: Int = 1
    ) {
        self.backbone = backbone
        self.network = network
        self.featureCount = featureCount
        self.precision = precision
        self.preprocessing = preprocessing
        self.views = views
    }

    /// The differences from another origin in words, as "precision int8, not fp32".
    func differences(from other: CollectionOrigin) -> [String] {
        var differences: [String] = []
        if backbone != other.backbone || featureCount != other.featureCount {
            differences.append(
                network == other.network
                    ? "another backbone of the name \(network) "
                        + "(SHA-256 \(backbone.prefix(12))..., not \(other.backbone.prefix(12))...)"
                    : "the backbone \(network), not \(other.network)")
        }
        if precision != other.precision { differences.append("precision \(precision), not \(other.precision)") }
        if preprocessing != other.preprocessing {
            differences.append("photos prepared as \"\(preprocessing)\", not \"\(other.preprocessing)\"")
        }
        if views != other.views { differences.append("\(views) views per photo, not \(other.views)") }
        return differences
    }
}
