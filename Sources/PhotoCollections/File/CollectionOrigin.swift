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

    /// The differences from another origin.
    func differences(from other: CollectionOrigin) -> [OriginDifference] {
        var differences: [OriginDifference] = []
        if network != other.network {
            differences.append(
                OriginDifference("the backbone \(network), not \(other.network)", option: "--model \(network)"))
        } else if backbone != other.backbone || featureCount != other.featureCount {
            let (own, others) = (backbone.prefix(12), other.backbone.prefix(12))
            differences.append(
                OriginDifference("another backbone of the name \(network) (SHA-256 \(own)..., not \(others)...)"))
        }
        if precision != other.precision {
            differences.append(
                OriginDifference("precision \(precision), not \(other.precision)", option: "--precision \(precision)"))
        }
        if preprocessing != other.preprocessing {
            differences.append(
                OriginDifference("photos prepared as \"\(preprocessing)\", not \"\(other.preprocessing)\""))
        }
        if views != other.views {
            differences.append(
                OriginDifference("\(views) views per photo, not \(other.views)", option: "--views \(views)"))
        }
        return differences
    }
}

/// A way in which features differ from those of a collection.
package struct OriginDifference: Equatable, Sendable {
    /// The property of the collection, and the other one: "precision int8, not fp32".
    let description: String
    /// The option that asks for what the collection has. Nil if there is no single one.
    let option: String?

    package init(_ description: String, option: String? = nil) {
        self.description = description
        self.option = option
    }
}
