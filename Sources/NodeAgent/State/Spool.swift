import FaultPoints
import Federation
import Foundation
import GRDB

/// What the node has promised and not yet done, durably: a ticket is here before it is acknowledged, an answer is here,
/// with its line in the audit log, before it is sent.
///
/// SQLite in WAL mode with `synchronous=FULL`: what a method has returned survives kill -9 and a power cut.
actor Spool {
    private let executor = QueueExecutor(label: "dure.spool")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let database: DatabaseQueue
    let hospital: HospitalID

    /// One ticket as it is stored.
    struct Entry: Sendable, Hashable {
        var id: TicketID
        var state: TicketState
        var received: Timestamp
        var document: [UInt8]
        var answer: [UInt8]?
    }

    /// What became of a ticket that came in.
    enum Acceptance: Sendable, Hashable {
        /// It is stored now.
        case new
        /// It was stored before, byte for byte: the coordinator offers it again because our word did not arrive.
        case known(TicketState)
        /// Another ticket with the same id was stored before. Not worked on.
        case differs
    }

    /// Opens or makes the spool.
    /// - Parameter readOnly: for `status` and `preview` beside a running daemon.
    init(_ state: StateDirectory, hospital: HospitalID, readOnly: Bool = false) throws(NodeError) {
        self.hospital = hospital
        do {
            var configuration = Configuration()
            configuration.readonly = readOnly
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { database in
                if !readOnly { try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;") }
            }
            let database = try DatabaseQueue(path: state.database, configuration: configuration)
            if !readOnly {
                try SpoolSchema.migrator.migrate(database)
                _ = chmod(state.database, 0o600)
            }
            self.database = database
            _ = try database.read(Self.chain)
        } catch {
            throw Self.words(error, state.database)
        }
    }

    /// For a test of full disks: the database may not grow beyond this many pages more.
    func limitGrowth(pages: Int) throws {
        try database.writeWithoutTransaction { database in
            let now = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(now + pages)")
        }
    }

    /// For a test of damaged files: what is in the write-ahead log goes into the file.
    func checkpoint() throws {
        try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }

    // MARK: tickets

    /// Stores a verified ticket.
    func accept(_ ticket: QueryTicket, _ document: SignedDocument, at now: Timestamp) throws(NodeError) -> Acceptance {
        let bytes = Data(document.bytes)
        return try write { database, audit in
            if let row = try Row.fetchOne(
                database, sql: "SELECT state, document FROM ticket WHERE id = ?", arguments: [ticket.id.rawValue])
            {
                guard row["document"] as Data == bytes else {
                    try audit(now, "ticket.received", ticket.id.rawValue, "TICKET_REPLAYED", document.digest)
                    return .differs
                }
                return .known(TicketState(rawValue: row["state"]) ?? .received)
            }
            try database.execute(
                sql: "INSERT INTO ticket (id, query, state, received, expires, document, project) VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    ticket.id.rawValue, ticket.query.rawValue, TicketState.received.rawValue, now.seconds,
                    ticket.expires.seconds, bytes, ticket.project.id.rawValue,
                ])
            try audit(now, "ticket.received", ticket.id.rawValue, "ok", document.digest)
            FaultPoint.reach(.nodeTicketStoring)
            return .new
        }
    }

    /// Moves a ticket on. The new state, or nil where the event comes too late to change anything.
    @discardableResult
    func move(_ id: TicketID, _ event: TicketState.Event, at now: Timestamp, outcome: String = "ok") throws(NodeError)
        -> TicketState?
    {
        try write { database, audit in
            guard let state = try Self.state(of: id, database), let next = state.after(event) else { return nil }
            guard next != state else { return next }
            let settled: Int64? = next.duty == .nothing ? now.seconds : nil
            try database.execute(
                sql: "UPDATE ticket SET state = ?, settled = ? WHERE id = ?", arguments: [next.rawValue, settled, id.rawValue])
            if next.duty == .nothing { try audit(now, "ticket.\(next.rawValue)", id.rawValue, outcome, nil) }
            return next
        }
    }

    /// The oldest ticket with something of this kind to be done, other than those in work.
    func next(_ duty: TicketState.Duty, except busy: Set<TicketID> = []) throws(NodeError) -> Entry? {
        let states = TicketState.allCases.filter { $0.duty == duty }.map(\.rawValue)
        return try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, state, received, document, answer FROM ticket
                    WHERE state IN (\(states.map { _ in "?" }.joined(separator: ","))) ORDER BY received, id
                    """, arguments: StatementArguments(states))
            while let row = try rows.next() {
                let entry = Self.entry(row)
                if !busy.contains(entry.id) { return entry }
            }
            return nil
        }
    }

    /// One ticket.
    func entry(_ id: TicketID) throws(NodeError) -> Entry? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT id, state, received, document, answer FROM ticket WHERE id = ?", arguments: [id.rawValue]
            ).map(Self.entry)
        }
    }

    /// How many tickets are in each state.
    func counts() throws(NodeError) -> [TicketState: Int] {
        try read { database in
            var counts: [TicketState: Int] = [:]
            guard try database.tableExists("ticket") else { return counts }
            for row in try Row.fetchAll(database, sql: "SELECT state, count(*) AS n FROM ticket GROUP BY state") {
                if let state = TicketState(rawValue: row["state"]) { counts[state] = row["n"] }
            }
            return counts
        }
    }

    // MARK: answers

    /// Stores an answer for good: its bytes, what it releases, the ledger after it and the audit line, all or nothing.
    /// - Parameters:
    ///   - values: settings to keep in the same transaction (the ledger of shares after a total).
    ///   - append: what a total adds to the release ledger.
    /// - Returns: false where the ticket was withdrawn meanwhile, or answered before: then nothing is stored.
    func store(
        _ answer: SignedDocument, to id: TicketID, release: Release?, keeping values: [String: [UInt8]] = [:],
        appending append: LedgerAppend? = nil, outcome: String, at now: Timestamp
    ) throws(NodeError) -> Bool {
        try write { database, audit in
            guard let state = try Self.state(of: id, database), let next = state.after(.answerStored) else { return false }
            try database.execute(
                sql: "UPDATE ticket SET state = ?, answer = ?, answered = ? WHERE id = ?",
                arguments: [next.rawValue, Data(answer.bytes), now.seconds, id.rawValue])
            if let release {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO release (key, disclosed, ticket, created) VALUES (?, ?, ?, ?)",
                    arguments: [release.key.text, Data(release.disclosed), id.rawValue, now.seconds])
                if let ledger = release.ledger { try Self.append(ledger, database) }
            }
            if let append { try Self.append(append, database) }
            for (name, value) in values { try Self.keep(value, as: name, database) }
            try audit(now, "answer.stored", id.rawValue, outcome, answer.digest)
            FaultPoint.reach(.nodeAnswerStoring)
            return true
        }
    }

    /// What an answer lets out for the first time.
    struct Release: Sendable {
        /// What was asked of which data under which rules.
        var key: Digest256
        /// The disclosed answer's canonical bytes.
        var disclosed: [UInt8]
        /// What it adds to the release ledger, sealed; nil where nothing is to be stored.
        var ledger: LedgerAppend?
    }

    /// What was said before to the same question, under the same rules, of the same data.
    func released(_ key: Digest256) throws(NodeError) -> [UInt8]? {
        try read { database in
            try Data.fetchOne(database, sql: "SELECT disclosed FROM release WHERE key = ?", arguments: [key.text]).map(Array.init)
        }
    }

    /// A value kept by name.
    func setting(_ name: String) throws(NodeError) -> [UInt8]? {
        try read { database in
            try Data.fetchOne(database, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name]).map(Array.init)
        }
    }

    /// A signed document kept by name; nil where none is kept, or what is kept is none.
    func document(_ name: String) throws(NodeError) -> SignedDocument? {
        try setting(name).flatMap { try? SignedDocument(parsing: $0) }
    }

    /// Keeps values by name, and what is added to the release ledger, all or nothing.
    func keep(_ values: [String: [UInt8]], appending append: LedgerAppend? = nil) throws(NodeError) {
        try write { database, _ in
            for (name, value) in values { try Self.keep(value, as: name, database) }
            if let append { try Self.append(append, database) }
        }
    }

    static func keep(_ value: [UInt8], as name: String, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            arguments: [name, Data(value)])
    }

    /// Stores the coordinator's receipt: the answer need not be sent again.
    func store(receipt: SignedDocument, for id: TicketID, at now: Timestamp) throws(NodeError) {
        try write { database, audit in
            guard let state = try Self.state(of: id, database), let next = state.after(.receiptStored) else { return }
            try database.execute(
                sql: "UPDATE ticket SET state = ?, receipt = ?, settled = ? WHERE id = ?",
                arguments: [next.rawValue, Data(receipt.bytes), now.seconds, id.rawValue])
            try audit(now, "answer.sent", id.rawValue, "ok", receipt.digest)
            FaultPoint.reach(.nodeReceiptStoring)
        }
    }

    // MARK: audit

    /// Writes a line that belongs to no ticket's step.
    /// - Parameter actor: who did it; nil for the node itself.
    func record(
        _ action: String, _ object: String, outcome: String = "ok", content: Digest256? = nil, at now: Timestamp,
        by actor: String? = nil
    ) throws(NodeError) {
        try write(by: actor) { _, audit in try audit(now, action, object, outcome, content) }
    }

    /// Every line that was not put into an archive, in order.
    func auditLines() throws(NodeError) -> [String] {
        try read { database in
            guard try database.tableExists("audit") else { return [] }
            return try String.fetchAll(database, sql: "SELECT line FROM audit ORDER BY sequence")
        }
    }

    /// Follows the whole chain.
    /// - Throws: `INTEGRITY` that names the first line that does not follow.
    func verifyAudit() throws(NodeError) -> AuditChain {
        let (lines, start) = (try auditLines(), try auditStart())
        do throws(FederationError) {
            return try AuditComparison(lines, from: start).chain
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }

    /// Looks through the whole file once: a damaged page, or a value that is not of its column's kind, would otherwise be met in
    /// the middle of work.
    /// - Throws: `INTEGRITY`.
    func check() throws(NodeError) {
        let found = try read { database in try String.fetchOne(database, sql: "PRAGMA quick_check(1)") } ?? "nothing"
        guard found == "ok" else {
            throw NodeError(
                .integrity, "\(database.path) is damaged: \(found.prefix(200)).",
                advice: "Keep the file, restore the last backup, and tell the security officer.")
        }
    }

    /// One row, to know that the database answers: what the watchdog asks.
    func ping() throws(NodeError) { _ = try read { try Int.fetchOne($0, sql: "SELECT 1") } }

    // MARK: -

    typealias Audit = (Timestamp, String, String, String, Digest256?) throws -> Void

    /// One transaction, with the write lock from its beginning: the chain goes on from what is stored at that moment, so that
    /// the daemon and a person's command beside it write one log.
    /// - Parameter actor: who does it; nil for the node itself.
    func write<Value>(by actor: String? = nil, _ body: (Database, Audit) throws -> Value) throws(NodeError) -> Value {
        do {
            return try database.writeWithoutTransaction { database in
                var value: Value?
                try database.inTransaction(.immediate) {
                    var chain = try Self.chain(database)
                    value = try body(database) { at, action, object, outcome, content in
                        let entry = chain.append(
                            at: at, actor: actor ?? "node:\(hospital)", action: action, object: object, outcome: outcome,
                            content: content)
                        try database.execute(
                            sql: "INSERT INTO audit (sequence, line) VALUES (?, ?)", arguments: [entry.sequence, entry.line])
                    }
                    return .commit
                }
                guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                return value
            }
        } catch {
            throw Self.words(error, database.path)
        }
    }

    /// For what SQLite does only outside a transaction.
    func outsideTransaction(_ body: (Database) throws -> Void) throws(NodeError) {
        do {
            try database.writeWithoutTransaction(body)
        } catch {
            throw Self.words(error, database.path)
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(NodeError) -> Value {
        do {
            return try database.read(body)
        } catch {
            throw Self.words(error, database.path)
        }
    }

    static func state(of id: TicketID, _ database: Database) throws -> TicketState? {
        try String.fetchOne(database, sql: "SELECT state FROM ticket WHERE id = ?", arguments: [id.rawValue])
            .flatMap(TicketState.init(rawValue:))
    }

    static func entry(_ row: Row) -> Entry {
        Entry(
            id: TicketID(unchecked: row["id"]), state: TicketState(rawValue: row["state"]) ?? .received,
            received: Timestamp(row["received"]), document: Array(row["document"] as Data),
            answer: (row["answer"] as Data?).map(Array.init))
    }

    static func chain(_ database: Database) throws -> AuditChain {
        guard try database.tableExists("audit"),
            let line = try String.fetchOne(database, sql: "SELECT line FROM audit ORDER BY sequence DESC LIMIT 1")
        else { return AuditChain() }
        let count = try Int.fetchOne(database, sql: "SELECT max(sequence) + 1 FROM audit") ?? 0
        // The last line's own digest is the head; whether the lines before it follow is for `verifyAudit` to say.
        return AuditChain(count: count, head: Digest256(of: Array(line.utf8)))
    }

    private static func words(_ error: any Error, _ path: String) -> NodeError {
        if let error = error as? NodeError { return error }
        guard let error = error as? DatabaseError else {
            return NodeError(.state, "\(path) could not be used: \(error).", advice: "Run `dure-node doctor`.")
        }
        switch error.resultCode {
        case .SQLITE_FULL:
            return NodeError(
                .diskFull, "There is no room left to write \(path).",
                advice:
                    "Free space on that disk. Nothing was lost: what is stored stays, and the coordinator offers the rest again.")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return NodeError(
                .integrity, "\(path) is damaged.",
                advice: "Keep the file, restore the last backup, and tell the security officer.")
        case .SQLITE_CANTOPEN:
            return NodeError(.state, "\(path) cannot be opened.", advice: "Start the node once, or check owner and permissions.")
        default:
            // SQLite's own message names tables and files, never values.
            return NodeError(
                .state, "\(path) could not be used (SQLite \(error.extendedResultCode.rawValue)).",
                advice: "Run `dure-node doctor`.")
        }
    }
}
