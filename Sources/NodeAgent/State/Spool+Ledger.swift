import Foundation
import GRDB

/// One more record of the release ledger, and the head after it: both are stored, or neither is.
struct LedgerAppend: Sendable {
    /// Its place: how many there were before it.
    var sequence: Int
    /// The record, sealed.
    var record: [UInt8]
    /// How far the ledger has come with it, sealed.
    var head: [UInt8]
    /// Whether the ledger in its earlier form, which this record holds whole, goes.
    var replacesEarlierForm = false
}

// The records of the release ledger.
extension Spool {
    /// Under which name the sealed head of the ledger is kept.
    static let ledgerHeadName = "release-ledger-head"
    /// Under which name earlier versions kept the whole ledger.
    static let earlierLedgerName = "release-ledger"

    /// What says how far the ledger has come, as it stands at one moment.
    struct LedgerHead: Sendable {
        /// The sealed head; nil where there is no record.
        var head: [UInt8]?
        /// How many records there are: one more than the place of the last.
        var records: Int
        /// The ledger in the form of earlier versions.
        var earlier: [UInt8]?
    }

    /// How far the ledger has come.
    func ledgerHead() throws(NodeError) -> LedgerHead {
        try read { database in
            func setting(_ name: String) throws -> [UInt8]? {
                try Data.fetchOne(database, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name]).map(Array.init)
            }
            // A database that is only read may be one that no newer version has opened yet. The last place, not a count: that would
            // read the whole ledger for each answer, and whoever opens it misses a record that is gone from its middle.
            let records =
                try database.tableExists("ledger_record")
                ? try Int.fetchOne(database, sql: "SELECT max(sequence) + 1 FROM ledger_record") ?? 0 : 0
            return LedgerHead(
                head: try setting(Self.ledgerHeadName), records: records, earlier: try setting(Self.earlierLedgerName))
        }
    }

    /// One record, sealed as it was appended; nil where there is none at that place.
    func ledgerRecord(_ sequence: Int) throws(NodeError) -> [UInt8]? {
        try read { database in
            try Data.fetchOne(database, sql: "SELECT sealed FROM ledger_record WHERE sequence = ?", arguments: [sequence])
                .map(Array.init)
        }
    }

    /// A record is never written over: where one stands at that place already, nothing of the transaction is stored.
    static func append(_ append: LedgerAppend, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO ledger_record (sequence, sealed) VALUES (?, ?)",
            arguments: [append.sequence, Data(append.record)])
        try keep(append.head, as: ledgerHeadName, database)
        if append.replacesEarlierForm {
            try database.execute(sql: "DELETE FROM setting WHERE name = ?", arguments: [earlierLedgerName])
        }
    }
}
