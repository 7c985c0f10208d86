import Xception

/// Images that an earlier run computed, so that this one need not decode them.
protocol KnownImages<Value>: Sendable {
    associatedtype Value: Sendable

    /// Looks an image up, in input order.
    ///
    /// - Returns: nil if the image must be computed.
    mutating func take(_ input: ImageInput) -> KnownImage<Value>?
}

/// How an image that need not be decoded gets its record.
enum KnownImage<Value: Sendable> {
    /// The output holds the record.
    case recorded(isFailure: Bool)
    /// The value follows from what is stored, such as features, by means of a session.
    case stored(@Sendable (InferenceSession) throws(InferenceError) -> ImageResult<Value>)
}
