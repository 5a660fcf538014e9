import CanonicalJSON
import Cohorts
import Coordinator
import Disclosure
import Federation
import Foundation
import NodeAgent
import Outbound
import Testing

/// A coordinator that has every key of its own and means harm: forged thresholds, replays, an altered roster. Nothing looser leaves
/// the hospital, and nothing leaves twice.
@Suite(.serialized) struct MaliciousCoordinatorTests {
    static let hospital = HospitalID(unchecked: "KR-H-0009")
    static let officers = [SigningKey(), SigningKey()]

    static let policy = """
        schema: dure.policy/1
        version: 1
        changed_by: test
        reason: "test"
        defaults: {breakdown_max_dimensions: 3, release_modes: [named, coded, secure-total]}
        totals: {officers: [\(officers.map { "\"\(Hex.encode($0.verificationKey.bytes))\"" }.joined(separator: ", "))]}
        projects:
          - {id: P-0042, purposes: [protocol-feasibility]}
        """

    @Test func whatACoordinatorOfBadWillSignsHasNoEffect() async throws {
        let consortium = try await SmallConsortium.make(hospitals: [Self.hospital.rawValue])
        defer { consortium.remove() }
        let keys = try ConsortiumKeys(Coordinator.StateDirectory(path: consortium.folder + "/coordinator"))
        let impostor = Impostor(keys: keys.signing)
        // Enrolled with the real coordinator, which then turns bad.
        let node = try await running([consortium.service]) {
            try await consortium.node(Self.hospital.rawValue, policy: Self.policy, impostor: impostor.transport)
        }
        let question = try Workload("W6").question
        try await running([node]) {
            let honest = try impostor.ticket(question)
            await impostor.offer([try impostor.sign(honest)])
            let baseline = try await impostor.answer(to: honest.id)
            #expect(baseline.outcome.total.isAnswer)

            // Forged thresholds: a signed wish, and an unsigned change of one.
            let looser = try [(0, 0), (1, 1), (5, 1)].map { threshold, base in
                try impostor.ticket(question, wish: .init(threshold: threshold, roundTo: base))
            }
            for ticket in looser { await impostor.offer([try impostor.sign(ticket)]) }
            for ticket in looser {
                #expect(try await impostor.answer(to: ticket.id).outcome == baseline.outcome, "\(ticket.wish)")
            }
            await impostor.offer([try impostor.changed(honest) { $0["wish"] = ["threshold": 1, "roundTo": 1] }])

            // Replays and reordering: the same bytes bring the same bytes, another question under a known id brings nothing.
            var other = try impostor.ticket(try Workload("W3").question)
            other.id = honest.id
            for _ in 0..<3 {
                await impostor.offer([try impostor.sign(looser[1]), try impostor.sign(other), try impostor.sign(honest)])
                try await impostor.tookEverything()
            }
            // Too late, too early, and for somebody else.
            let stale = [
                try impostor.ticket(question, issued: -90_000, life: 80_000), try impostor.ticket(question, issued: 90_000),
                try impostor.ticket(question, audience: HospitalID(unchecked: "KR-H-0010")),
            ]
            await impostor.offer(try stale.map { try impostor.sign($0) })

            // An altered roster: officers whom nobody knows, and one signature of the two that are needed.
            let strangers = [SigningKey(), SigningKey()]
            let altered = try [strangers, [Self.officers[0]], [Self.officers[0], strangers[0]]].map { signers in
                try impostor.ticket(question, total: Self.roster(signedBy: signers))
            }
            await impostor.offer(try altered.map { try impostor.sign($0) })
            for ticket in altered {
                #expect(try await impostor.answer(to: ticket.id).outcome == .declined(.totalsRoster, at: []))
            }
            try await impostor.tookEverything()
            let answered = await impostor.answers
            #expect(Set(answered.keys) == Set(([honest] + looser + altered).map(\.id)))
            #expect(answered.values.allSatisfy { $0.count == 1 }, "two different answers to one ticket")
        }
    }

    private static func roster(signedBy signers: [SigningKey]) throws -> CosignedRoster {
        let guardian = TotalsRoster.Guardian(
            id: GuardianID(unchecked: "G-BAD"), key: SigningKey().verificationKey, sealingKey: SealingKey().sealingKey)
        let members = (1...5).map { number in
            TotalsRoster.Member(hospital: HospitalID(unchecked: "KR-H-000\(number)"), key: SigningKey().verificationKey)
        }
        let roster = TotalsRoster(
            consortium: "C-TEST", version: 1, issued: Timestamp(1_700_000_000), minimum: 5, isWrittenMinimum: false,
            members: members, guardian: guardian)
        var cosigned = try CosignedRoster(roster, signedBy: signers[0])
        for signer in signers.dropFirst() { try cosigned.sign(with: signer) }
        return cosigned
    }
}

