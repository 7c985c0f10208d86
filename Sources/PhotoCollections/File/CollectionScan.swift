import CSQLite
import Platform

/// Reads features in the order of the file, on a connection of its own: one per thread.
final class CollectionScan {
    /// The part of a photo's record that a comparison needs.
    struct Row {
        let id: Int
        let squareSum: Int
        let meanSum: Double
        /// The features, valid until the next row.
        let features: UnsafePointer<UInt8>
    }

    /// The number of bytes of the file to read where the system caches them. SQLite lowers it to its own limit, and
    /// copies the rest.
    private static let mappingLimit = 1 << 31

    private let path: FilePath
    private let featureCount: Int
    private let statement: SQLiteStatement
    private let following: SQLiteStatement
    /// Ends before the connection, which ends the mapping itself.
    private var mapping: GuardedMapping?

    /// Opens a connection. Photos that are added or removed later are not noticed.
    ///
    /// - Throws: ``CollectionError``.
    init(_ path: FilePath, featureCount: Int) throws(CollectionError) {
        self.path = path
        self.featureCount = featureCount
        do {
            let connection = try PhotoCollection.connection(path, readOnly: true)
            // One transaction, during which SQLite does not move the mapping.
            try connection.execute("PRAGMA mmap_size = \(Self.mappingLimit)")
            try connection.execute("BEGIN")
            statement = try SQLiteStatement(
                """
                SELECT id, square_sum, mean_sum, features FROM photos WHERE id BETWEEN ? AND ? AND features IS NOT NULL
                """, on: connection)
            following = try SQLiteStatement("SELECT min(id) FROM photos WHERE id >= ?", on: connection)
            _ = try connection.integer("SELECT min(id) FROM photos")
            mapping = connection.mapping.map { GuardedMapping($0) }
        } catch {
            throw CollectionError(error, path: path)
        }
    }

    /// Calls `body` with the photos of a range of numbers.
    ///
    /// - Returns: true if there is no photo in the range.
    /// - Throws: ``CollectionError``, also if a row is malformed.
    func forEach(in ids: ClosedRange<Int>, _ body: (Row) -> Void) throws(CollectionError) -> Bool {
        var isEmpty = true
        do throws(SQLiteError) {
            try statement.bind(.integer(ids.lowerBound), .integer(ids.upperBound))
            while try statement.step() {
                isEmpty = false
                let (id, squareSum, meanSum) = (statement.integer(0), statement.integer(1), statement.real(2))
                let isWhole = statement.withBytes(3) { features in
                    guard features.count == featureCount, squareSum >= 0, meanSum.isFinite else { return false }
                    body(Row(id: id, squareSum: squareSum, meanSum: meanSum, features: features.baseAddress!))
                    return true
                }
                guard isWhole else {
                    throw SQLiteError(code: SQLITE_CORRUPT, message: "photo \(id) is malformed")
                }
            }
        } catch {
            statement.reset()
            throw CollectionError(error, path: path)
        }
        if mapping?.hasFaulted == true { throw .damaged(path: path, reason: "it became shorter while it was read") }
        return isEmpty
    }

    deinit { mapping = nil }

    /// Returns the first number of a photo from `id` on.
    func first(from id: Int) throws(CollectionError) -> Int? {
        do throws(SQLiteError) {
            try following.bind(.integer(id))
            defer { following.reset() }
            return try following.step() && !following.isNull(0) ? following.integer(0) : nil
        } catch {
            throw CollectionError(error, path: path)
        }
    }
}
