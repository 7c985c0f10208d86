import CImages

/// libheif, opened when it is first asked for.
package struct HEIFLibrary: @unchecked Sendable {
    // Sendable because nothing changes once it is open.
    let handle: OpaquePointer

    /// The one that is installed, if it is.
    package static let installed = HEIFLibrary()

    /// - Parameter name: as `dlopen` takes it.
    /// - Returns: nil if there is no such library.
    package init?(_ name: String = String(cString: heif_library_name)) {
        guard let handle = heif_library_open(name) else { return nil }
        self.handle = handle
    }

    var version: String { String(cString: heif_library_version(handle)) }

    /// If the library has a decoder for the format.
    func reads(_ format: ReadableFormat) -> Bool {
        switch format {
        case .heic: heif_library_reads_heic(handle) != 0
        case .avif: heif_library_reads_avif(handle) != 0
        default: false
        }
    }
}
