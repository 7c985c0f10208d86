import CImages

/// libwebp and libwebpdemux, opened when they are first asked for.
package struct WebPLibrary: @unchecked Sendable {
    // Sendable because nothing changes once it is open.
    let handle: OpaquePointer

    /// Those that are installed, if they are.
    package static let installed = WebPLibrary()

    /// - Parameters: names as `dlopen` takes them.
    /// - Returns: nil if there are no such libraries.
    package init?(decoder: String = String(cString: webp_decoder_name), demuxer: String = String(cString: webp_demuxer_name)) {
        guard let handle = webp_library_open(decoder, demuxer) else { return nil }
        self.handle = handle
    }

    var version: String {
        let version = webp_library_version(handle)
        return "\(version >> 16).\(version >> 8 & 0xFF).\(version & 0xFF)"
    }
}
