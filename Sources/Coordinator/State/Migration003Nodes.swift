import GRDB

/// Enrolment codes, enrolled nodes with their certificates, and the boots that were seen of each.
enum Migration003 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE enrolment_code (
                    digest TEXT PRIMARY KEY,
                    hospital TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    expires_at INTEGER NOT NULL,
                    used_at INTEGER,
                    withdrawn_at INTEGER,
                    -- The request that used it and the grant it got: the same node asking again gets the same answer.
                    request_digest TEXT,
                    grant_document BLOB
                ) STRICT;

                CREATE TABLE node (
                    hospital TEXT PRIMARY KEY,
                    state TEXT NOT NULL CHECK (state IN ('enrolled', 'quarantined', 'revoked')),
                    state_since INTEGER NOT NULL,
                    state_reason TEXT NOT NULL DEFAULT '',
                    signing_key TEXT NOT NULL,
                    enrolled_at INTEGER NOT NULL,
                    boot TEXT,
                    last_contact INTEGER,
                    last_answer INTEGER,
                    health BLOB,
                    health_at INTEGER
                ) STRICT;

                -- A renewed node has two valid certificates for a while; revoking closes both.
                CREATE TABLE node_certificate (
                    fingerprint TEXT PRIMARY KEY,
                    hospital TEXT NOT NULL REFERENCES node (hospital),
                    document TEXT NOT NULL,
                    issued_at INTEGER NOT NULL,
                    expires_at INTEGER NOT NULL,
                    revoked_at INTEGER
                ) STRICT;
                CREATE INDEX node_certificate_hospital ON node_certificate (hospital);

                CREATE TABLE node_boot (
                    hospital TEXT NOT NULL REFERENCES node (hospital),
                    boot TEXT NOT NULL,
                    first_seen INTEGER NOT NULL,
                    PRIMARY KEY (hospital, boot)
                ) STRICT;

                -- Keys that a node signed with before it enrolled anew: old answers stay verifiable.
                CREATE TABLE node_key (
                    hospital TEXT NOT NULL REFERENCES node (hospital),
                    name TEXT NOT NULL,
                    signing_key TEXT NOT NULL,
                    enrolled_at INTEGER NOT NULL,
                    PRIMARY KEY (hospital, name)
                ) STRICT;
                """)
    }
}
