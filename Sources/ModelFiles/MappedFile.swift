import CMappingGuard
import Platform

/// A file in memory, read-only, followed by a page of zeros, so that the last values can be read
/// in whole vectors.
package final class MappedFile: @unchecked Sendable {
    let path: FilePath
    let bytes: UnsafeRawBufferPointer
    private let reserved: Int
    /// Stays open: it tells whether the file changes.
    private let descriptor: Int32
    private let modificationTime: Int64
    private let guardedRange: Int32

    /// - Throws: ``ModelFileError/unreadable(path:reason:)``, or
    ///   ``ModelFileError/notSafetensors(path:reason:)`` if the file is empty.
    init(path: FilePath) throws(ModelFileError) {
        func unreadable() -> ModelFileError { .unreadable(path: path, reason: String(cString: strerror(errno))) }
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw unreadable() }
        var keepsDescriptor = false
        defer { if !keepsDescriptor { close(descriptor) } }
        guard let status = FileStatus(descriptor: descriptor) else { throw unreadable() }
        guard status.isRegular else { throw .unreadable(path: path, reason: "it is not a regular file") }
        guard status.size > 0 else { throw .notSafetensors(path: path, reason: "it is empty") }

        let page = sysconf(Int32(_SC_PAGESIZE))
        // A sparse file may be as large as numbers go.
        guard status.size <= .max - 2 * page else { throw .unreadable(path: path, reason: "it is too large to be mapped") }
        let mapped = (status.size + page - 1) / page * page
        guard let base = mmap(nil, mapped + page, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0), base != MAP_FAILED else {
            throw unreadable()
        }
        guard mmap(base, status.size, PROT_READ, MAP_PRIVATE | MAP_FIXED, descriptor, 0) != MAP_FAILED else {
            let error = unreadable()
            munmap(base, mapped + page)
            throw error
        }
        keepsDescriptor = true
        self.path = path
        self.descriptor = descriptor
        modificationTime = status.modificationTime
        bytes = UnsafeRawBufferPointer(start: base, count: status.size)
        reserved = mapped + page
        // Should the file be truncated, reads give zeros, and `checkUnchanged` tells.
        mapping_guard_install()
        guardedRange = mapping_guard_add(base, mapped)
    }

    deinit {
        mapping_guard_remove(guardedRange)
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), reserved)
        close(descriptor)
    }

    /// Checks that the bytes read so far were those of the file that was opened. Another file that
    /// takes its name meanwhile is no change: this one keeps its content.
    ///
    /// - Throws: ``ModelFileError/changed(path:)`` or ``ModelFileError/unreadable(path:reason:)``.
    func checkUnchanged() throws(ModelFileError) {
        // The system sets the time before it writes, so bytes that were read after a change come
        // with another time.
        guard let status = FileStatus(descriptor: descriptor), status.size == bytes.count,
            status.modificationTime == modificationTime
        else { throw .changed(path: path) }
        guard !mapping_guard_has_faulted(guardedRange) else { throw .unreadable(path: path, reason: String(cString: strerror(EIO))) }
    }
}
