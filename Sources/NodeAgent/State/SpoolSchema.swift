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
        migrator.registerMigration("002 the desk") { database in
            try database.execute(
                sql: """
                    ALTER TABLE ticket ADD COLUMN project TEXT;    -- for quotas
                    ALTER TABLE ticket ADD COLUMN tried INTEGER;   -- when its answer was first given to the network

                    -- A ticket whose answer waits, or waited, for a person or for hours to pass.
                    CREATE TABLE request (
                        ticket TEXT PRIMARY KEY NOT NULL REFERENCES ticket (id),
                        state TEXT NOT NULL,               -- held, approved, declined, overdue, expired, stopped
                        decision TEXT NOT NULL,            -- what the policy asked for: 'manual-2', 'hold-24h'
                        why TEXT NOT NULL,                 -- which parts of the policy asked for it
                        held INTEGER NOT NULL,             -- since when
                        prepared INTEGER,                  -- the time that stands in the answer that persons are shown
                        due INTEGER,                       -- when it leaves without a person, if it does
                        decline TEXT,                      -- the code that a person declined it with
                        settled INTEGER
                    ) STRICT, WITHOUT ROWID;

                    -- Who approved, and exactly what: the digest of the answer's payload.
                    CREATE TABLE approval (
                        ticket TEXT NOT NULL REFERENCES request (ticket),
                        person INTEGER NOT NULL,           -- the user's number on this machine
                        at INTEGER NOT NULL,
                        payload TEXT NOT NULL,
                        PRIMARY KEY (ticket, person)
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("003 courier and signed heads") { database in
            try database.execute(
                sql: """
                    -- Files carried in and out. A name is never used for two contents.
                    CREATE TABLE bundle (
                        id TEXT PRIMARY KEY NOT NULL,
                        direction TEXT NOT NULL,           -- in, out
                        state TEXT NOT NULL,               -- imported; prepared, released, returned
                        digest TEXT NOT NULL,
                        document BLOB NOT NULL,
                        created INTEGER NOT NULL,
                        released INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE bundle_approval (
                        bundle TEXT NOT NULL REFERENCES bundle (id),
                        person INTEGER NOT NULL,
                        at INTEGER NOT NULL,
                        PRIMARY KEY (bundle, person)
                    ) STRICT, WITHOUT ROWID;
                    -- The file that a ticket's answer leaves in.
                    CREATE TABLE bundle_ticket (
                        ticket TEXT PRIMARY KEY NOT NULL REFERENCES ticket (id),
                        bundle TEXT NOT NULL REFERENCES bundle (id)
                    ) STRICT, WITHOUT ROWID;

                    -- What this node has signed about its own log.
                    CREATE TABLE audit_head (count INTEGER PRIMARY KEY NOT NULL, document BLOB NOT NULL) STRICT;
                    """)
        }
        migrator.registerMigration("004 totals that the hospitals open together") { database in
            try database.execute(
                sql: """
                    -- To which set of hospitals this one agreed, for each total: kept for ever.
                    CREATE TABLE peer_total (
                        subject TEXT PRIMARY KEY NOT NULL,
                        cohort TEXT NOT NULL,
                        request TEXT NOT NULL,             -- digest of the signed request
                        hospitals TEXT NOT NULL,           -- sorted, with commas
                        agreement BLOB NOT NULL,           -- the signed word: exactly what is sent, again if need be
                        reveal BLOB                        -- the signed shares
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX peer_total_cohort ON peer_total (cohort);
                    """)
        }
        migrator.registerMigration("005 archives of the audit log") { database in
            try database.execute(
                sql: """
                    -- Lines may go only below the place where the log was made to begin (setting 'audit-start', JSON with a
                    -- `count`), which is written when they stand in an archive.
                    DROP TRIGGER audit_is_append_only_2;
                    CREATE TRIGGER audit_is_append_only_2 BEFORE DELETE ON audit
                        WHEN old.sequence >= coalesce(
                            (SELECT json_extract(CAST(value AS TEXT), '$.count') FROM setting WHERE name = 'audit-start'), 0)
                        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
                    """)
        }
        migrator.registerMigration("006 the release ledger in records") { database in
            try database.execute(
                sql: """
                    -- What each release added to the ledger, sealed to its place and to all before it. How many there are, and
                    -- the last one's link, is in the setting 'release-ledger-head', sealed and kept in the same transaction.
                    CREATE TABLE ledger_record (sequence INTEGER PRIMARY KEY NOT NULL, sealed BLOB NOT NULL) STRICT;
                    CREATE TRIGGER ledger_is_append_only_1 BEFORE UPDATE ON ledger_record
                        BEGIN SELECT RAISE(ABORT, 'the release ledger is append-only'); END;
                    CREATE TRIGGER ledger_is_append_only_2 BEFORE DELETE ON ledger_record
                        BEGIN SELECT RAISE(ABORT, 'the release ledger is append-only'); END;
                    """)
        }
        return migrator
    }
}
