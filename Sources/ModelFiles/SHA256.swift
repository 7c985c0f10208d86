import CMessageDigest

/// The SHA-256 of bytes (FIPS 180-4), lower-case hexadecimal.
package func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
    var context = SHA2_CTX()
    SHA256Init(&context)
    SHA256Update(&context, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    var text = [CChar](repeating: 0, count: 2 * Int(SHA256_DIGEST_LENGTH) + 1)
    SHA256End(&context, &text)
    return String(cString: text)
}
