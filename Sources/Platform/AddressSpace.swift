import CMalloc
import Synchronization

/// The address space that a limit (`ulimit -v`) grants this process.
///
/// A large block that is refused is an error like others. An object of a few bytes that is refused is not: Swift's
/// runtime ends the process. Large blocks therefore leave a reserve for everything small.
package enum AddressSpace {
    private static let reserve = 8 << 20
    private static let allocation = Mutex(())

    /// The limit in bytes. Nil if there is none.
    private static let limit = ResourceLimit.addressSpace.bytes

    /// Makes all threads allocate from one heap where there is a limit. By default the C library reserves 64 MB of
    /// address space per thread.
    ///
    /// - Precondition: there is one thread.
    package static func shareHeapIfLimited() {
        #if canImport(Glibc)
        if limit != nil { mallopt(M_ARENA_MAX, 1) }
        #endif
    }

    /// Returns the block that `allocate` returns, or nil where it would take the reserve.
    ///
    /// - Parameter bytes: the size of the block.
    package static func block<Block>(of bytes: Int, _ allocate: () -> Block?) -> Block? {
        guard let limit else { return allocate() }
        return allocation.withLock { _ in
            let (needed, overflow) = bytes.addingReportingOverflow(size + reserve)
            return overflow || needed > limit ? nil : allocate()
        }
    }

    /// The address space in use, in bytes; 0 if the system does not state it.
    private static var size: Int {
        #if os(Linux)
        let pages = linesOfSystemFile("/proc/self/statm").first?.split(separator: " ").first
        return (pages.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
        #else
        return 0
        #endif
    }
}
