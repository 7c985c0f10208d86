/// When two photos count as the same picture.
///
/// Measured on 14 kinds of copies (resized, recompressed, converted, turned, mirrored, cropped, bordered, lettered,
/// brightened, grey) of 30 photos and on the 360 most similar pairs of different photos of the same kind: 98.3% of
/// the copies, 10 of the pairs, of which 9 are the same picture or the same thing taken twice. Features alone flag 244 of
/// the pairs; a perceptual hash alone finds 66% of the copies.
package struct DuplicateRule: Sendable, Equatable {
    /// Photos are a pair if few bits of their hashes differ, or those of a mirror image, ...
    package var hashDistance = 8
    /// ... and the cosine of their features is not far off.
    package var hashCosine: Float = 0.5
    /// Or if the cosine is high ...
    package var cosine: Float = 0.85
    /// ... and their pixels agree where one picture is laid on the other.
    package var agreement: Float = 0.9
    /// Photos of one moment count as well: of which the cosine is so high, whatever their pixels are.
    package var momentCosine: Float?

    /// For ``momentCosine``.
    package static let defaultMomentCosine: Float = 0.9

    package init() {}
}

/// Why a photo counts as the same picture as another.
package enum DuplicateEvidence: String, Sendable {
    case hash
    case pixels
    /// The features alone.
    case moment
}

/// A photo, and those that show the same picture: each was compared with the one that is kept, not with one another.
package struct DuplicateGroup: Equatable, Sendable {
    /// Positions among the photos that were compared.
    package let kept: Int
    package let copies: [Copy]

    package struct Copy: Equatable, Sendable {
        package let photo: Int
        /// Of the features with those of the photo that is kept.
        package let cosine: Float
        package let evidence: DuplicateEvidence
    }
}
