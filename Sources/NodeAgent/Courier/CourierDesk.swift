import FaultPoints
import Federation
import Foundation

/// The courier: questions carried in and answers carried out as text files, where no network is.
///
/// What is carried are the messages of the wire, byte for byte, and what is checked is the same. Leaving takes as many persons as
/// the policy says, two by default.
public struct CourierDesk: Sendable {
    private let configuration: NodeConfiguration
    private let policy: Policy
    private let state: StateDirectory
    private let clock: NodeClock

    /// The courier of the node that these describe.
    public init(configuration: NodeConfiguration, policy: Policy, state: StateDirectory, clock: NodeClock = .system) {
        self.configuration = configuration
        self.policy = policy
        self.state = state
        self.clock = clock
    }

    /// What a file brought.
    public struct Imported: Sendable {
        /// The file.
        public var id: BundleID
        /// What two people compare.
        public var fingerprint: String
        /// Whether it was taken in before: then nothing was done.
        public var isKnown: Bool
        /// Tickets that are new here.
        public var tickets: [TicketID] = []
        /// Receipts for answers that were carried out.
        public var receipts: [TicketID] = []
        /// Tickets that nobody waits for any more.
        public var cancelled: [TicketID] = []
        /// Whether a new certificate came.
        public var hasCertificate = false
        /// What was refused, by the digest of the message and the code why.
        public var refused: [String] = []
    }

    /// Takes a file in. Taking it in twice changes nothing.
    /// - Throws: `INTEGRITY` where it is not the coordinator's, not for this hospital, changed, over, or knows more of this node's
    ///   log than the node does.
    public func take(_ bytes: some Collection<UInt8>, by person: Operator) async throws(NodeError) -> Imported {
        try StopSwitch(state).requireRunning()
        let identity = try NodeIdentity(in: state)
        let now = Timestamp(clock.now())
        let (file, bundle) = try read(bytes, identity, now)
        let spool = try open()
        var result = Imported(id: bundle.id, fingerprint: file.fingerprint, isKnown: false)
        if let known = try await spool.bundle(bundle.id) {
            guard known.digest == file.digest else {
                throw NodeError(
                    .integrity, "Another file with the name \(bundle.id) was taken in before.",
                    advice: "It was not used. Tell the coordinator's operator.")
            }
            result.isKnown = true
            return result
        }
        if let known = bundle.known { try await holdAgainstLog(known, spool) }
        for document in bundle.documents {
            try await take(document, identity, spool, now, &result)
            FaultPoint.reach(.courierMessageTaken)
        }
        for ticket in bundle.cancelled where try await spool.move(ticket, .withdrawn, at: now, outcome: "withdrawn") == .cancelled
        {
            result.cancelled.append(ticket)
        }
        FaultPoint.reach(.courierTaken)
        // Last: after a crash before this line the file is taken in once more, and each step of it knows that it was done.
        try await spool.imported(bundle, file.document, by: person, at: now)
        FaultPoint.reach(.courierNoted)
        return result
    }

    private func read(
        _ bytes: some Collection<UInt8>, _ identity: NodeIdentity, _ now: Timestamp
    ) throws(NodeError) -> (CourierFile, CourierBundle) {
        do throws(FederationError) {
            let file = try CourierFile(parsing: bytes)
            let bundle = try CourierBundle.verify(
                file.document, by: identity.grant.coordinatorKey, for: .hospital(identity.grant.node), now: now)
            return (file, bundle)
        } catch {
            throw NodeError(.integrity, "The file was not taken in: \(error.message)", advice: error.advice)
        }
    }

    /// A coordinator that has seen more of this log than there is: this node was set back to an earlier state.
    private func holdAgainstLog(_ known: AuditPoint, _ spool: Spool) async throws(NodeError) {
        let lines = try await spool.auditLines()
        do throws(FederationError) {
            try AuditComparison(lines).check(known)
        } catch {
            throw NodeError(
                .integrity, "The coordinator knows more of this node's log than there is: \(error.message)",
                advice: "Was an old backup restored? Answers could be given twice. Tell the security officer before going on.")
        }
    }

