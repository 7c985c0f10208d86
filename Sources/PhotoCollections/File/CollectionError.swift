import CSQLite
import Platform

/// A reason for which a collection cannot be used.
package enum CollectionError: Error, Equatable, Sendable, CustomStringConvertible {
    case notFound(path: FilePath)
    case unreadable(path: FilePath, SystemError)
    /// `found` describes the file: "an SQLite database of another program".
    case notACollection(path: FilePath, found: String)
    case newerVersion(path: FilePath, version: Int)
    /// The collection has another origin than the run; each difference reads like "precision int8, not fp32".
    case otherOrigin(path: FilePath, differences: [OriginDifference])
    case locked(path: FilePath)
    case damaged(path: FilePath, reason: String)
    case fullDisk(path: FilePath)
    case readOnly(path: FilePath)
    case failed(path: FilePath, reason: String)
    case outOfMemory

    init(_ error: SQLiteError, path: FilePath) {
        switch error.code {
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: self = .locked(path: path)
        case SQLITE_FULL: self = .fullDisk(path: path)
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: self = .readOnly(path: path)
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_MISMATCH, SQLITE_TOOBIG:
            self = .damaged(path: path, reason: error.message)
        case SQLITE_NOMEM: self = .outOfMemory
        default: self = .failed(path: path, reason: error.message)
        }
    }

    package var description: String {
        switch self {
        case .notFound(let path):
            "\(path.line): there is no such collection; make one: xception index \(path.line) PHOTOS"
        case .unreadable(let path, let error):
            "\(path.line): cannot be read: \(error.message)"
        case .notACollection(let path, let found):
            "\(path.line): is not a collection but \(found); it was not changed"
        case .newerVersion(let path, let version):
            "\(path.line): is a collection of version \(version), which a newer xception made; "
                + "update xception to read it"
        case .otherOrigin(let path, let differences):
            "\(path.line): was made with \(differences.map(\.description).joined(separator: "; and with ")); use "
                + (differences.contains { $0.option == nil }
                    ? "the same" : differences.compactMap(\.option).joined(separator: " "))
                + ", or another collection"
        case .locked(let path):
            "\(path.line): another program keeps the collection locked; try again when it is done"
        case .damaged(let path, let reason):
            "\(path.line): the collection is damaged: \(reason); remove it and index the photos again"
        case .fullDisk(let path):
            "\(path.line): the disk is full; the collection holds what was written before"
        case .readOnly(let path):
            "\(path.line): the collection or its directory cannot be written to; --read-only only reads it"
        case .failed(let path, let reason):
            "\(path.line): \(reason)"
        case .outOfMemory:
            "there is not enough memory for all photos"
        }
    }
}
