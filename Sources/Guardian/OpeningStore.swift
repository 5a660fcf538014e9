import FaultPoints
import Federation
import Foundation
import GRDB

/// What was opened, for ever: a total is opened once, over one set of hospitals, and a cohort is never opened over another set
/// that differs too little. What a method has returned survives kill -9 and a power cut.
struct OpeningStore: Sendable {
    private let database: DatabaseQueue

    init(path: String) throws(GuardianError) {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
            }
            database = try DatabaseQueue(path: path, configuration: configuration)
            var migrator = DatabaseMigrator()
            migrator.registerMigration("001 openings") { database in
                try database.execute(
                    sql: """
                        CREATE TABLE opening (
                            subject TEXT PRIMARY KEY NOT NULL,
                            cohort TEXT NOT NULL,
                            request TEXT NOT NULL,             -- digest of the signed request
                            hospitals TEXT NOT NULL,           -- sorted, with commas
                            is_opened INTEGER NOT NULL CHECK (is_opened IN (0, 1)),
                            document BLOB NOT NULL             -- the signed opening: exactly what is sent, again if need be
                        ) STRICT, WITHOUT ROWID;
                        CREATE INDEX opening_cohort ON opening (cohort);
                        CREATE TABLE accepted_roster (
                            id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, digest TEXT NOT NULL) STRICT;
                        CREATE TABLE audit (sequence INTEGER PRIMARY KEY NOT NULL, line TEXT NOT NULL) STRICT;
                        """)
            }
            try migrator.migrate(database)
            _ = chmod(path, 0o600)
            try database.read { try Self.check($0, path) }
        } catch {
            throw Self.words(error, path)
        }
    }

    /// Looks through the whole file: a damaged page, or a value that is not of its column's kind, would otherwise be met in the
    /// middle of work.
    private static func check(_ database: Database, _ path: String) throws {
        let found = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "nothing"
        guard found == "ok" else {
            throw GuardianError(
                .integrity, "\(path) is damaged: \(found.prefix(200)).", advice: "Keep the file, and restore the last backup.")
        }
    }

    /// What is known when a request comes in.
    struct Known: Sendable {
        /// The opening of this very total, with the digest of its request.
        var opening: (request: String, document: [UInt8])?
        /// Over which hospitals the cohort was opened before.
        var sets: [Set<String>]
        /// The newest roster that was accepted.
        var roster: (version: Int, digest: String)?
    }

    /// Decides about a request and stores the outcome, in one transaction.
    ///
    /// - Parameter decide: gives the signed opening, and what is to be kept with it; nil keeps nothing.
    func settle(
        _ subject: TotalSubject, _ decide: (Known) throws -> (document: SignedDocument, kept: Kept?)
    ) throws(GuardianError) -> SignedDocument {
        do {
            return try database.write { database in
                let (document, kept) = try decide(try Self.known(subject, database))
                if let kept {
                    try Self.keep(kept, document, subject, database)
                    FaultPoint.reach(.guardianOpeningStoring)
                }
                return document
            }
        } catch {
            throw Self.words(error, database.path)
        }
    }

    /// What is kept with an opening.
    struct Kept: Sendable {
        var request: Digest256
        var hospitals: [String]
        var isOpened: Bool
        var roster: TotalsRoster?
        var outcome: String
        var at: Timestamp
        var guardian: GuardianID
    }

    private static func known(_ subject: TotalSubject, _ database: Database) throws -> Known {
        let opening = try Row.fetchOne(
            database, sql: "SELECT request, document FROM opening WHERE subject = ?", arguments: [subject.digest.text]
        ).map { (request: $0["request"] as String, document: Array($0["document"] as Data)) }
        let sets = try String.fetchAll(
            database, sql: "SELECT hospitals FROM opening WHERE cohort = ? AND is_opened = 1", arguments: [subject.cohort.text]
        ).map { Set($0.split(separator: ",").map(String.init)) }
        let roster = try Row.fetchOne(database, sql: "SELECT version, digest FROM accepted_roster").map {
            (version: $0["version"] as Int, digest: $0["digest"] as String)
        }
        return Known(opening: opening, sets: sets, roster: roster)
    }

    private static func keep(_ kept: Kept, _ document: SignedDocument, _ subject: TotalSubject, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO opening (subject, cohort, request, hospitals, is_opened, document) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                subject.digest.text, subject.cohort.text, kept.request.text, kept.hospitals.joined(separator: ","), kept.isOpened,
                Data(document.bytes),
            ])
        if let roster = kept.roster {
            try database.execute(
                sql: """
                    INSERT INTO accepted_roster (id, version, digest) VALUES (1, ?1, ?2)
                    ON CONFLICT (id) DO UPDATE SET version = ?1, digest = ?2
                    """, arguments: [roster.version, roster.digest.text])
        }
        var chain = try Self.chain(database)
        let entry = chain.append(
            at: kept.at, actor: "guardian:\(kept.guardian)", action: "total.open", object: "query:\(subject.query)",
            outcome: kept.outcome, content: document.digest)
        try database.execute(
            sql: "INSERT INTO audit (sequence, line) VALUES (?, ?)", arguments: [entry.sequence, entry.line])
    }

    private static func chain(_ database: Database) throws -> AuditChain {
        guard let line = try String.fetchOne(database, sql: "SELECT line FROM audit ORDER BY sequence DESC LIMIT 1") else {
            return AuditChain()
        }
        let count = try Int.fetchOne(database, sql: "SELECT max(sequence) + 1 FROM audit") ?? 0
        return AuditChain(count: count, head: Digest256(of: Array(line.utf8)))
    }

    /// Every line of the audit log, in order.
    func auditLines() throws(GuardianError) -> [String] {
        do {
            return try database.read { try String.fetchAll($0, sql: "SELECT line FROM audit ORDER BY sequence") }
        } catch {
            throw Self.words(error, database.path)
        }
    }

    private static func words(_ error: any Error, _ path: String) -> GuardianError {
        if let error = error as? GuardianError { return error }
        if let error = error as? FederationError { return GuardianError(.integrity, error.message, advice: error.advice) }
        if let error = error as? DatabaseError {
            // SQLite's own message names tables and files, never keys.
            return GuardianError(
                .folder, "\(path) could not be used (SQLite \(error.extendedResultCode.rawValue)).",
                advice: "Is the disk full, or the file damaged? Restore it from its backup.")
        }
        return GuardianError(.folder, "\(path) could not be used: \(error).", advice: "Restore it from its backup.")
    }
}
