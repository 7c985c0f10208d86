/// The properties that decide which of several photos of the same picture is kept.
package struct KeepOrder: Sendable {
    /// True below a directory whose photos are never removed.
    package let isReference: Bool
    /// True below a directory whose photos are preferred.
    package let isPreferred: Bool
    package let pixels: Int
    /// The size of the file: for the same number of pixels, more bytes mean less compression.
    package let bytes: Int
    /// The time of modification, in nanoseconds since 1970.
    package let modified: Int64
    /// The position in the input: of photos equal in everything else the first is kept.
    package let number: Int

    package init(isReference: Bool, isPreferred: Bool, pixels: Int, bytes: Int, modified: Int64, number: Int) {
        self.isReference = isReference
        self.isPreferred = isPreferred
        self.pixels = pixels
        self.bytes = bytes
        self.modified = modified
        self.number = number
    }

    /// The reason for keeping one photo rather than another.
    package enum Reason: String, Sendable {
        case reference
        case preferred
        case mostPixels = "most_pixels"
        case leastCompressed = "least_compressed"
        case oldest
        case first
    }

    /// Returns the reason for keeping this photo rather than the other; nil if the other is to be kept.
    package func reason(over other: KeepOrder) -> Reason? {
        if isReference != other.isReference { return isReference ? .reference : nil }
        if isPreferred != other.isPreferred { return isPreferred ? .preferred : nil }
        if pixels != other.pixels { return pixels > other.pixels ? .mostPixels : nil }
        if bytes != other.bytes { return bytes > other.bytes ? .leastCompressed : nil }
        if modified != other.modified { return modified < other.modified ? .oldest : nil }
        return number < other.number ? .first : nil
    }
}
