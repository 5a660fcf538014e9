import CanonicalJSON
public import Federation
import Foundation
import GRDB

/// The totals rosters: drafts for the officers to sign, and what they signed.
public struct TotalsRegister: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock

    /// What the officers are asked to sign: the enrolled nodes of `hospitals` with their keys, and the guardian.
    ///
    /// - Throws: `CoordinatorError` where a hospital has no enrolled node or there are too few.
    public func draft(
        consortium: String, guardian: TotalsRoster.Guardian, hospitals: [HospitalID], minimum: Int, isWrittenMinimum: Bool
    ) async throws -> TotalsRoster {
        try await draft(
            consortium, guardian, hospitals.map { ($0, nil) }, minimum: minimum, isWrittenMinimum: isWrittenMinimum)
    }

    /// The same without a guardian.
    ///
    /// - Parameter entries: what each hospital's `dure-node totals-entry` printed.
    /// - Throws: also where an entry's key is not the one that is enrolled, or the hospital's questions are carried as files.
    public func draft(
        consortium: String, peers entries: [TotalsRoster.Member], minimum: Int, isWrittenMinimum: Bool
    ) async throws -> TotalsRoster {
        try await draft(
            consortium, nil, entries.map { ($0.hospital, $0) }, minimum: minimum, isWrittenMinimum: isWrittenMinimum)
    }

    private func draft(
        _ consortium: String, _ guardian: TotalsRoster.Guardian?, _ hospitals: [(HospitalID, TotalsRoster.Member?)],
        minimum: Int, isWrittenMinimum: Bool
    ) async throws -> TotalsRoster {
        let now = clock.now
        return try await database.read { db in
            let members = try hospitals.map { hospital, entry in
                guard let node = try NodeRegister.find(db, hospital), node.state == .enrolled else {
                    throw CoordinatorError(
                        .notFound, "\(hospital) has no enrolled node.",
                        advice: "Enrol it first, or leave it out: `dure-coordinator node list`.")
                }
                if let entry { try Self.check(db, entry, node) }
                return TotalsRoster.Member(hospital: hospital, key: node.signingKey, sealingKey: entry?.sealingKey)
            }
            let roster = TotalsRoster(
                consortium: consortium, version: (try Self.current(db)?.content().version ?? 0) + 1, issued: now,
                minimum: minimum, isWrittenMinimum: isWrittenMinimum, members: members, guardian: guardian)
            _ = try roster.admission()
            // What cannot be read back would only be found out after the officers have signed.
            do throws(JSONError) {
                return try TotalsRoster(from: JSONReader(roster.json))
            } catch {
                throw CoordinatorError(
                    .configuration, "The totals roster \(error.description).", advice: "Correct the list of hospitals.")
            }
        }
    }

    /// A hospital's own entry fits to what it enrolled with, and its node can be asked more than once a total.
    private static func check(_ db: Database, _ entry: TotalsRoster.Member, _ node: NodeRecord) throws {
        guard entry.key == node.signingKey, entry.sealingKey != nil else {
            throw CoordinatorError(
                .configuration, "The entry of \(entry.hospital) is not the one of its enrolled node.",
                advice: "It prints a new one: `dure-node totals-entry`.")
        }
        let isCarried = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM courier_bundle WHERE hospital = ?)", arguments: [entry.hospital.rawValue])
        guard isCarried != true else {
            throw CoordinatorError(
                .configuration, "\(entry.hospital) is asked by carried files; a total without a guardian has more rounds.",
                advice: "Leave it out, or have a guardian open the totals.")
        }
    }

    /// Makes a signed roster the current one. Loading the same again changes nothing.
    ///
    /// - Throws: `CoordinatorError` (`CONFIGURATION`) where it has too few signatures, contradicts itself, or is older.
    public func load(_ cosigned: CosignedRoster, by actor: AuditActor) async throws -> TotalsRoster {
        let roster = try cosigned.content()
        _ = try roster.admission()
        guard Set(cosigned.documents.map(\.keyName)).count >= CosignedRoster.officersNeeded else {
            throw CoordinatorError(
                .configuration, "The totals roster has fewer than \(CosignedRoster.officersNeeded) signatures.",
                advice: "Each officer adds one: `dure totals sign`.")
        }
        let now = clock.now
        try await database.write { db in
            if let current = try Self.current(db)?.content() {
                if current == roster { return }
                guard roster.version > current.version else {
                    throw CoordinatorError(
                        .configuration, "Version \(roster.version) of the totals roster is not newer than \(current.version).",
                        advice: "Draw up a new one: `dure-coordinator totals draft`.")
                }
            }
            try db.execute(
                sql: "INSERT INTO totals_roster (version, digest, document, loaded_at) VALUES (?, ?, ?, ?)",
                arguments: [roster.version, roster.digest.text, Data(cosigned.json.canonicalBytes()), now.seconds])
            try AuditLog.append(
                db, .totalsRosterLoaded, by: actor, on: .totalsRoster(roster.version), at: now, content: roster.digest)
        }
        return roster
    }

    /// The roster in force, or nil before one is loaded.
    public func current() async throws -> CosignedRoster? { try await database.read { db in try Self.current(db) } }

    static func current(_ db: Database) throws -> CosignedRoster? {
        try document(db, "SELECT document FROM totals_roster ORDER BY version DESC LIMIT 1", [])
    }

    static func find(_ db: Database, version: Int) throws -> CosignedRoster? {
        try document(db, "SELECT document FROM totals_roster WHERE version = ?", [version])
    }

    private static func document(_ db: Database, _ sql: String, _ arguments: StatementArguments) throws -> CosignedRoster? {
        guard let data = try Data.fetchOne(db, sql: sql, arguments: arguments) else { return nil }
        do throws(JSONError) {
            return try CosignedRoster(from: JSONReader(JSONValue(parsing: data)))
        } catch {
            throw CoordinatorError(
                .integrity, "The stored totals roster is not readable: \(error)", advice: "Restore the state's backup.")
        }
    }
}
