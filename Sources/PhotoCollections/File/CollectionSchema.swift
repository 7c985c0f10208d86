/// The collection's tables, as documented in Documentation/collections.md.
enum CollectionSchema {
    /// "xcph" in ASCII, which identifies a collection to `file` and to this program.
    static let applicationID = 0x7863_7068
    static let version = 1
    /// The page size: a row's features, 2048 bytes, lie whole on a page, seven rows to a page.
    static let pageSize = 16_384

    static let photos = """
        CREATE TABLE photos (
            id INTEGER PRIMARY KEY,
            path NOT NULL UNIQUE,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            content INTEGER,
            width INTEGER,
            height INTEGER,
            scale REAL,
            square_sum INTEGER,
            mean_sum REAL,
            hash INTEGER,
            mirrored_hash INTEGER,
            features BLOB,
            error TEXT,
            message TEXT
        )
        """

    static let madeBy = """
        CREATE TABLE made_by (
            backbone TEXT NOT NULL,
            network TEXT NOT NULL,
            features INTEGER NOT NULL,
            precision TEXT NOT NULL,
            preprocessing TEXT NOT NULL,
            views INTEGER NOT NULL,
            version TEXT NOT NULL,
            created INTEGER NOT NULL,
            mean BLOB
        )
        """

    static let contentIndex = "CREATE INDEX photos_content ON photos (content)"

    static let failureIndex = "CREATE INDEX photos_failed ON photos (error) WHERE error IS NOT NULL"

    static let all = [photos, madeBy, contentIndex, failureIndex]
}
