import CSQLite
import Platform

/// The features of photos in an SQLite database, one row per photo. For one thread at a time; several connections, also
/// of other processes, read while one writes.
package final class PhotoCollection {
    package let path: FilePath
    package let origin: CollectionOrigin
    /// The mean that features are centred by.
    package let mean: GenericMean
    /// The version of the program that made the file, and the time, in seconds since 1970.
    package let version: String
    package let created: Int
    package let isReadOnly: Bool

    let connection: SQLiteConnection
    private var pending: [CollectedPhoto] = []
    private var firstPending: ContinuousClock.Instant?
    lazy var statements = CollectionStatements(connection, featureCount: origin.featureCount)

    /// Limits of time and number after which added photos are written, in one transaction.
    private static let interval = Duration.seconds(2)
    private static let batch = 512

    // MARK: - Opening

    /// Opens a collection.
    ///
    /// - Throws: ``CollectionError``; a file that is not a collection, or one of a newer version, is not written to.
    package init(_ path: FilePath, readOnly: Bool = false) throws(CollectionError) {
        try Self.checkHeader(path)
        self.path = path
        isReadOnly = readOnly
        do throws(SQLiteError) {
            connection = try Self.connection(path, readOnly: readOnly)
            if !readOnly { try connection.execute("PRAGMA synchronous = NORMAL") }
            for (name, sql) in [("photos", CollectionSchema.photos), ("made_by", CollectionSchema.madeBy)] {
                let statement = try SQLiteStatement(
                    "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", on: connection)
                try statement.bind(.text(Array(name.utf8)))
                guard try statement.step(), statement.text(0) == sql else {
                    throw SQLiteError(code: SQLITE_CORRUPT, message: "its table \(name) has another schema")
                }
            }
            let row = try SQLiteStatement(
                """
                SELECT backbone, network, features, precision, preprocessing, views, version, created, mean FROM made_by
                """, on: connection)
            guard try row.step(), (1...1 << 16).contains(row.integer(2)) else {
                throw SQLiteError(code: SQLITE_CORRUPT, message: "its origin is missing")
            }
            origin = CollectionOrigin(
                backbone: row.text(0), network: row.text(1), featureCount: row.integer(2), precision: row.text(3),
                preprocessing: row.text(4), views: row.integer(5))
            version = row.text(6)
            created = row.integer(7)
            mean = row.isNull(8)
                ? GenericMean([Float](repeating: 0, count: origin.featureCount)) : GenericMean(bytes: row.bytes(8))
            row.reset()
        } catch {
            throw CollectionError(error, path: path)
        }
        guard mean.values.count == origin.featureCount, mean.values.allSatisfy(\.isFinite) else {
            throw .damaged(path: path, reason: "its generic mean does not have \(origin.featureCount) numbers")
        }
    }

    /// Makes a collection without photos if there is no file of that name, and opens it.
    ///
    /// - Parameter version: the program's version.
    /// - Throws: ``CollectionError``.
    package convenience init(
        _ path: FilePath, creatingFor origin: CollectionOrigin, version: String
    ) throws(CollectionError) {
        if !path.exists { try Self.create(path, origin, version: version) }
        try self.init(path)
        try check(origin)
    }

    /// Checks that features of another origin can be compared with these.
    ///
    /// - Throws: ``CollectionError/otherOrigin(path:differences:)``.
    package func check(_ other: CollectionOrigin) throws(CollectionError) {
        guard origin == other else {
            throw .otherOrigin(path: path, differences: origin.differences(from: other))
        }
    }

    /// Checks a file's first bytes before SQLite opens it.
    private static func checkHeader(_ path: FilePath) throws(CollectionError) {
        let status: FileStatus
        do throws(SystemError) { status = try FileStatus(reading: path) } catch {
            throw error.number == ENOENT ? .notFound(path: path) : .unreadable(path: path, error)
        }
        guard status.isRegular else { throw .notACollection(path: path, found: status.kind.rawValue) }
        guard status.size > 0 else { throw .notACollection(path: path, found: "an empty file") }
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw .unreadable(path: path, SystemError(number: errno)) }
        defer { close(descriptor) }
        var header = [UInt8](repeating: 0, count: 100)
        guard pread(descriptor, &header, header.count, 0) == header.count, header.starts(with: "SQLite format 3\0".utf8)
        else {
            throw .notACollection(path: path, found: "a file of another kind")
        }
        func number(at offset: Int) -> Int { header[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        guard number(at: 68) == CollectionSchema.applicationID else {
            throw .notACollection(path: path, found: "an SQLite database of another program")
        }
        let version = number(at: 60)
        guard version <= CollectionSchema.version else { throw .newerVersion(path: path, version: version) }
    }

    static func connection(_ path: FilePath, readOnly: Bool) throws(SQLiteError) -> SQLiteConnection {
        guard readOnly else {
            let connection = try SQLiteConnection(path, .write)
            // SQLite, too, opens a file for reading if it may not be written.
            guard path.isWritable, path.parent.isWritable else {
                throw SQLiteError(code: SQLITE_READONLY, message: "")
            }
            return connection
        }
        let log = FilePath(bytes: path.bytes + "-wal".utf8)
        let isLogEmpty = FileStatus(log).map { $0.size == 0 } ?? true
        do throws(SQLiteError) {
            // SQLite makes files beside a database to read it. The last connection removes them if it may write; one
            // that may only read leaves them there.
            let connection = try SQLiteConnection(path, isLogEmpty ? .write : .read)
            try connection.execute("PRAGMA query_only = ON")
            _ = try connection.integer("SELECT count(*) FROM sqlite_schema")
            return connection
        } catch {
            // A read-only directory has no room for the log's index, which is not needed if there is no log.
            guard [SQLITE_CANTOPEN, SQLITE_READONLY].contains(error.code), isLogEmpty else { throw error }
            return try SQLiteConnection(path, .readUnchanging)
        }
    }

    /// Writes a new file under a temporary name and then renames it, so that it is complete when it appears.
    private static func create(_ path: FilePath, _ origin: CollectionOrigin, version: String) throws(CollectionError) {
        let temporary = FilePath(bytes: path.bytes + ".\(getpid()).new".utf8)
        defer {
            for suffix in ["", "-journal", "-wal", "-shm"] {
                _ = FilePath(bytes: temporary.bytes + suffix.utf8).withCString { unlink($0) }
            }
        }
        let mean = GenericMean.standard(featureCount: origin.featureCount)
        do throws(SQLiteError) {
            let connection = try SQLiteConnection(temporary, .create)
            try connection.execute("PRAGMA page_size = \(CollectionSchema.pageSize)")
            try connection.transaction { () throws(SQLiteError) in
                try connection.execute("PRAGMA application_id = \(CollectionSchema.applicationID)")
                try connection.execute("PRAGMA user_version = \(CollectionSchema.version)")
                for sql in CollectionSchema.all { try connection.execute(sql) }
                let row = try SQLiteStatement("INSERT INTO made_by VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", on: connection)
                try row.bind(
                    .text(Array(origin.backbone.utf8)), .text(Array(origin.network.utf8)),
                    .integer(origin.featureCount), .text(Array(origin.precision.utf8)),
                    .text(Array(origin.preprocessing.utf8)), .integer(origin.views),
                    .text(Array(version.utf8)), .integer(time(nil)),
                    mean.squareSum > 0 ? .blob(mean.bytes) : .null)
                try row.run()
            }
            try connection.execute("PRAGMA journal_mode = WAL")
        } catch {
            // The temporary name would mean nothing in a message.
            if error.code == SQLITE_CANTOPEN {
                throw .failed(path: path, reason: "no file can be made in \(path.parent.line)")
            }
            throw CollectionError(error, path: path)
        }
        // Unlike rename, this does not replace a file that another process has made meanwhile.
        guard temporary.withCString({ from in path.withCString { link(from, $0) } }) == 0 else {
            guard errno != EEXIST else { return }
            // A file system without hard links.
            guard !path.exists, temporary.withCString({ from in path.withCString { rename(from, $0) } }) == 0 else {
                throw .unreadable(path: path, SystemError(number: errno))
            }
            return
        }
    }

    // MARK: - Reading

    /// Runs statements, and names the collection in their errors.
    func perform<Result>(_ body: () throws(SQLiteError) -> Result) throws(CollectionError) -> Result {
        do { return try body() } catch { throw CollectionError(error, path: path) }
    }

    /// Returns the record of the photo at a path.
    ///
    /// - Parameter path: an absolute path.
    package func photo(at path: FilePath) throws(CollectionError) -> CollectedPhoto? {
        try perform { () throws(SQLiteError) in try statements.photo(at: path) }
    }

    /// Returns the number of the photo at a path, if its file has not changed.
    package func unchanged(_ file: CollectedFile) throws(CollectionError) -> Int? {
        try perform { () throws(SQLiteError) in try statements.unchanged(file) }
    }

    /// Returns the numbers and paths of photos whose files had the same size and ends.
    package func photos(size: Int, content: ContentHash) throws(CollectionError) -> [(id: Int, path: FilePath)] {
        try perform { () throws(SQLiteError) in try statements.photos(size: size, content: content) }
    }

    /// The sizes of all photos' files: only a file of one of them is worth reading the ends of.
    package var sizes: Set<Int> {
        get throws(CollectionError) {
            try perform { () throws(SQLiteError) in
                let statement = try SQLiteStatement("SELECT DISTINCT size FROM photos", on: connection)
                var sizes: Set<Int> = []
                while try statement.step() { sizes.insert(statement.integer(0)) }
                return sizes
            }
        }
    }

    // MARK: - Writing

    /// Adds a photo, or replaces the one at its path. It is written together with others, some seconds later.
    package func add(_ photo: CollectedPhoto) throws(CollectionError) {
        pending.append(photo)
        let first = firstPending ?? .now
        firstPending = first
        if pending.count >= Self.batch || first.duration(to: .now) > Self.interval { try flush() }
    }

    /// Writes the photos added so far.
    package func flush() throws(CollectionError) {
        guard !pending.isEmpty else { return }
        try perform { () throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                for photo in pending { try statements.replace(photo) }
            }
        }
        pending = []
        firstPending = nil
    }

    /// Records that the file of a photo has moved.
    package func move(_ id: Int, to file: CollectedFile) throws(CollectionError) {
        try perform { () throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in try statements.move(id, to: file) }
        }
    }

    /// Removes photos.
    package func remove(_ ids: some Sequence<Int>) throws(CollectionError) {
        try perform { () throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                for id in ids { try statements.remove(id) }
            }
        }
    }
}

extension FilePath {
    fileprivate var exists: Bool { FileStatus(self) != nil }
    fileprivate var isWritable: Bool { withCString { access($0, W_OK) } == 0 }
}
