/// A class and its probability.
public struct Prediction: Sendable, Hashable {
    /// 1 for the most probable class.
    public let rank: Int
    /// The class' number in ``Classifier/classes``, from 0.
    public let index: Int
    /// A WordNet id for ImageNet's classes, such as "n02124075".
    public let id: String
    /// The class in words, such as "Egyptian cat".
    public let label: String
    /// 0 to 1. With a softmax, those of all classes add up to 1.
    public let probability: Float

    package init(rank: Int, index: Int, id: String, label: String, probability: Float) {
        self.rank = rank
        self.index = index
        self.id = id
        self.label = label
        self.probability = probability
    }
}
