import CMappingGuard

/// A mapping of a file that reads as zeros where the file has become shorter or its disk fails. Otherwise that ends the
/// process.
package final class GuardedMapping: Sendable {
    private let range: Int32

    /// - Parameter bytes: whole pages, which remain mapped as long as this exists.
    package init(_ bytes: UnsafeRawBufferPointer) {
        mapping_guard_install()
        range = mapping_guard_add(bytes.baseAddress!, bytes.count)
    }

    deinit { mapping_guard_remove(range) }

    /// True if a part could not be read from the file.
    package var hasFaulted: Bool { mapping_guard_has_faulted(range) }
}