    private func take(
        _ document: SignedDocument, _ identity: NodeIdentity, _ spool: Spool, _ now: Timestamp, _ result: inout Imported
    ) async throws(NodeError) {
        do {
            switch document.type {
            case QueryTicket.schema:
                let ticket = try TicketVerifier(
                    audience: identity.grant.node, coordinatorKey: identity.grant.coordinatorKey,
                    clockTolerance: CourierBundle.courierTolerance
                ).verify(document, now: now)
                let acceptance = try await spool.accept(ticket, document, at: now)
                if case .differs = acceptance { return }
                FaultPoint.reach(.nodeTicketStored)
                // The coordinator counts it as here from the moment the file was made. Also where the ticket is known: it may
                // have been stored just before a crash.
                try await spool.move(ticket.id, .acknowledged, at: now)
                if case .new = acceptance { result.tickets.append(ticket.id) }
            case AnswerReceipt.schema:
                let receipt = try document.verified(as: AnswerReceipt.self, by: identity.grant.coordinatorKey)
                guard let entry = try await spool.entry(receipt.ticket), let answer = entry.answer,
                    Digest256(of: answer) == receipt.answer
                else { return }
                try await spool.store(receipt: document, for: receipt.ticket, at: now)
                result.receipts.append(receipt.ticket)
            case EnrolmentGrant.schema:
                let grant = try document.verified(as: EnrolmentGrant.self, by: identity.grant.coordinatorKey)
                result.hasCertificate = try CourierIdentity(state, clock: clock).renewed(document, grant)
                if result.hasCertificate {
                    try await spool.record("certificate.renewed", grant.node.rawValue, content: document.digest, at: now)
                    FaultPoint.reach(.renewalNoted)
                    // Last: until then the file can be taken in again, and is in the log.
                    PendingKeys.forget(in: state)
                }
            default:
                throw FederationError(.wrongSchema, "A \(document.type.prefix(64)) has no place in a file for a hospital.")
            }
        } catch let error as FederationError {
            result.refused.append("\(document.digest.short) \(error.code.rawValue)")
            try await spool.record(
                "courier.refused", document.digest.short, outcome: error.code.rawValue, content: document.digest, at: now)
        } catch let error as NodeError {
            throw error
        } catch {
            throw NodeError(.state, "The file could not be taken in: \(error)", advice: "Run `dure-node doctor`.")
        }
    }

    // MARK: out

    /// A file that is to leave.
    public struct Exported: Sendable {
        /// The file.
        public var id: BundleID
        /// What is carried. Only to be written anywhere once it is released.
        public var file: CourierFile
        /// Whether enough persons have said yes.
        public var isReleased: Bool
        /// How many have.
        public var approvals: Int
        /// How many the policy asks for.
        public var needed: Int
        /// The tickets that it answers.
        public var tickets: [TicketID]
    }

    /// Puts the answers that wait into a file, as many as the policy's pages hold, or says yes to one that was prepared before.
    /// - Throws: `DESK` where nothing waits.
    public func export(_ id: BundleID? = nil, by person: Operator) async throws(NodeError) -> Exported {
        try StopSwitch(state).requireRunning()
        let spool = try open()
        let name: BundleID
        if let id {
            name = id
        } else if let interrupted = try await spool.bundles().first(where: \.isWithoutWord) {
            name = interrupted.id
        } else {
            name = try await prepare(spool, by: person)
        }
        let isReleased = try await spool.release(
            name, by: person, needed: policy.courier.approvers, at: Timestamp(clock.now()))
        FaultPoint.reach(.courierApproved)
        return try await exported(name, spool, isReleased)
    }

    /// A file as it is kept, without a yes.
    public func show(_ id: BundleID) async throws(NodeError) -> Exported {
        let spool = try open(readOnly: true)
        return try await exported(id, spool, try await spool.bundle(id)?.state == "released")
    }

