import GRDB

/// The tables of `state.sqlite`. A change is a new migration; a published one is never edited.
enum SpoolSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("001 tickets, releases and audit") { database in
            try database.execute(
                sql: """
                    CREATE TABLE ticket (
                        id TEXT PRIMARY KEY NOT NULL,
                        query TEXT NOT NULL,
                        state TEXT NOT NULL,
                        received INTEGER NOT NULL,         -- seconds since 1970, this node's clock
                        expires INTEGER NOT NULL,
                        document BLOB NOT NULL,            -- the signed ticket, canonical bytes
                        answer BLOB,                       -- the signed answer, canonical bytes: exactly what is sent
                        answered INTEGER,
                        receipt BLOB,                      -- the coordinator's signed receipt
                        settled INTEGER                    -- when it was sent, cancelled or refused
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX ticket_state ON ticket (state, received);

                    -- What has left, by what was asked of which data under which rules: asked again, it is said again.
                    CREATE TABLE release (
                        key TEXT PRIMARY KEY NOT NULL,
                        disclosed BLOB NOT NULL,
                        ticket TEXT NOT NULL,
                        created INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE setting (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

                    CREATE TABLE audit (sequence INTEGER PRIMARY KEY NOT NULL, line TEXT NOT NULL) STRICT;
                    CREATE TRIGGER audit_is_append_only_1 BEFORE UPDATE ON audit
                        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
                    CREATE TRIGGER audit_is_append_only_2 BEFORE DELETE ON audit
                        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
                    """)
        }
        return migrator
    }
}
