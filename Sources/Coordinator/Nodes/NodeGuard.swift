import Federation
import GRDB

/// Takes note of a node's contact and of its process, and stops a node whose identity is in two hands.
struct NodeGuard: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock

    /// A contact is written at most this often, in seconds, so that an idle consortium costs no disk writes.
    static let contactGrain: Int64 = 10

    /// What a poll's boot id means for the queue.
    enum Arrival: Sendable, Hashable { case same, restarted }

    /// Takes note of a poll.
    ///
    /// - Throws: `CoordinatorError` (`IDENTITY_CONFLICT`) while the node is quarantined, and when this very poll shows that it
    ///   has to be.
    func arrive(_ hospital: HospitalID, boot: BootID) async throws -> Arrival {
        let now = clock.now
        if try await isKnownAndFresh(hospital, boot, now) { return .same }
        // The quarantine must be committed before the error leaves: so the verdict comes out of the transaction as a value.
        let verdict = try await database.write { db in try Self.see(db, hospital, boot, now) }
        switch verdict {
        case .same: return .same
        case .restart: return .restarted
        case .conflict: throw Self.conflict(hospital)
        }
    }

    private func isKnownAndFresh(_ hospital: HospitalID, _ boot: BootID, _ now: Timestamp) async throws -> Bool {
        try await database.read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM node
                    WHERE hospital = ? AND state = 'enrolled' AND boot = ? AND last_contact > ?)
                    """, arguments: [hospital.rawValue, boot.rawValue, now.seconds - Self.contactGrain]) ?? false
        }
    }

    private static func see(
        _ db: Database, _ hospital: HospitalID, _ boot: BootID, _ now: Timestamp
    ) throws -> BootHistory.Verdict {
        guard
            let row = try Row.fetchOne(db, sql: "SELECT state, boot FROM node WHERE hospital = ?", arguments: [hospital.rawValue])
        else { throw CoordinatorError.notFound("node", hospital.rawValue) }
        guard row["state"] as String == NodeRecord.State.enrolled.rawValue else { return .conflict }
        let seen = try String.fetchAll(
            db, sql: "SELECT boot FROM node_boot WHERE hospital = ?", arguments: [hospital.rawValue])
        let current = (row["boot"] as String?).map(BootID.init(unchecked:))
        var history = BootHistory(
            current: current, superseded: Set(seen.map(BootID.init(unchecked:)).filter { $0 != current }))
        let verdict = history.see(boot)
        switch verdict {
        case .same:
            break
        case .restart:
            try db.execute(
                sql: "INSERT INTO node_boot (hospital, boot, first_seen) VALUES (?, ?, ?)",
                arguments: [hospital.rawValue, boot.rawValue, now.seconds])
            try db.execute(
                sql: "UPDATE node SET boot = ? WHERE hospital = ?", arguments: [boot.rawValue, hospital.rawValue])
            try TicketQueue.requeueAfterRestart(db, hospital, now: now)
        case .conflict:
            try quarantine(db, hospital, boot, now)
        }
        try db.execute(
            sql: "UPDATE node SET last_contact = ? WHERE hospital = ?", arguments: [now.seconds, hospital.rawValue])
        return verdict
    }

    private static func quarantine(_ db: Database, _ hospital: HospitalID, _ boot: BootID, _ now: Timestamp) throws {
        try db.execute(
            sql: "UPDATE node SET state = 'quarantined', state_since = ?, state_reason = ? WHERE hospital = ?",
            arguments: [now.seconds, "the superseded process \(boot) came back", hospital.rawValue])
        try AuditLog.append(db, .nodeQuarantined, by: .system, on: .hospital(hospital), at: now)
    }

    /// Passes where nothing speaks against believing this node.
    static func requireUndisputed(_ db: Database, _ hospital: HospitalID) throws {
        let state = try String.fetchOne(
            db, sql: "SELECT state FROM node WHERE hospital = ?", arguments: [hospital.rawValue])
        guard state == NodeRecord.State.quarantined.rawValue else { return }
        throw conflict(hospital)
    }

    static func conflict(_ hospital: HospitalID) -> CoordinatorError {
        CoordinatorError(
            .identityConflict, "Two processes use the identity of \(hospital). Neither is served until that is cleared up.",
            advice:
                "Find the second process (a copied disk, a cloned machine) and stop it; then the consortium's administrator runs "
                + "`dure-coordinator node release \(hospital)`.")
    }
}
