/// The rule by which two photos count as the same picture.
///
/// Measured on 14 kinds of copies (resized, recompressed, converted, turned, mirrored, cropped, bordered, lettered,
/// brightened, grey) of 60 photos: 99.0% are found. Of 1,074 photos of flowers, insects and waste, 7 groups are found,
/// each of one picture, where features alone flag 675 pairs. A perceptual hash alone finds 63% of the copies.
package struct DuplicateRule: Sendable, Equatable {
    /// Photos are a pair if few bits of their hashes differ, or of those of their mirror images, ...
    package var hashDistance = 8
    /// ... and the cosine of their features is at least this.
    package var hashCosine: Float = 0.5
    /// Photos are also a pair if the cosine is at least this ...
    package var cosine: Float = 0.85
    /// ... and 60% of the details of their pixels agree to this where one picture is laid on the other.
    package var agreement: Float = 0.82
    /// The cosine from which photos of one moment count as well, whatever their pixels are; nil to leave them out.
    package var momentCosine: Float?

    /// The default of ``momentCosine`` when it is asked for.
    package static let defaultMomentCosine: Float = 0.9

    package init() {}
}

/// The evidence that a photo shows the same picture as another.
package enum DuplicateEvidence: String, Sendable {
    case hash
    case pixels
    /// The features alone.
    case moment
}

/// A photo, and those that show the same picture. Each was compared with the photo that is kept, or
/// by its hash with one of those that were confirmed by pixels.
package struct DuplicateGroup: Equatable, Sendable {
    /// The position among the compared photos; likewise for the copies.
    package let kept: Int
    package let copies: [Copy]

    package struct Copy: Equatable, Sendable {
        package let photo: Int
        /// The cosine of the features with those of the photo that is kept.
        package let cosine: Float
        package let evidence: DuplicateEvidence
    }
}
