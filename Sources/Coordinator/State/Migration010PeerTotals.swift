import GRDB

/// Totals that the hospitals open together: who is to be asked what, and what each has said. Such a total has an empty guardian.
enum Migration010 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                -- One row for each hospital in the total, once the set is fixed.
                CREATE TABLE peer_round (
                    query TEXT NOT NULL REFERENCES total (query),
                    hospital TEXT NOT NULL,
                    due TEXT,                  -- what its node is to be asked: agree, reveal; null where nothing
                    offered_until INTEGER,     -- it was asked, and is not asked again before
                    agreement BLOB,            -- what it said, signed: yes, or why not
                    reveal BLOB,               -- its shares, signed
                    PRIMARY KEY (query, hospital)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX peer_round_due ON peer_round (hospital) WHERE due IS NOT NULL;
                """)
    }
}