/// Answers in the coordinator's place, with its key.
private actor Impostor {
    private let key: SigningKey
    private var offered: [SignedDocument] = []
    /// The different answers to each ticket, as the bytes that came.
    private(set) var answers: [TicketID: Set<[UInt8]>] = [:]
    private var emptyPolls = 0

    init(keys: SigningKey) { key = keys }

    nonisolated var transport: NodeTransport {
        NodeTransport { request async throws(OutboundError) in await self.respond(request) }
    }

    nonisolated func ticket(
        _ question: FeasibilityQuestion, audience: HospitalID = MaliciousCoordinatorTests.hospital, issued: Int64 = -60,
        life: Int64 = 86_400, wish: QueryTicket.Wish = .init(), total: CosignedRoster? = nil
    ) throws -> QueryTicket {
        var random = SystemRandomNumberGenerator()
        let now = Timestamp(Int64(Date().timeIntervalSince1970))
        return QueryTicket(
            id: .random(using: &random), query: .random(using: &random), audience: audience, issued: now.adding(issued),
            expires: now.adding(issued + life),
            project: ProjectStatement(
                id: SmallConsortium.project, title: BilingualText(en: "A test"), purpose: "Why it is asked.",
                purposeClass: .protocolFeasibility, organisation: "ORG-0007"),
            requesterRole: "researcher", question: question, mode: total == nil ? .named : .secureTotal, wish: wish,
            roster: Digest256(of: []), total: total)
    }

    nonisolated func sign(_ ticket: QueryTicket) throws -> SignedDocument { try SignedDocument(signing: ticket, with: key) }

    /// A signed ticket, changed afterwards.
    nonisolated func changed(_ ticket: QueryTicket, _ change: (inout JSONObject) -> Void) throws -> SignedDocument {
        guard var document = try sign(ticket).json.objectValue, var payload = document["payload"]?.objectValue else {
            throw CocoaError(.coderInvalidValue)
        }
        change(&payload)
        document["payload"] = .object(payload)
        return try SignedDocument(from: JSONReader(.object(document)))
    }

    func offer(_ documents: [SignedDocument]) { offered += documents }

    /// Waits for the answer to a ticket.
    func answer(to ticket: TicketID) async throws -> NodeAnswer {
        for _ in 0..<6_000 {
            if let bytes = answers[ticket]?.first {
                return try NodeAnswer(from: JSONReader(SignedDocument(parsing: bytes).payload))
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CocoaError(.coderValueNotFound)
    }

    /// Waits until everything that was offered was taken in: the next poll comes only then.
    func tookEverything() async throws {
        let before = emptyPolls
        for _ in 0..<6_000 {
            if offered.isEmpty, emptyPolls > before { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CocoaError(.coderValueNotFound)
    }

    private func respond(_ request: OutboundRequest) async -> OutboundResponse {
        if request.url.contains("/tickets?") { return await poll() }
        if request.url.hasSuffix("/answers") { return take(request.body ?? []) }
        return OutboundResponse(status: 204)
    }

    private func poll() async -> OutboundResponse {
        if offered.isEmpty { emptyPolls += 1 }
        // As long as a poll that is not in a hurry takes.
        for _ in 0..<60 where offered.isEmpty { try? await Task.sleep(for: .milliseconds(20)) }
        let delivery = TicketDelivery(
            tickets: offered, cancelled: [], leaseSeconds: 60, time: Timestamp(Int64(Date().timeIntervalSince1970)))
        offered = []
        return OutboundResponse(status: 200, body: delivery.json.canonicalBytes())
    }

    private func take(_ body: [UInt8]) -> OutboundResponse {
        guard let document = try? SignedDocument(parsing: body), let answer = try? NodeAnswer(from: JSONReader(document.payload)),
            let receipt = try? SignedDocument(
                signing: AnswerReceipt(ticket: answer.ticket, answer: Digest256(of: body), received: answer.answered), with: key)
        else { return OutboundResponse(status: 400) }
        answers[answer.ticket, default: []].insert(body)
        return OutboundResponse(status: 201, body: receipt.bytes)
    }
}
