import CanonicalJSON
public import Federation
import Foundation
import GRDB

/// A node as the coordinator keeps it.
public struct NodeRecord: Sendable, Hashable {
    /// How the enrolment stands.
    public enum State: String, Sendable, Hashable { case enrolled, quarantined, revoked }

    /// The hospital.
    public let hospital: HospitalID
    /// How the enrolment stands.
    public let state: State
    /// Since when.
    public let stateSince: Timestamp
    /// Why it is quarantined or revoked.
    public let reason: String
    /// The key that its answers are signed with.
    public let signingKey: VerificationKey
    /// When it was enrolled.
    public let enrolledAt: Timestamp
    /// When its newest certificate ends.
    public let certificateExpires: Timestamp?
    /// When it was last heard of.
    public let lastContact: Timestamp?
    /// When it last answered.
    public let lastAnswer: Timestamp?
    /// What it last reported of itself.
    public let health: NodeHealth?
    /// When it did.
    public let healthAt: Timestamp?

    init(_ row: Row) throws {
        guard let state = State(rawValue: row["state"]), let bytes = Hex.decode(row["signing_key"]),
            let key = VerificationKey(bytes: bytes)
        else {
            throw CoordinatorError(.integrity, "A stored node is not readable.", advice: "Restore the state's backup.")
        }
        hospital = HospitalID(unchecked: row["hospital"])
        self.state = state
        stateSince = row.timestamp("state_since")
        reason = row["state_reason"]
        signingKey = key
        enrolledAt = row.timestamp("enrolled_at")
        certificateExpires = row.optionalTimestamp("certificate_expires")
        lastContact = row.optionalTimestamp("last_contact")
        lastAnswer = row.optionalTimestamp("last_answer")
        healthAt = row.optionalTimestamp("health_at")
        let document: Data? = row["health"]
        health = document.flatMap { try? NodeHealth(from: JSONReader(JSONValue(parsing: $0))) }
    }

    /// By how many seconds the node's clock was ahead of ours at its last report; nil before one.
    public var clockAhead: Int64? {
        guard let health, let healthAt else { return nil }
        return health.time.seconds - healthAt.seconds
    }

    /// How the node stands at `now`, silent after `silentAfter` seconds without contact.
    public func standing(at now: Timestamp, silentAfter: Int) -> NodeSummary.Standing {
        switch state {
        case .revoked: return .revoked
        case .quarantined: return .quarantined
        case .enrolled: break
        }
        guard let lastContact else { return .neverSeen }
        if now.seconds - lastContact.seconds > Int64(silentAfter) { return .silent }
        return health?.state == .paused ? .paused : .online
    }
}

