import CImages

/// libheif, loaded at its first use.
package struct HEIFLibrary: @unchecked Sendable {
    // Sendable because nothing changes after loading.
    let handle: OpaquePointer

    /// The installed library; nil if there is none.
    package static let installed = HEIFLibrary()

    /// Loads a library.
    ///
    /// - Parameter name: a name for `dlopen`.
    /// - Returns: nil if there is no such library.
    package init?(_ name: String = String(cString: heif_library_name)) {
        guard let handle = heif_library_open(name) else { return nil }
        self.handle = handle
    }

    var version: String { String(cString: heif_library_version(handle)) }

    /// True if the library has a decoder of HEVC.
    var readsHEIC: Bool { heif_library_reads_heic(handle) != 0 }

    /// True if the library has a decoder of AV1.
    var readsAVIF: Bool { heif_library_reads_avif(handle) != 0 }
}
