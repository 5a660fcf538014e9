import GRDB

/// People, their credentials and failed sign-ins.
enum Migration001 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

                CREATE TABLE person (
                    id TEXT PRIMARY KEY,
                    login TEXT NOT NULL COLLATE NOCASE UNIQUE,
                    display_name TEXT NOT NULL,
                    organisation TEXT NOT NULL DEFAULT '',
                    role TEXT NOT NULL CHECK (role IN ('researcher', 'consortium-lead', 'administrator', 'observer')),
                    password_hash TEXT NOT NULL,
                    disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
                    created_at INTEGER NOT NULL,
                    last_sign_in INTEGER
                ) STRICT;

                -- Sessions and API tokens. Only a SHA-256 of the secret is kept: a copy of this file opens no door.
                CREATE TABLE credential (
                    hash TEXT PRIMARY KEY,
                    id TEXT NOT NULL UNIQUE,
                    kind TEXT NOT NULL CHECK (kind IN ('session', 'token')),
                    person TEXT NOT NULL REFERENCES person (id),
                    label TEXT NOT NULL,
                    scopes TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    expires_at INTEGER NOT NULL,
                    revoked_at INTEGER
                ) STRICT;
                CREATE INDEX credential_person ON credential (person);

                -- Keyed by the name tried and by the address it came from, so that neither alone can be guessed at speed.
                CREATE TABLE sign_in_failure (
                    subject TEXT PRIMARY KEY,
                    failures INTEGER NOT NULL,
                    last_at INTEGER NOT NULL,
                    blocked_until INTEGER NOT NULL
                ) STRICT;
                """)
    }
}
