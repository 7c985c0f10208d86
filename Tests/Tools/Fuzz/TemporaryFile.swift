import Platform

/// Lends out a descriptor of a file that holds the bytes, and is at their beginning. The file has no name.
func withFile(_ bytes: UnsafeRawBufferPointer, _ body: (CInt) -> Void) {
    var name = Array("/tmp/fuzz.XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    precondition(descriptor >= 0)
    unlink(name)
    defer { close(descriptor) }
    precondition(write(descriptor, bytes.baseAddress, bytes.count) == bytes.count)
    lseek(descriptor, 0, SEEK_SET)
    body(descriptor)
}
