import GRDB

/// Files carried to and from hospitals without a network, and what nodes have signed about their own audit logs.
enum Migration008 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE courier_bundle (
                    id TEXT PRIMARY KEY,
                    hospital TEXT NOT NULL,
                    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
                    digest TEXT NOT NULL,
                    document BLOB NOT NULL,
                    created_at INTEGER NOT NULL
                ) STRICT;
                -- The file that a ticket was carried in last; NULL for one that went over the network.
                ALTER TABLE ticket ADD COLUMN carried TEXT;

                -- Receipts and grants that wait for the next file to their hospital.
                CREATE TABLE courier_reply (
                    sequence INTEGER PRIMARY KEY,
                    hospital TEXT NOT NULL,
                    digest TEXT NOT NULL,
                    document BLOB NOT NULL,
                    bundle TEXT,
                    UNIQUE (hospital, digest)
                ) STRICT;

                -- Every word of a node on its own log; two for one count are a rewritten past.
                CREATE TABLE node_audit_head (
                    hospital TEXT NOT NULL,
                    count INTEGER NOT NULL,
                    head TEXT NOT NULL,
                    document BLOB NOT NULL,
                    received_at INTEGER NOT NULL,
                    PRIMARY KEY (hospital, count, head)
                ) STRICT;
                """)
    }
}
