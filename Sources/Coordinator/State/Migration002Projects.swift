import GRDB

/// Projects with their members and hospitals, and the roster documents that queries are asked against.
enum Migration002 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE project (
                    id TEXT PRIMARY KEY,
                    title_ko TEXT,
                    title_en TEXT,
                    purpose TEXT NOT NULL,
                    purpose_class TEXT NOT NULL,
                    organisation TEXT NOT NULL,
                    release_modes TEXT NOT NULL,
                    -- The last day, '2026-12-31', in UTC.
                    until_day TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    closed_at INTEGER,
                    CHECK (title_ko IS NOT NULL OR title_en IS NOT NULL)
                ) STRICT;

                CREATE TABLE project_member (
                    project TEXT NOT NULL REFERENCES project (id),
                    person TEXT NOT NULL REFERENCES person (id),
                    added_at INTEGER NOT NULL,
                    PRIMARY KEY (project, person)
                ) STRICT;

                CREATE TABLE project_hospital (
                    project TEXT NOT NULL REFERENCES project (id),
                    hospital TEXT NOT NULL,
                    added_at INTEGER NOT NULL,
                    PRIMARY KEY (project, hospital)
                ) STRICT;

                -- Every roster ever loaded: an old result keeps the roster it was asked against.
                CREATE TABLE roster (
                    version INTEGER PRIMARY KEY AUTOINCREMENT,
                    digest TEXT NOT NULL,
                    document BLOB NOT NULL,
                    loaded_at INTEGER NOT NULL
                ) STRICT;
                """)
    }
}
