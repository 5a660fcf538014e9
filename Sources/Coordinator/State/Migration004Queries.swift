import GRDB

/// Queries, the tickets that carry them to the hospitals, and what came back.
enum Migration004 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE query (
                    id TEXT PRIMARY KEY,
                    project TEXT NOT NULL REFERENCES project (id),
                    person TEXT NOT NULL REFERENCES person (id),
                    question BLOB NOT NULL,
                    question_hash TEXT NOT NULL,
                    release_mode TEXT NOT NULL,
                    roster TEXT NOT NULL,
                    asked_at INTEGER NOT NULL,
                    expires_at INTEGER NOT NULL,
                    cancelled_at INTEGER,
                    -- Grows with every change that a reader could see; long polls wait for it.
                    version INTEGER NOT NULL DEFAULT 1,
                    idempotency_key TEXT,
                    request_digest TEXT NOT NULL,
                    -- Draws the order of the codes H1, H2, ... under the release mode "coded".
                    shuffle TEXT NOT NULL
                ) STRICT;
                CREATE INDEX query_project ON query (project, asked_at);
                CREATE UNIQUE INDEX query_idempotency ON query (person, idempotency_key) WHERE idempotency_key IS NOT NULL;

                CREATE TABLE ticket (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    query TEXT NOT NULL REFERENCES query (id),
                    hospital TEXT NOT NULL,
                    document BLOB NOT NULL,
                    expires_at INTEGER NOT NULL,
                    state TEXT NOT NULL CHECK (state IN
                        ('queued', 'leased', 'acknowledged', 'answered', 'declined', 'failed', 'expired', 'cancelled')),
                    state_since INTEGER NOT NULL,
                    lease_until INTEGER,
                    leases INTEGER NOT NULL DEFAULT 0,
                    -- What the node said it is doing: 'queued', 'evaluating', 'held'.
                    progress TEXT,
                    progress_since INTEGER,
                    reason TEXT,
                    -- 1 once the hospital gave counts (hidden ones among them), so that progress is told without opening answers.
                    has_counts INTEGER NOT NULL DEFAULT 0 CHECK (has_counts IN (0, 1)),
                    -- 1 while a cancellation is still to be told to a node that has seen the ticket.
                    untold INTEGER NOT NULL DEFAULT 0 CHECK (untold IN (0, 1)),
                    UNIQUE (query, hospital)
                ) STRICT;
                CREATE INDEX ticket_waiting ON ticket (hospital, sequence) WHERE state IN ('queued', 'leased', 'acknowledged');
                CREATE INDEX ticket_open ON ticket (expires_at) WHERE state IN ('queued', 'leased', 'acknowledged');
                CREATE INDEX ticket_untold ON ticket (hospital) WHERE untold = 1;

                -- One accepted answer a ticket: the primary key is what makes doubling impossible.
                CREATE TABLE answer (
                    ticket TEXT PRIMARY KEY REFERENCES ticket (id),
                    hospital TEXT NOT NULL,
                    digest TEXT NOT NULL,
                    document BLOB NOT NULL,
                    received_at INTEGER NOT NULL,
                    receipt BLOB NOT NULL
                ) STRICT;

                -- What was refused and why, kept for whoever has to find out.
                CREATE TABLE refused_answer (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    hospital TEXT NOT NULL,
                    ticket TEXT,
                    code TEXT NOT NULL,
                    digest TEXT NOT NULL,
                    received_at INTEGER NOT NULL,
                    UNIQUE (hospital, digest)
                ) STRICT;
                """)
    }
}
