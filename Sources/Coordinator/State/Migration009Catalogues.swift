import GRDB

/// What hospitals have published of their stores.
enum Migration009 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                -- The last catalogue of each hospital, in the bytes that it signed.
                CREATE TABLE catalogue (
                    hospital TEXT PRIMARY KEY,
                    document BLOB NOT NULL,
                    issued_at INTEGER NOT NULL,
                    received_at INTEGER NOT NULL
                ) STRICT;
                """)
    }
}
