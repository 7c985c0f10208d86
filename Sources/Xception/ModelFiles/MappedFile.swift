import Platform

/// A file in memory, read-only, with a page of zeros behind it, so that reading the last
/// values in whole vectors is safe.
final class MappedFile: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    private let reserved: Int

    init(path: String) throws(ModelFileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is not a regular file")
        }
        let size = Int(status.st_size)
        guard size > 0 else { throw .notSafetensors(path: path, reason: "it is empty") }

        let page = sysconf(Int32(_SC_PAGESIZE))
        reserved = (size + page - 1) / page * page + page
        guard
            let base = mmap(nil, reserved, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0), base != MAP_FAILED,
            mmap(base, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, descriptor, 0) != MAP_FAILED
        else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        bytes = UnsafeRawBufferPointer(start: base, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), reserved) }
}
