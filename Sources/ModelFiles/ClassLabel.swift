/// One of the classes of a classifier.
public struct ClassLabel: Sendable, Hashable, Codable {
    /// A WordNet id for ImageNet's classes, such as "n02124075".
    public let id: String
    /// The name in words, such as "Egyptian cat".
    public let label: String

    public init(id: String, label: String) {
        self.id = id
        self.label = label
    }
}
