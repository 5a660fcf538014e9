import CanonicalJSON
public import Federation
import Foundation
import GRDB

/// The coordinator's half of the courier: questions carried to hospitals without a network, and their answers taken in.
///
/// What is carried are the messages of the wire, byte for byte; an answer that comes as a file is accepted or refused exactly as
/// one that comes over the network. May be used while the coordinator runs.
public struct CourierOffice: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let keys: ConsortiumKeys
    let enrolment: EnrolmentDesk
    let nodesURL: String

    /// For how many seconds a file may be used.
    static let lifetime: Int64 = 30 * 86_400

    /// A file to carry.
    public struct Exported: Sendable {
        /// The file's name.
        public let id: BundleID
        /// What is carried.
        public let file: CourierFile
        /// How many questions are in it.
        public let tickets: Int
        /// How many receipts and certificates are in it.
        public let replies: Int
    }

    /// Puts what waits for a hospital into a file.
    ///
    /// - Parameter pages: how many printed pages it may fill; a single question may take more.
    /// - Returns: nil where nothing waits.
    public func export(to hospital: HospitalID, pages: Int = 40, by actor: AuditActor) async throws -> Exported? {
        let now = clock.now
        return try await database.write { [self] db in
            try RosterRegister.requireListed(db, hospital)
            var random = SystemRandomNumberGenerator()
            let id = BundleID.random(using: &random)
            let replies = try Row.fetchAll(
                db, sql: "SELECT sequence, document FROM courier_reply WHERE hospital = ? AND bundle IS NULL ORDER BY sequence",
                arguments: [hospital.rawValue])
            let documents = try replies.map { try SignedDocument(parsing: $0["document"] as Data) }
            let cancelled = try TicketQueue.takeCancellations(db, hospital)
            let known = try AuditHeads.last(db, of: hospital)
            var (tickets, made) = ([QueryTicket](), try bundle(id, hospital, [], [], documents, cancelled, known, now))
            var signed: [SignedDocument] = []
            while let next = try TicketQueue.lease(db, hospital, atMost: 1, seconds: Self.lifetime, now: now).first {
                let document = try SignedDocument(parsing: next.document)
                let ticket = try document.verified(as: QueryTicket.self, by: keys.signing.verificationKey)
                let larger = try bundle(id, hospital, tickets + [ticket], signed + [document], documents, cancelled, known, now)
                if !tickets.isEmpty, CourierFile(larger.document).pages > pages {
                    // For the next file: it goes back to the queue in the same transaction, as if it had not been taken.
                    try db.execute(
                        sql: "UPDATE ticket SET state = 'queued', lease_until = NULL, leases = leases - 1 WHERE id = ?",
                        arguments: [ticket.id.rawValue])
                    break
                }
                try db.execute(
                    sql: "UPDATE ticket SET carried = ? WHERE id = ?", arguments: [id.rawValue, ticket.id.rawValue])
                try TicketQueue.touch(db, ticket.query)
                (tickets, signed, made) = (tickets + [ticket], signed + [document], larger)
            }
            guard !tickets.isEmpty || !documents.isEmpty || !cancelled.isEmpty else { return nil }
            for row in replies {
                try db.execute(
                    sql: "UPDATE courier_reply SET bundle = ? WHERE sequence = ?",
                    arguments: [id.rawValue, row["sequence"] as Int64])
            }
            try keep(db, made.document, id, hospital, "out", now)
            try AuditLog.append(
                db, .courierExported, by: actor, on: .bundle(id), at: now, content: made.document.digest)
            return Exported(id: id, file: CourierFile(made.document), tickets: tickets.count, replies: documents.count)
        }
    }

    private func bundle(
        _ id: BundleID, _ hospital: HospitalID, _ tickets: [QueryTicket], _ signed: [SignedDocument],
        _ replies: [SignedDocument], _ cancelled: [TicketID], _ known: AuditPoint?, _ now: Timestamp
    ) throws(FederationError) -> (bundle: CourierBundle, document: SignedDocument) {
        let end = now.adding(Self.lifetime)
        let bundle = CourierBundle(
            id: id, sender: .coordinator, recipient: .hospital(hospital), created: now, notAfter: end,
            readme: .questions(tickets, receipts: replies.count, id: id, notAfter: end), documents: signed + replies,
            cancelled: cancelled, known: known)
        return (bundle, try SignedDocument(signing: bundle, with: keys.signing))
    }

    // MARK: in

    /// What a file brought.
    public struct Taken: Sendable {
        /// The file's name.
        public let id: BundleID
        /// Whose it is.
        public let hospital: HospitalID
        /// What two people compare.
        public let fingerprint: String
        /// Whether it was taken in before: then nothing was done.
        public var isKnown = false
        /// Tickets whose answers were accepted, or had been before.
        public var answers: [TicketID] = []
        /// Whether a certificate was issued, which goes with the next file to the hospital.
        public var hasCertificate = false
        /// What was refused, by the digest of the message and the code why.
        public var refused: [String] = []
    }

    /// Takes a hospital's file in. Taking it in twice changes nothing.
    ///
    /// - Throws: `CoordinatorError` where the file is not for this coordinator, changed, over, or of a hospital that is not
    ///   enrolled and does not ask to be.
    public func take(_ bytes: some Collection<UInt8>, by actor: AuditActor) async throws -> Taken {
        let now = clock.now
        let file = try CourierFile(parsing: bytes)
        let (bundle, hospital) = try await verify(file, now)
        var taken = Taken(id: bundle.id, hospital: hospital, fingerprint: file.fingerprint)
        let known = try await database.read { db in
            try String.fetchOne(db, sql: "SELECT digest FROM courier_bundle WHERE id = ?", arguments: [bundle.id.rawValue])
        }
        if let known {
            guard known == file.digest.text else {
                throw CoordinatorError(
                    .integrity, "Another file with the name \(bundle.id) was taken in before.",
                    advice: "It was not used. Telephone the hospital.")
            }
            taken.isKnown = true
            return taken
        }
        let peer = NodePeer(hospital: hospital, fingerprint: file.digest)
        for document in bundle.documents { try await take(document, peer, &taken, now) }
        // Last: a file whose taking was interrupted is taken in once more, and every step of it knows that it was done.
        try await database.write { db in
            try keep(db, file.document, bundle.id, hospital, "in", now)
            try db.execute(
                sql: "UPDATE node SET last_contact = ? WHERE hospital = ?", arguments: [now.seconds, hospital.rawValue])
            try AuditLog.append(db, .courierImported, by: actor, on: .bundle(bundle.id), at: now, content: file.digest)
        }
        return taken
    }

    /// Whose file it is, by the key that this hospital is enrolled with, or by the one that it asks to be enrolled with.
    private func verify(_ file: CourierFile, _ now: Timestamp) async throws -> (CourierBundle, HospitalID) {
        let claimed = try CourierBundle(from: JSONReader(file.document.payload))
        guard case .hospital(let hospital) = claimed.sender else {
            throw CoordinatorError(.badRequest, "The file is not from a hospital.", pointer: "/payload/sender")
        }
        let key: VerificationKey
        if let request = claimed.documents(of: EnrolmentRequest.self).first {
            key = try EnrolmentRequest.verified(request).signingKey
        } else {
            let node = try await database.read { db in try NodeRegister.find(db, hospital) }
            guard let node, node.state != .revoked else { throw CoordinatorError.notFound("node", hospital.rawValue) }
            key = node.signingKey
        }
        return (try CourierBundle.verify(file.document, by: key, for: .coordinator, now: now), hospital)
    }

    private func take(_ document: SignedDocument, _ peer: NodePeer, _ taken: inout Taken, _ now: Timestamp) async throws {
        do {
            switch document.type {
            case NodeAnswer.schema:
                let accept = AcceptAnswer(
                    database: database, clock: clock, keys: keys, readersWaiting: WaitingRoom(isExclusive: false),
                    totalsWaiting: WaitingRoom(isExclusive: false))
                try await reply(try await accept.accept(document, from: peer), to: peer.hospital)
                taken.answers.append(try NodeAnswer(from: JSONReader(document.payload)).ticket)
            case AuditHead.schema:
                try await database.write { db in
                    guard let node = try NodeRegister.find(db, peer.hospital) else { return }
                    try AuditHeads.keep(db, document, of: node, at: now)
                }
            case RenewalRequest.schema:
                let grant = try await enrolment.renew(document, from: peer, nodesURL: nodesURL, window: Self.lifetime)
                try await reply(grant, to: peer.hospital)
                taken.hasCertificate = true
            case EnrolmentRequest.schema:
                let grant = try await enrolment.enrol(document, from: "courier", nodesURL: nodesURL)
                guard try EnrolmentGrant(from: JSONReader(grant.payload)).node == peer.hospital else {
                    throw FederationError(.audienceWrong, "The code is for another hospital than the file.")
                }
                try await reply(grant, to: peer.hospital)
                taken.hasCertificate = true
            default:
                throw FederationError(.wrongSchema, "A \(document.type.prefix(64)) has no place in a file for a coordinator.")
            }
        } catch let error as CoordinatorError where error.code != .unavailable && error.code != .storageFull {
            taken.refused.append("\(document.digest.short) \(error.wireCode)")
        } catch let error as FederationError {
            taken.refused.append("\(document.digest.short) \(error.code.rawValue)")
        }
    }

    /// Keeps a message for the next file to a hospital.
    private func reply(_ document: SignedDocument, to hospital: HospitalID) async throws {
        try await database.write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO courier_reply (hospital, digest, document) VALUES (?, ?, ?)",
                arguments: [hospital.rawValue, document.digest.text, Data(document.bytes)])
        }
    }

    private func keep(
        _ db: Database, _ document: SignedDocument, _ id: BundleID, _ hospital: HospitalID, _ direction: String, _ now: Timestamp
    ) throws {
        try db.execute(
            sql: "INSERT INTO courier_bundle (id, hospital, direction, digest, document, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [id.rawValue, hospital.rawValue, direction, document.digest.text, Data(document.bytes), now.seconds])
    }

    /// One carried file, for the list.
    public struct Listed: Sendable {
        /// Its name.
        public let id: BundleID
        /// Whose or whom for.
        public let hospital: HospitalID
        /// `out` or `in`.
        public let direction: String
        /// When it was made or taken in.
        public let at: Timestamp
        /// What two people compare.
        public let fingerprint: String
        /// How many of its questions have no answer yet.
        public let open: Int
    }

    /// Every carried file, the newest first, with what has not come back.
    public func list() async throws -> [Listed] {
        try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, hospital, direction, digest, created_at,
                        (SELECT count(*) FROM ticket WHERE carried = courier_bundle.id AND state = 'leased') AS open
                    FROM courier_bundle ORDER BY created_at DESC, id
                    """
            ).compactMap { row in
                guard let digest = Digest256(row["digest"] as String) else { return nil }
                return Listed(
                    id: BundleID(unchecked: row["id"]), hospital: HospitalID(unchecked: row["hospital"]),
                    direction: row["direction"], at: Timestamp(row["created_at"]), fingerprint: Fingerprint.grouped(digest),
                    open: row["open"])
            }
        }
    }

    /// A file that was made before, to be carried again: the medium was lost.
    public func again(_ id: BundleID) async throws -> CourierFile {
        let document = try await database.read { db in
            try Data.fetchOne(
                db, sql: "SELECT document FROM courier_bundle WHERE id = ? AND direction = 'out'", arguments: [id.rawValue])
        }
        guard let document else { throw CoordinatorError.notFound("bundle", id.rawValue) }
        return try CourierFile(parsing: document)
    }
}
