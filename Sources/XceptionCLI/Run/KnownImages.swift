import Xception

/// Images that an earlier run computed, so that this one need not.
protocol KnownImages<Value>: AnyObject, Sendable {
    associatedtype Value: Sendable

    /// Looks an image up. Called once for each image, in input order.
    ///
    /// - Returns: nil if the image must be computed.
    func take(_ input: ImageInput) -> KnownImage<Value>?

    /// Returns the next record of an earlier run that this run's other outputs show as well.
    ///
    /// - Returns: nil at the end of the part.
    func nextRecord(_ part: EarlierRecords) throws(CommandError) -> ImageRecord<Value>?
}

extension KnownImages {
    func nextRecord(_ part: EarlierRecords) -> ImageRecord<Value>? { nil }
}

/// The way in which a known image gets its record.
enum KnownImage<Value: Sendable> {
    /// The output holds the record.
    case recorded
    /// The value follows from stored data, such as features, by means of a session.
    case stored(@Sendable (InferenceSession) throws(InferenceError) -> ImageResult<Value>)
}

/// Parts of an earlier run's records.
enum EarlierRecords {
    /// Records that this run will not replace in any case.
    case standing
    /// Records that the run could have replaced and did not; known after the run.
    case leftOver
}
