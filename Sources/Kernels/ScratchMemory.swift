#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Floats that stay where they are until more of them are asked for. What they held is then
/// gone.
public final class ScratchMemory {
    public private(set) var capacity = 0
    private var bytes: UnsafeMutableRawPointer?

    /// Larger blocks begin at a huge page and ask for such, which saves most of the page
    /// faults of a first run and of the address translation in every one.
    private static let hugePage = 2 << 20

    public init() {}

    deinit { free(bytes) }

    /// - Precondition: something was reserved.
    public var base: UnsafeMutablePointer<Float> { bytes!.assumingMemoryBound(to: Float.self) }

    /// Makes room for `count` floats.
    public func reserve(_ count: Int) {
        guard count > capacity else { return }
        free(bytes)
        let size = count * MemoryLayout<Float>.stride
        let alignment = size >= Self.hugePage ? Self.hugePage : 64
        let rounded = (size + alignment - 1) / alignment * alignment
        guard posix_memalign(&bytes, alignment, rounded) == 0 else { fatalError("out of memory: \(rounded) bytes") }
        #if os(Linux)
        if alignment == Self.hugePage { madvise(bytes, rounded, MADV_HUGEPAGE) }
        #endif
        bytes!.bindMemory(to: Float.self, capacity: count)
        capacity = count
    }
}
