import GRDB

/// Since when a node's former key is not believed any more.
enum Migration006 {
    static func migrate(_ db: Database) throws {
        // Which of the former keys were withdrawn was not kept until now; so none of them is believed for a new answer. The key
        // in force is in `node`. What was accepted already stays verifiable.
        try db.execute(
            sql: """
                ALTER TABLE node_key ADD COLUMN revoked_at INTEGER;
                UPDATE node_key SET revoked_at = (SELECT state_since FROM node WHERE node.hospital = node_key.hospital)
                WHERE NOT EXISTS (
                    SELECT 1 FROM node
                    WHERE node.hospital = node_key.hospital AND node.signing_key = node_key.signing_key AND state <> 'revoked');
                """)
    }
}
