/// What the backbone sees in an image, place by place: the last feature map, before it is pooled.
public struct FeatureTensor: Sendable, Equatable {
    /// 10 for an input of 299 x 299.
    public let height: Int
    public let width: Int
    /// 2048 of Xception.
    public let channels: Int
    /// `[height x width x channels]`, none of them negative.
    public let values: [Float]
}
