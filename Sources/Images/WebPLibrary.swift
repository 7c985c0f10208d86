import CImages

/// libwebp and libwebpdemux, loaded at their first use.
package struct WebPLibrary: @unchecked Sendable {
    // Sendable because nothing changes after loading.
    let handle: OpaquePointer

    /// The installed libraries; nil if either is missing.
    package static let installed = WebPLibrary()

    /// Loads the libraries.
    ///
    /// - Parameters: names for `dlopen`.
    /// - Returns: nil if there are no such libraries.
    package init?(
        decoder: String = String(cString: webp_decoder_name), demuxer: String = String(cString: webp_demuxer_name)
    ) {
        guard let handle = webp_library_open(decoder, demuxer) else { return nil }
        self.handle = handle
    }

    var version: String {
        let version = webp_library_version(handle)
        return "\(version >> 16).\(version >> 8 & 0xFF).\(version & 0xFF)"
    }
}
