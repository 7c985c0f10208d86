/// The system has no memory left for a layer.
public struct OutOfMemory: Error, Equatable {
    /// What was asked for.
    public let bytes: Int
}
