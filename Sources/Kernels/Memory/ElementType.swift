/// The storage format of numbers that take part in arithmetic as 32-bit floats.
public enum ElementType: Sendable {
    /// IEEE binary16.
    case float16
    case float32

    /// The size in bytes.
    @inlinable public var size: Int { self == .float16 ? 2 : 4 }
}

/// Reads vectors of an activation or of weights. A type rather than an argument, so that each loop is compiled for
/// it, inlined or not.
public protocol ElementReader {
    static var elementType: ElementType { get }
    static func load<V: FloatVector>(_: V.Type, _ pointer: UnsafeRawPointer) -> V
}

/// Reads and writes vectors of an activation.
public protocol ElementFormat: ElementReader {
    static func store<V: FloatVector>(_ vector: V, _ pointer: UnsafeMutableRawPointer)
}

extension ElementReader {
    /// The size in bytes.
    @_alwaysEmitIntoClient @inline(__always)
    static var size: Int { elementType.size }
}

public enum Float16Element: ElementFormat {
    @inlinable public static var elementType: ElementType { .float16 }

    @inlinable @inline(__always)
    public static func load<V: FloatVector>(_: V.Type, _ pointer: UnsafeRawPointer) -> V {
        V.converting(float16: pointer)
    }

    @inlinable @inline(__always)
    public static func store<V: FloatVector>(_ vector: V, _ pointer: UnsafeMutableRawPointer) {
        vector.storeFloat16(pointer)
    }
}

public enum Float32Element: ElementFormat {
    @inlinable public static var elementType: ElementType { .float32 }

    @inlinable @inline(__always)
    public static func load<V: FloatVector>(_: V.Type, _ pointer: UnsafeRawPointer) -> V {
        pointer.loadUnaligned(as: V.self)
    }

    @inlinable @inline(__always)
    public static func store<V: FloatVector>(_ vector: V, _ pointer: UnsafeMutableRawPointer) {
        pointer.storeBytes(of: vector, as: V.self)
    }
}

/// Reads with ReLU applied.
public enum Rectified<Reader: ElementReader>: ElementReader {
    @inlinable public static var elementType: ElementType { Reader.elementType }

    @_alwaysEmitIntoClient @inline(__always)
    public static func load<V: FloatVector>(_: V.Type, _ pointer: UnsafeRawPointer) -> V {
        Reader.load(V.self, pointer).relu
    }
}
