import Foundation
import Platform

/// A folder that goes when the test does.
package final class TemporaryFolder {
    package let url: URL
    package var path: String { url.path }

    package init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "xception-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    @discardableResult
    package func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> FilePath {
        let file = url.appending(path: name)
        try Data(bytes).write(to: file)
        return FilePath(file.path)
    }
}
