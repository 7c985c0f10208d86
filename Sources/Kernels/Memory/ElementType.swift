/// How numbers are stored that are computed with as 32-bit floats.
public enum ElementType: Sendable {
    /// IEEE binary16.
    case float16
    case float32

    /// In bytes.
    @inlinable public var size: Int { self == .float16 ? 2 : 4 }
}
