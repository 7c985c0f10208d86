/// The system has no memory left for a layer.
public struct OutOfMemory: Error, Equatable {
    /// The size of the failed allocation.
    public let bytes: Int
}
