public import Federation
import Foundation
import GRDB

/// Lets hospitals' nodes in: one-time codes, certificates bound to exactly one hospital, renewal.
public struct EnrolmentDesk: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let keys: ConsortiumKeys
    /// For how long a node's certificate is valid, in seconds.
    let certificateLifetime: Int64

    /// A code just made.
    public struct NewCode: Sendable {
        /// What the operator at the hospital types.
        public let code: EnrolmentCode
        /// The hospital that it is for.
        public let hospital: HospitalID
        /// When it ends.
        public let expires: Timestamp
    }

    /// Makes a code for one hospital. Unused earlier codes for it end.
    public func makeCode(for hospital: HospitalID, seconds: Int64, by actor: AuditActor) async throws -> NewCode {
        let now = clock.now
        guard (60...30 * 86_400).contains(seconds) else {
            throw CoordinatorError(.badRequest, "An enrolment code lives between a minute and 30 days.")
        }
        var generator = SystemRandomNumberGenerator()
        let code = EnrolmentCode(authority: keys.authorityFingerprint, using: &generator)
        let expires = now.adding(seconds)
        try await database.write { db in
            try RosterRegister.requireListed(db, hospital)
            try db.execute(
                sql: "UPDATE enrolment_code SET withdrawn_at = ? WHERE hospital = ? AND used_at IS NULL AND withdrawn_at IS NULL",
                arguments: [now.seconds, hospital.rawValue])
            try db.execute(
                sql: "INSERT INTO enrolment_code (digest, hospital, created_at, expires_at) VALUES (?, ?, ?, ?)",
                arguments: [code.secretDigest.text, hospital.rawValue, now.seconds, expires.seconds])
            try AuditLog.append(db, .codeMade, by: actor, on: .hospital(hospital), at: now)
        }
        return NewCode(code: code, hospital: hospital, expires: expires)
    }

    /// Enrols the node that signed `document`, once for each code. The same request again gets the same grant, for a node that did not
    /// hear the answer.
    func enrol(_ document: SignedDocument, from address: String, nodesURL: String) async throws -> SignedDocument {
        let now = clock.now
        try await database.read { db in try FailureCounter.requireNoWait(db, [.enrolment(address)], now: now) }
        let request = try EnrolmentRequest.verified(document)
        guard let digest = request.secretDigest else { throw Self.refusal }
        let outcome: Result<SignedDocument, CoordinatorError> = try await database.write { [self] db in
            do throws(CoordinatorError) {
                return .success(try enrol(db, request, document, digest, nodesURL, now))
            } catch {
                // Guessing at codes leaves a trace and has to wait; so the refusal is committed and thrown afterwards.
                try FailureCounter.count(db, [.enrolment(address)], now: now)
                try AuditLog.append(
                    db, .enrolmentRefused, by: .stranger, on: .none, at: now, outcome: error.wireCode, content: document.digest)
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    private func enrol(
        _ db: Database, _ request: EnrolmentRequest, _ document: SignedDocument, _ digest: Digest256, _ nodesURL: String,
        _ now: Timestamp
    ) throws(CoordinatorError) -> SignedDocument {
        do {
            guard let row = try Row.fetchOne(db, sql: "SELECT * FROM enrolment_code WHERE digest = ?", arguments: [digest.text]),
                row["withdrawn_at"] as Int64? == nil, now < row.timestamp("expires_at")
            else { throw Self.refusal }
            if row["used_at"] as Int64? != nil {
                guard row["request_digest"] as String? == document.digest.text, let stored = row["grant_document"] as Data? else {
                    throw Self.refusal
                }
                return try SignedDocument(parsing: stored)
            }
            let hospital = HospitalID(unchecked: row["hospital"])
            let grant = try issue(
                request: request.certificateRequest, to: hospital, signingKey: request.signingKey, nodesURL: nodesURL, now: now)
            try Self.replaceNode(db, hospital, request.signingKey, now)
            try Self.keep(db, grant.certificate, of: hospital, now)
            let signed = try SignedDocument(signing: grant, with: keys.signing)
            try db.execute(
                sql: "UPDATE enrolment_code SET used_at = ?, request_digest = ?, grant_document = ? WHERE digest = ?",
                arguments: [now.seconds, document.digest.text, Data(signed.bytes), digest.text])
            try AuditLog.append(
                db, .nodeEnrolled, by: .node(hospital), on: .hospital(hospital), at: now, content: signed.digest)
            return signed
        } catch let error as CoordinatorError {
            throw error
        } catch let error as FederationError {
            throw CoordinatorError(.badRequest, error.message, advice: error.advice, detailCode: error.code.rawValue)
        } catch let error as DatabaseError {
            throw CoordinatorError.from(error)
        } catch {
            throw CoordinatorError(.unavailable, "The enrolment could not be recorded.", advice: "Try again.")
        }
    }

    /// One answer for every wrong code: unknown, used, withdrawn and over are not told apart.
    private static let refusal = CoordinatorError(
        .enrolmentCodeInvalid, "The enrolment code is unknown, was used already, or has ended.",
        advice: "Ask the consortium's administrator for a new one: `dure-coordinator enrol-code --hospital ID`.")

    /// Renews the certificate of an enrolled node.
    /// - Parameter window: by how many seconds the request may be older, or its clock ahead: a day, as clocks differ; a carried
    ///   file takes longer.
    func renew(
        _ document: SignedDocument, from peer: NodePeer, nodesURL: String, window: Int64 = 86_400
    ) async throws -> SignedDocument {
        let now = clock.now
        return try await database.write { [self] db in
            try NodeGuard.requireUndisputed(db, peer.hospital)
            guard let node = try NodeRegister.find(db, peer.hospital) else {
                throw CoordinatorError.notFound("node", peer.hospital.rawValue)
            }
            let request = try document.verified(as: RenewalRequest.self, by: node.signingKey)
            guard request.node == peer.hospital else {
                throw FederationError(
                    .audienceWrong, "The request is by \(request.node), and the certificate is of \(peer.hospital).")
            }
            // A replay of an old request could bring back an old key; a wide window, because clocks differ.
            guard abs(now.seconds - request.asked.seconds) <= window else {
                throw FederationError(
                    .ticketExpired, "The renewal was asked at \(request.asked), and it is \(now).",
                    advice: "Set the node's clock and ask again.")
            }
            let grant = try issue(
                request: request.certificateRequest, to: peer.hospital, signingKey: node.signingKey, nodesURL: nodesURL, now: now)
            try Self.keep(db, grant.certificate, of: peer.hospital, now)
            let signed = try SignedDocument(signing: grant, with: keys.signing)
            try AuditLog.append(
                db, .nodeRenewed, by: .node(peer.hospital), on: .hospital(peer.hospital), at: now, content: signed.digest)
            return signed
        }
    }

    private func issue(
        request: String, to hospital: HospitalID, signingKey: VerificationKey, nodesURL: String, now: Timestamp
    ) throws(FederationError) -> EnrolmentGrant {
        let certificate = try keys.authority.issueNodeCertificate(
            request: request, hospital: hospital, now: now, lifetime: certificateLifetime)
        return EnrolmentGrant(
            node: hospital, certificate: certificate, authority: keys.authorityPEM,
            coordinatorKey: keys.signing.verificationKey, signingKey: signingKey, nodesURL: nodesURL,
            expires: try CertificateFacts(pem: certificate).expires)
    }

    /// Puts a new node in the place of the hospital's old one, whose certificates end.
    private static func replaceNode(_ db: Database, _ hospital: HospitalID, _ key: VerificationKey, _ now: Timestamp) throws {
        try db.execute(
            sql: "UPDATE node_certificate SET revoked_at = ? WHERE hospital = ? AND revoked_at IS NULL",
            arguments: [now.seconds, hospital.rawValue])
        try db.execute(
            sql: """
                INSERT INTO node (hospital, state, state_since, signing_key, enrolled_at) VALUES (?1, 'enrolled', ?2, ?3, ?2)
                ON CONFLICT (hospital) DO UPDATE SET state = 'enrolled', state_since = ?2, state_reason = '', signing_key = ?3,
                    enrolled_at = ?2, boot = NULL, last_contact = NULL, health = NULL, health_at = NULL
                """, arguments: [hospital.rawValue, now.seconds, Hex.encode(key.bytes)])
        try db.execute(sql: "DELETE FROM node_boot WHERE hospital = ?", arguments: [hospital.rawValue])
        try db.execute(
            sql: """
                INSERT INTO node_key (hospital, name, signing_key, enrolled_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (hospital, name) DO UPDATE SET enrolled_at = excluded.enrolled_at, revoked_at = NULL
                """,
            arguments: [hospital.rawValue, key.name, Hex.encode(key.bytes), now.seconds])
    }

    private static func keep(_ db: Database, _ certificatePEM: String, of hospital: HospitalID, _ now: Timestamp) throws {
        let facts = try CertificateFacts(pem: certificatePEM)
        try db.execute(
            sql: """
                INSERT INTO node_certificate (fingerprint, hospital, document, issued_at, expires_at) VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [facts.fingerprint.text, hospital.rawValue, certificatePEM, now.seconds, facts.expires.seconds])
    }
}
