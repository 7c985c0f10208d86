/// The backbone's features of an image, place by place: the last feature map, before pooling.
public struct FeatureTensor: Sendable, Equatable {
    /// Rows; 10 for an input of 299 x 299.
    public let height: Int
    public let width: Int
    /// Channels; 2048 for Xception.
    public let channels: Int
    /// `[height x width x channels]`, none of them negative.
    public let values: [Float]
}
