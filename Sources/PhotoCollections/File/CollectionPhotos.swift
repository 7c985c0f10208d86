import Platform

extension PhotoCollection {
    /// Returns the number of photos with features, and of those with an error. Reads indexes alone.
    package func counts() throws(CollectionError) -> (photos: Int, failures: Int) {
        try perform { () throws(SQLiteError) in
            let failures = try connection.integer("SELECT count(*) FROM photos WHERE error IS NOT NULL")
            return (try connection.integer("SELECT count(*) FROM photos") - failures, failures)
        }
    }

    /// True if no photo has features.
    package var isEmpty: Bool {
        get throws(CollectionError) {
            try perform { () throws(SQLiteError) in
                try connection.integer("SELECT EXISTS (SELECT 1 FROM photos WHERE features IS NOT NULL)") == 0
            }
        }
    }

    /// Returns some photos in the order of their paths; paths that are not text come last.
    ///
    /// - Parameter last: the path before the first one; nil to begin at the start.
    package func list(after last: FilePath?, count: Int) throws(CollectionError) -> [ListedPhoto] {
        try perform { () throws(SQLiteError) in
            let statement = try SQLiteStatement(
                """
                SELECT path, error, message FROM photos \(last == nil ? "" : "WHERE path > ?2") ORDER BY path LIMIT ?1
                """, on: connection)
            if let last { try statement.bind(.integer(count), last.value) } else { try statement.bind(.integer(count)) }
            var photos: [ListedPhoto] = []
            while try statement.step() {
                photos.append(ListedPhoto(
                    path: FilePath(bytes: statement.bytes(0)),
                    failure: statement.isNull(1) ? nil : (statement.text(1), statement.text(2))))
            }
            return photos
        }
    }

    /// Calls `body` with all photos in the order of their paths.
    ///
    /// - Parameter body: returns false to stop.
    package func forEachPhoto(
        _ body: (CollectedPhoto) -> Bool
    ) throws(CollectionError) {
        try perform { () throws(SQLiteError) in
            let statement = try SQLiteStatement("SELECT \(PhotoRow.columns) FROM photos ORDER BY path", on: connection)
            defer { statement.reset() }
            while try statement.step() {
                guard body(try PhotoRow.photo(statement, featureCount: origin.featureCount)) else { return }
            }
        }
    }

    /// Calls `body` with the number, file and size of every photo that has features, in the order of their numbers.
    package func forEachFile(
        _ body: (_ id: Int, _ file: CollectedFile, _ width: Int, _ height: Int) -> Void
    ) throws(CollectionError) {
        try perform { () throws(SQLiteError) in
            let statement = try SQLiteStatement(
                "SELECT id, path, size, modified, width, height FROM photos WHERE features IS NOT NULL", on: connection)
            while try statement.step() {
                let file = CollectedFile(
                    path: FilePath(bytes: statement.bytes(1)), size: statement.integer(2),
                    modified: Int64(statement.integer(3)))
                body(statement.integer(0), file, statement.integer(4), statement.integer(5))
            }
        }
    }

    /// Calls `body` with the number and path of every photo, in the order of their numbers.
    package func forEachPath(_ body: (_ id: Int, _ path: FilePath) -> Void) throws(CollectionError) {
        try perform { () throws(SQLiteError) in
            let statement = try SQLiteStatement("SELECT id, path FROM photos", on: connection)
            while try statement.step() { body(statement.integer(0), FilePath(bytes: statement.bytes(1))) }
        }
    }

    /// Returns the photo with a number.
    package func photo(_ id: Int) throws(CollectionError) -> CollectedPhoto? {
        try perform { () throws(SQLiteError) in try statements.photo(id) }
    }

    /// Checks the file page by page, and each photo's sums against its features.
    ///
    /// - Throws: ``CollectionError/damaged(path:reason:)`` with the first fault.
    package func verify() throws(CollectionError) {
        var fault: String?
        try perform { () throws(SQLiteError) in
            let check = try SQLiteStatement("PRAGMA integrity_check(1)", on: connection)
            // A title may come first.
            if try check.step(), check.text(0) != "ok" {
                fault = check.text(0).split(separator: "\n").last.map { String($0).printable }
            }
            check.reset()
        }
        if let fault { throw .damaged(path: path, reason: fault) }
        try forEachPhoto { photo in
            guard case .features(let values) = photo.outcome else { return true }
            let features = QuantizedFeatures(bytes: values.features.bytes, scale: values.features.scale, mean: mean)
            if features.squareSum != values.features.squareSum || abs(features.meanSum - values.features.meanSum) > 1e-6
            {
                fault = "the sums of \(photo.file.path.line) do not match its features"
            }
            return fault == nil
        }
        if let fault { throw .damaged(path: path, reason: fault) }
    }
}

/// A photo of a collection without its features.
package struct ListedPhoto: Sendable {
    package let path: FilePath
    /// The error, if there are no features.
    package let failure: (code: String, message: String)?
}