    /// Everything that was carried, the newest first: name, direction, state, fingerprint, and how many answers are in it.
    public func list() async throws(NodeError) -> [(
        id: BundleID, isOutgoing: Bool, state: String, created: Timestamp, fingerprint: String
    )] {
        guard Files.exists(state.database) else { return [] }
        return try await open(readOnly: true).bundles().map {
            ($0.id, $0.isOutgoing, $0.state, $0.created, Fingerprint.grouped($0.digest))
        }
    }

    private func exported(_ id: BundleID, _ spool: Spool, _ isReleased: Bool) async throws(NodeError) -> Exported {
        guard let bundle = try await spool.bundle(id) else {
            throw NodeError(.desk, "There is no file \(id).", advice: "`dure-node courier list` shows them.")
        }
        do throws(FederationError) {
            return Exported(
                id: id, file: try CourierFile(parsing: bundle.document), isReleased: isReleased, approvals: bundle.persons.count,
                needed: policy.courier.approvers, tickets: bundle.tickets)
        } catch {
            throw NodeError(.integrity, "The file \(id) as it is kept cannot be read.", advice: error.advice)
        }
    }

    private func prepare(_ spool: Spool, by person: Operator) async throws(NodeError) -> BundleID {
        let now = Timestamp(clock.now())
        let identity = try NodeIdentity(in: state)
        let signer = HeadSigner(spool: spool, identity: identity)
        var others: [SignedDocument] = []
        if let head = try await signer.head(every: 1, at: now) { others.append(head) }
        let renewal = try CourierIdentity(state, clock: clock).renewalRequest(identity)
        if let renewal { others.append(renewal) }
        let waiting = try await spool.answersToCarry()
        guard !waiting.isEmpty || renewal != nil else {
            throw NodeError(
                .desk, "No answer waits to be carried out.",
                advice: "`dure-node status` says what is being worked on, `dure-node courier list` which files were made before.")
        }
        var random = SystemRandomNumberGenerator()
        let id = BundleID.random(using: &random)
        var (carried, made) = ([Spool.Entry](), try bundle(id, [], others, identity, now))
        for entry in waiting {
            let next = try bundle(id, carried + [entry], others, identity, now)
            if !carried.isEmpty, CourierFile(next.document).pages > policy.courier.pages { break }
            carried.append(entry)
            made = next
        }
        FaultPoint.reach(.courierMade)
        try await spool.prepare(made.bundle, made.document, tickets: carried.map(\.id), by: person, at: now)
        FaultPoint.reach(.courierPrepared)
        return id
    }

    private func bundle(
        _ id: BundleID, _ entries: [Spool.Entry], _ others: [SignedDocument], _ identity: NodeIdentity, _ now: Timestamp
    ) throws(NodeError) -> (bundle: CourierBundle, document: SignedDocument) {
        do throws(FederationError) {
            var documents: [SignedDocument] = []
            var answers: [NodeAnswer] = []
            for entry in entries {
                let document = try SignedDocument(parsing: entry.answer ?? [])
                documents.append(document)
                answers.append(try document.verified(as: NodeAnswer.self, by: identity.keys.signing.verificationKey))
            }
            let bundle = CourierBundle(
                id: id, sender: .hospital(identity.grant.node), recipient: .coordinator, created: now,
                notAfter: now.adding(30 * 86_400),
                readme: .answers(answers, others: others.count, hospital: identity.grant.node, id: id),
                documents: documents + others)
            return (bundle, try SignedDocument(signing: bundle, with: identity.keys.signing))
        } catch {
            throw NodeError(.integrity, "An answer could not be put into the file: \(error.message)", advice: error.advice)
        }
    }

    private func open(readOnly: Bool = false) throws(NodeError) -> Spool {
        try Spool(state, hospital: configuration.hospital, readOnly: readOnly)
    }
}
