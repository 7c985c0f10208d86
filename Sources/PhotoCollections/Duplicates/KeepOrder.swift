/// What decides which of several photos of the same picture is kept.
package struct KeepOrder: Sendable {
    /// Below a directory whose photos never go.
    package let isReference: Bool
    /// Below a directory whose photos are kept rather than others.
    package let isPreferred: Bool
    package let pixels: Int
    /// Of the file: with as many pixels, more bytes are less compressed.
    package let bytes: Int
    /// In nanoseconds since 1970.
    package let modified: Int64
    /// In the order of the input: the first of photos that are alike in all else.
    package let number: Int

    package init(isReference: Bool, isPreferred: Bool, pixels: Int, bytes: Int, modified: Int64, number: Int) {
        self.isReference = isReference
        self.isPreferred = isPreferred
        self.pixels = pixels
        self.bytes = bytes
        self.modified = modified
        self.number = number
    }

    /// Why one photo is kept rather than another.
    package enum Reason: String, Sendable {
        case reference
        case preferred
        case mostPixels = "most_pixels"
        case leastCompressed = "least_compressed"
        case oldest
        case first
    }

    /// - Returns: nil if the other one is to be kept.
    package func reason(over other: KeepOrder) -> Reason? {
        if isReference != other.isReference { return isReference ? .reference : nil }
        if isPreferred != other.isPreferred { return isPreferred ? .preferred : nil }
        if pixels != other.pixels { return pixels > other.pixels ? .mostPixels : nil }
        if bytes != other.bytes { return bytes > other.bytes ? .leastCompressed : nil }
        if modified != other.modified { return modified < other.modified ? .oldest : nil }
        return number < other.number ? .first : nil
    }
}