/// The enrolled nodes: who they are, whether they live, and the two decisions that people take about them.
public struct NodeRegister: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock

    private static let selection = """
        SELECT node.*, (SELECT max(expires_at) FROM node_certificate c WHERE c.hospital = node.hospital AND revoked_at IS NULL)
            AS certificate_expires FROM node
        """

    /// Every enrolled node, by hospital.
    public func list() async throws -> [NodeRecord] {
        try await database.read { db in
            try Row.fetchAll(db, sql: Self.selection + " ORDER BY hospital").map(NodeRecord.init)
        }
    }

    static func find(_ db: Database, _ hospital: HospitalID) throws -> NodeRecord? {
        try Row.fetchOne(db, sql: selection + " WHERE hospital = ?", arguments: [hospital.rawValue]).map(NodeRecord.init)
    }

    /// One node.
    public func find(_ hospital: HospitalID) async throws -> NodeRecord {
        let found = try await database.read { db in try Self.find(db, hospital) }
        guard let found else { throw CoordinatorError.notFound("node", hospital.rawValue) }
        return found
    }

    /// The node that a certificate belongs to, looked up on each request so that a revocation takes effect at once.
    ///
    /// - Throws: `CoordinatorError` with `NODE_UNKNOWN` or `NODE_REVOKED`.
    func peer(_ facts: CertificateFacts) async throws -> NodePeer {
        let now = clock.now
        let row = try await database.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT node.hospital, state, revoked_at, expires_at FROM node_certificate c
                    JOIN node ON node.hospital = c.hospital WHERE fingerprint = ?
                    """, arguments: [facts.fingerprint.text]
            ).map { row in
                (
                    hospital: row["hospital"] as String, state: row["state"] as String,
                    isRevoked: row["revoked_at"] as Int64? != nil, expires: row.timestamp("expires_at")
                )
            }
        }
        guard let row, facts.node?.rawValue == row.hospital else {
            throw CoordinatorError(
                .nodeUnknown,
                "The certificate \(facts.fingerprint.short) of \(facts.commonName.prefix(40)) is not enrolled here.",
                advice: "Enrol the node with a code from this coordinator.")
        }
        guard !row.isRevoked, row.state != NodeRecord.State.revoked.rawValue else {
            throw CoordinatorError(
                .nodeRevoked, "The enrolment of \(row.hospital) was withdrawn.",
                advice: "Call the consortium's administrator; a new enrolment code lets the node in again.")
        }
        guard now < row.expires.adding(FederationProtocol.clockTolerance) else {
            throw CoordinatorError(
                .nodeUnknown, "The certificate of \(row.hospital) ended at \(row.expires).",
                advice: "Enrol the node anew; nodes that run renew by themselves.")
        }
        return NodePeer(hospital: HospitalID(unchecked: row.hospital), fingerprint: facts.fingerprint)
    }

    /// Keeps a node's report about itself.
    func report(_ health: NodeHealth, from peer: NodePeer) async throws {
        guard health.node == peer.hospital else {
            throw CoordinatorError(
                .badRequest, "The report is about \(health.node), and the certificate is of \(peer.hospital).", pointer: "/node",
                detailCode: FederationError.Code.audienceWrong.rawValue)
        }
        let now = clock.now
        try await database.write { db in
            try NodeGuard.requireUndisputed(db, peer.hospital)
            try db.execute(
                sql: "UPDATE node SET health = ?, health_at = ?, last_contact = ? WHERE hospital = ?",
                arguments: [Data(health.json.canonicalBytes()), now.seconds, now.seconds, peer.hospital.rawValue])
            if let head = health.auditHead, let node = try Self.find(db, peer.hospital) {
                try AuditHeads.keep(db, head, of: node, at: now)
            }
        }
    }

    /// Lifts a quarantine, once somebody has found out which process is the right one and stopped the other. The next boot that
    /// shows up is the one believed.
    public func release(_ hospital: HospitalID, by actor: AuditActor) async throws {
        let now = clock.now
        try await database.write { db in
            guard try Self.find(db, hospital)?.state == .quarantined else {
                throw CoordinatorError(
                    .notRunning, "\(hospital) is not quarantined.", advice: "`dure-coordinator node list` shows it.")
            }
            try db.execute(
                sql: """
                    UPDATE node SET state = 'enrolled', state_since = ?, state_reason = '', boot = NULL WHERE hospital = ?
                    """, arguments: [now.seconds, hospital.rawValue])
            try db.execute(sql: "DELETE FROM node_boot WHERE hospital = ?", arguments: [hospital.rawValue])
            try AuditLog.append(db, .nodeReleased, by: actor, on: .hospital(hospital), at: now)
        }
    }

    /// Withdraws an enrolment: no certificate of the node is accepted from this moment on. Only a new enrolment lets it in.
    public func revoke(_ hospital: HospitalID, reason: String, by actor: AuditActor) async throws {
        let now = clock.now
        try await database.write { db in
            guard let node = try Self.find(db, hospital) else { throw CoordinatorError.notFound("node", hospital.rawValue) }
            guard node.state != .revoked else { return }
            try db.execute(
                sql: "UPDATE node SET state = 'revoked', state_since = ?, state_reason = ? WHERE hospital = ?",
                arguments: [now.seconds, String(reason.prefix(200)), hospital.rawValue])
            try db.execute(
                sql: "UPDATE node_certificate SET revoked_at = ? WHERE hospital = ? AND revoked_at IS NULL",
                arguments: [now.seconds, hospital.rawValue])
            // Keys too: what a withdrawn node signed before must not be let in after a new enrolment.
            try db.execute(
                sql: "UPDATE node_key SET revoked_at = ? WHERE hospital = ? AND revoked_at IS NULL",
                arguments: [now.seconds, hospital.rawValue])
            try AuditLog.append(db, .nodeRevoked, by: actor, on: .hospital(hospital), at: now)
        }
    }
}
