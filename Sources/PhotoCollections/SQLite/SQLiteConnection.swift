import CSQLite
import Platform

/// A failed call of SQLite.
struct SQLiteError: Error, Equatable {
    /// The primary result code: `SQLITE_BUSY`, `SQLITE_FULL` and so on.
    let code: Int32
    let message: String
}

/// A connection to a database, for one thread at a time.
final class SQLiteConnection {
    enum Access {
        case create
        case write
        case read
        /// For a file that no other program writes; SQLite then needs neither locks nor files of its own.
        case readUnchanging
    }

    fileprivate let handle: OpaquePointer

    /// Milliseconds to wait for another writer's transaction; one takes a fraction of that.
    private static let patience: Int32 = 10_000

    init(_ path: FilePath, _ access: Access) throws(SQLiteError) {
        var handle: OpaquePointer?
        let flags: Int32 = switch access {
        case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        case .write: SQLITE_OPEN_READWRITE
        case .read, .readUnchanging: SQLITE_OPEN_READONLY
        }
        // A URI, so that a name that looks like a URI remains a name.
        let digits = Array("0123456789ABCDEF".utf8)
        let escaped = path.bytes.flatMap { [UInt8(ascii: "%"), digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        let address =
            "file:" + String(decoding: escaped, as: UTF8.self) + (access == .readUnchanging ? "?immutable=1" : "")
        let code = sqlite3_open_v2(address, &handle, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            let error = SQLiteError(code: code & 0xFF, message: String(cString: sqlite3_errstr(code)))
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, Self.patience)
        // The file may be hostile: nothing in its schema is run.
        for (option, value) in [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0), (SQLITE_DBCONFIG_ENABLE_VIEW, 0),
            (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
        ] as [(Int32, Int32)] {
            _ = csqlite_configure(handle, option, value)
        }
        try execute("PRAGMA cell_size_check = ON")
    }

    deinit { sqlite3_close_v2(handle) }

    fileprivate var error: SQLiteError {
        // A message may quote the file, with its line breaks.
        SQLiteError(code: sqlite3_errcode(handle) & 0xFF, message: String(cString: sqlite3_errmsg(handle)).printable)
    }

    /// The part of the file that is mapped into memory, as `PRAGMA mmap_size` allows, in whole pages; nil if none is.
    /// It stays there until the transaction ends in which something was read.
    var mapping: UnsafeRawBufferPointer? {
        var size = 0
        guard let start = csqlite_mapping(handle, &size) else { return nil }
        let page = sysconf(Int32(_SC_PAGESIZE))
        return UnsafeRawBufferPointer(start: start, count: (size + page - 1) / page * page)
    }

    /// Runs statements and ignores their rows.
    func execute(_ sql: String) throws(SQLiteError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error }
    }

    /// Returns the integer that a query returns, or 0 if it returns none.
    func integer(_ sql: String) throws(SQLiteError) -> Int {
        let statement = try SQLiteStatement(sql, on: self)
        return try statement.step() ? statement.integer(0) : 0
    }

    /// Runs `body` in a write transaction, and rolls back if it throws.
    func transaction(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try execute("BEGIN IMMEDIATE")
        do throws(SQLiteError) {
            try body()
            try execute("COMMIT")
        } catch {
            // After some errors SQLite has rolled back by itself.
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }
}

/// A prepared statement: values are bound by their numbers from 1, columns are read by theirs from 0.
final class SQLiteStatement {
    enum Value {
        case null
        case integer(Int)
        case real(Double)
        /// UTF-8 text.
        case text([UInt8])
        case blob([UInt8])
    }

    private let connection: SQLiteConnection
    private let handle: OpaquePointer

    init(_ sql: String, on connection: SQLiteConnection) throws(SQLiteError) {
        var handle: OpaquePointer?
        guard
            sqlite3_prepare_v3(connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
                == SQLITE_OK,
            let handle
        else { throw connection.error }
        self.connection = connection
        self.handle = handle
    }

    deinit { sqlite3_finalize(handle) }

    /// Resets the statement, and binds these values.
    func bind(_ values: Value...) throws(SQLiteError) {
        sqlite3_reset(handle)
        for (index, value) in values.enumerated() {
            let index = Int32(index + 1)
            let code = switch value {
            case .null: sqlite3_bind_null(handle, index)
            case .integer(let value): sqlite3_bind_int64(handle, index, Int64(value))
            case .real(let value): sqlite3_bind_double(handle, index, value)
            case .text(let bytes):
                bytes.withUnsafeBytes {
                    csqlite_bind_text(handle, index, $0.baseAddress ?? Self.nothing, Int32(bytes.count))
                }
            case .blob(let bytes):
                bytes.withUnsafeBytes {
                    csqlite_bind_blob(handle, index, $0.baseAddress ?? Self.nothing, Int32(bytes.count))
                }
            }
            guard code == SQLITE_OK else { throw connection.error }
        }
    }

    /// The start of an empty value, since a null pointer would mean NULL.
    private static var nothing: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 1)! }

    /// Advances to the next row.
    ///
    /// - Returns: false after the last one; the statement then holds no lock.
    func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(handle)
            return false
        default:
            let error = connection.error
            sqlite3_reset(handle)
            throw error
        }
    }

    /// Runs a statement that returns no rows.
    func run() throws(SQLiteError) {
        while try step() {}
    }

    /// Ends a query before its last row, and releases its lock on the file.
    func reset() { sqlite3_reset(handle) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

    func real(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    func text(_ column: Int32) -> String { withBytes(column) { String(decoding: $0, as: UTF8.self) } }

    func bytes(_ column: Int32) -> [UInt8] { withBytes(column) { Array($0) } }

    /// Calls `body` with the bytes of a text or blob.
    func withBytes<Result, Failure>(
        _ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = sqlite3_column_blob(handle, column)?.assumingMemoryBound(to: UInt8.self)
        return try body(
            UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column))))
    }
}
