import Synchronization

/// A file in memory, read-only, followed by a page of zeros, so that the last values can be read in whole vectors.
package final class MappedFile: @unchecked Sendable {
    package let path: FilePath
    package let bytes: UnsafeRawBufferPointer
    private let reserved: Int
    /// Kept open to detect changes.
    private let descriptor: Int32
    private let modificationTime: Int64
    /// The latest change time at which the content is known to equal that of the file when it was opened.
    private let changeTime: Atomic<Int64>
    private var mapping: GuardedMapping?

    package enum OpenError: Error, Equatable {
        case system(SystemError)
        case notRegular
        case empty
        /// The file is larger than the address space.
        case tooLarge
    }

    /// The state of the mapped file.
    package enum State: Equatable {
        case unchanged
        /// The file was written to or truncated.
        case changed
        /// The status has changed, but neither size nor modification time: the file got another name, owner or mode, or
        /// was written to and its modification time restored. Only the content can decide.
        case touched(at: Int64)
        /// A part of the file could not be read. The mapping holds zeros there.
        case unreadable
    }

    /// Maps a file.
    ///
    /// - Throws: ``OpenError``.
    package init(path: FilePath) throws(OpenError) {
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw .system(SystemError(number: errno)) }
        var keepsDescriptor = false
        defer { if !keepsDescriptor { close(descriptor) } }
        guard let status = FileStatus(descriptor: descriptor) else { throw .system(SystemError(number: errno)) }
        guard status.isRegular else { throw .notRegular }
        guard status.size > 0 else { throw .empty }

        let page = sysconf(Int32(_SC_PAGESIZE))
        // A sparse file can have any size.
        guard status.size <= .max - 2 * page else { throw .tooLarge }
        let mapped = (status.size + page - 1) / page * page
        let reservation = AddressSpace.block(of: mapped + page) {
            mmap(nil, mapped + page, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0)
        }
        guard let base = reservation, base != MAP_FAILED else {
            throw .system(SystemError(number: reservation == nil ? ENOMEM : errno))
        }
        guard mmap(base, status.size, PROT_READ, MAP_PRIVATE | MAP_FIXED, descriptor, 0) != MAP_FAILED else {
            let error = SystemError(number: errno)
            munmap(base, mapped + page)
            throw .system(error)
        }
        keepsDescriptor = true
        self.path = path
        self.descriptor = descriptor
        modificationTime = status.modificationTime
        changeTime = Atomic(status.changeTime)
        bytes = UnsafeRawBufferPointer(start: base, count: status.size)
        reserved = mapped + page
        // If the file is truncated, reads return zeros, and `state` reports it.
        mapping = GuardedMapping(UnsafeRawBufferPointer(start: base, count: mapped))
    }

    deinit {
        mapping = nil
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), reserved)
        close(descriptor)
    }

    /// The state of the file now. The bytes that were read before are those of the file that was opened if it is
    /// ``State/unchanged``. A file that takes the name of this one does not change it.
    ///
    /// The system sets the times before it writes, so bytes that were read after a change come with other times. One
    /// kind of write leaves no trace: through another process' writable mapping, into pages that were written to before
    /// this file was opened and are not on the disk yet.
    ///
    /// - Complexity: one system call.
    package var state: State {
        guard let status = FileStatus(descriptor: descriptor), status.size == bytes.count,
            status.modificationTime == modificationTime
        else { return .changed }
        guard mapping?.hasFaulted != true else { return .unreadable }
        return status.changeTime == changeTime.load(ordering: .acquiring) ? .unchanged : .touched(at: status.changeTime)
    }

    /// Accepts ``State/touched(at:)``, once the content was checked.
    package func acceptTouch(at time: Int64) {
        changeTime.store(time, ordering: .releasing)
    }
}
