import CSQLite
import Platform

/// The statements that read and write single photos, prepared once each.
final class CollectionStatements {
    private let connection: SQLiteConnection
    private let featureCount: Int
    private var prepared: [String: SQLiteStatement] = [:]

    init(_ connection: SQLiteConnection, featureCount: Int) {
        self.connection = connection
        self.featureCount = featureCount
    }

    private func statement(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        if let statement = prepared[sql] { return statement }
        let statement = try SQLiteStatement(sql, on: connection)
        prepared[sql] = statement
        return statement
    }

    func photo(at path: FilePath) throws(SQLiteError) -> CollectedPhoto? {
        let statement = try statement("SELECT \(PhotoRow.columns) FROM photos WHERE path = ?")
        try statement.bind(path.value)
        defer { statement.reset() }
        return try statement.step() ? try PhotoRow.photo(statement, featureCount: featureCount) : nil
    }

    func photo(_ id: Int) throws(SQLiteError) -> CollectedPhoto? {
        let statement = try statement("SELECT \(PhotoRow.columns) FROM photos WHERE id = ?")
        try statement.bind(.integer(id))
        defer { statement.reset() }
        return try statement.step() ? try PhotoRow.photo(statement, featureCount: featureCount) : nil
    }

    func unchanged(_ file: CollectedFile) throws(SQLiteError) -> Int? {
        let statement = try statement("SELECT id FROM photos WHERE path = ? AND size = ? AND modified = ?")
        try statement.bind(file.path.value, .integer(file.size), .integer(Int(file.modified)))
        defer { statement.reset() }
        return try statement.step() ? statement.integer(0) : nil
    }

    func photos(size: Int, content: ContentHash) throws(SQLiteError) -> [(id: Int, path: FilePath)] {
        let statement = try statement("SELECT id, path FROM photos WHERE content = ? AND size = ?")
        try statement.bind(.integer(content.value), .integer(size))
        var photos: [(id: Int, path: FilePath)] = []
        while try statement.step() { photos.append((statement.integer(0), FilePath(bytes: statement.bytes(1)))) }
        return photos
    }

    func replace(_ photo: CollectedPhoto) throws(SQLiteError) {
        let statement = try statement("""
            INSERT INTO photos (path, size, modified, content, width, height, scale, square_sum, mean_sum, hash,
                mirrored_hash, features, error, message)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (path) DO UPDATE SET size = excluded.size, modified = excluded.modified,
                content = excluded.content, width = excluded.width, height = excluded.height, scale = excluded.scale,
                square_sum = excluded.square_sum, mean_sum = excluded.mean_sum, hash = excluded.hash,
                mirrored_hash = excluded.mirrored_hash, features = excluded.features, error = excluded.error,
                message = excluded.message
            """)
        let file = photo.file
        let content = photo.content.map { SQLiteStatement.Value.integer($0.value) } ?? .null
        switch photo.outcome {
        case .features(let photo):
            precondition(photo.features.bytes.count == featureCount, "features of another network")
            try statement.bind(
                file.path.value, .integer(file.size), .integer(Int(file.modified)), content, .integer(photo.width),
                .integer(photo.height), .real(Double(photo.features.scale)), .integer(photo.features.squareSum),
                .real(photo.features.meanSum), .integer(Int(bitPattern: UInt(photo.hash.plain))),
                .integer(Int(bitPattern: UInt(photo.hash.mirrored))), .blob(photo.features.bytes), .null, .null)
        case .failure(let code, let message):
            try statement.bind(
                file.path.value, .integer(file.size), .integer(Int(file.modified)), content, .null, .null, .null, .null,
                .null, .null, .null, .null, .text(Array(code.utf8)), .text(Array(message.utf8)))
        }
        try statement.run()
    }

    func move(_ id: Int, to file: CollectedFile) throws(SQLiteError) {
        // The record of the new path belongs to a file that no longer exists.
        let replaced = try statement("DELETE FROM photos WHERE path = ? AND id <> ?")
        try replaced.bind(file.path.value, .integer(id))
        try replaced.run()
        let statement = try statement("UPDATE photos SET path = ?, modified = ? WHERE id = ?")
        try statement.bind(file.path.value, .integer(Int(file.modified)), .integer(id))
        try statement.run()
    }

    func remove(_ id: Int) throws(SQLiteError) {
        let statement = try statement("DELETE FROM photos WHERE id = ?")
        try statement.bind(.integer(id))
        try statement.run()
    }
}

/// A row of the table of photos.
enum PhotoRow {
    static let columns = """
        path, size, modified, content, width, height, scale, square_sum, mean_sum, hash, mirrored_hash, features, \
        error, message
        """

    /// Reads a photo from a row.
    ///
    /// - Throws: ``SQLiteError`` of `SQLITE_CORRUPT` if the row is malformed.
    static func photo(_ row: SQLiteStatement, featureCount: Int) throws(SQLiteError) -> CollectedPhoto {
        let file = CollectedFile(
            path: FilePath(bytes: row.bytes(0)), size: row.integer(1), modified: Int64(row.integer(2)))
        let content = row.isNull(3) ? nil : ContentHash(value: row.integer(3))
        guard row.isNull(12) else {
            return CollectedPhoto(
                file: file, content: content, outcome: .failure(code: row.text(12), message: row.text(13)))
        }
        let features = QuantizedFeatures(
            bytes: row.bytes(11), scale: Float(row.real(6)), squareSum: row.integer(7), meanSum: row.real(8))
        guard features.bytes.count == featureCount, features.scale >= 0, features.scale.isFinite,
            features.squareSum >= 0, features.meanSum.isFinite, row.integer(4) > 0, row.integer(5) > 0
        else {
            throw SQLiteError(code: SQLITE_CORRUPT, message: "the row of \(file.path.line) is malformed")
        }
        let hash = PerceptualHash(
            plain: UInt64(bitPattern: Int64(row.integer(9))), mirrored: UInt64(bitPattern: Int64(row.integer(10))))
        return CollectedPhoto(
            file: file, content: content,
            outcome: .features(
                PhotoFeatures(width: row.integer(4), height: row.integer(5), features: features, hash: hash)))
    }
}

extension FilePath {
    /// The path as text, or as bytes if it is not UTF-8.
    var value: SQLiteStatement.Value { String(validating: bytes, as: UTF8.self) == nil ? .blob(bytes) : .text(bytes) }
}
