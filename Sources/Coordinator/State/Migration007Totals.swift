import GRDB

/// Consortium totals: the officers' rosters, and where each total stands.
enum Migration007 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                -- Every totals roster ever loaded: a total keeps the one it was asked under.
                CREATE TABLE totals_roster (
                    version INTEGER PRIMARY KEY,
                    digest TEXT NOT NULL UNIQUE,
                    document BLOB NOT NULL,
                    loaded_at INTEGER NOT NULL
                ) STRICT;

                -- One total a query. The request fixes the set of hospitals; once made it never changes.
                CREATE TABLE total (
                    query TEXT PRIMARY KEY REFERENCES query (id),
                    roster INTEGER NOT NULL REFERENCES totals_roster (version),
                    guardian TEXT NOT NULL,
                    minimum INTEGER NOT NULL,
                    request BLOB,
                    requested_at INTEGER,
                    opening BLOB,
                    opened_at INTEGER
                ) STRICT;
                CREATE INDEX total_open ON total (guardian) WHERE opening IS NULL;
                """)
    }
}
