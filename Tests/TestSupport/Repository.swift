import Foundation
import Platform

/// The checkout that the tests were built in.
package enum Repository {
    package static let root = (0..<3).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }

    /// - Parameter relative: such as "Tests/Fixtures/photos".
    package static func url(_ relative: String) -> URL { root.appending(path: relative) }

    package static func path(_ relative: String) -> String { url(relative).path }

    package static func filePath(_ relative: String) -> FilePath { FilePath(path(relative)) }
}
