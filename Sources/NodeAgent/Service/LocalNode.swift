import CanonicalJSON
import Cohorts
import Disclosure
import Federation
import Foundation
import Logging

/// A node without a network: tickets go in and signed answers come out, through the same spool, policy, branch support,
/// release gate and ledger as in the daemon. What an attacker on the other side talks to, for the attack suite.
package actor LocalNode {
    /// What came back.
    package struct Reply: Sendable {
        /// The answer.
        package let answer: NodeAnswer
        /// The signed document as it would be sent.
        package let document: [UInt8]
        /// The length of the message that would carry it.
        package var messageBytes: Int { document.count + ReplySlots.padding(for: document.count).utf8.count }
        /// The time from the ticket to the moment at which the answer would be sent.
        package let duration: Duration
    }

    private let answerer: Answerer
    private let spool: Spool
    private let slots: ReplySlots
    private let coordinator = SigningKey()
    private let signing = SigningKey()
    private let hospital = HospitalID(unchecked: "KR-H-0001")
    private let totals: CosignedRoster?
    private let clock: NodeClock

    /// Opens a node's state directory, or begins one.
    ///
    /// Where the policy answers consortium totals, officers that exist here only stand in for those whom it names, and sign a
    /// roster with this node and made-up hospitals: nobody else's signature can be had.
    package init(
        policy: Policy, source: any AnswerSource, state: StateDirectory, secondsPerQuery: Int = 600,
        replySlot: Duration = .zero, clock: NodeClock = .system
    ) async throws(NodeError) {
        self.clock = clock
        spool = try Spool(state, hospital: hospital)
        slots = ReplySlots(replySlot)
        var policy = policy
        if policy.defaults.releaseModes.contains(.secureTotal) {
            let made = try await Self.roster(
                of: hospital, key: signing.verificationKey, minimum: policy.totals?.minimum ?? TotalRoster.minimum,
                after: spool.setting(AcceptedRoster.name).flatMap(AcceptedRoster.init(bytes:)), now: Timestamp(clock.now()))
            policy.totals = made.policy
            totals = made.roster
        } else {
            totals = nil
        }
        let desk = try await ReleaseDesk(
            secret: try NodeSecret(in: state), source: source, spool: spool, keeps: true, mark: LedgerMark(state),
            now: Timestamp(clock.now()))
        answerer = Answerer(
            policy: policy, source: source, desk: desk, spool: spool, slots: slots, signing: signing,
            coordinatorKey: coordinator.verificationKey, secondsPerQuery: secondsPerQuery, clock: clock,
            log: NodeLog(Logger(label: "local", factory: { _ in SwiftLogNoOpLogHandler() })))
    }

    /// Asks one question for a project.
    package func ask(
        _ question: FeasibilityQuestion, project: String, mode: ReleaseMode = .named, wish: QueryTicket.Wish = .init()
    ) async throws -> Reply {
        let now = Timestamp(clock.now())
        var random = SystemRandomNumberGenerator()
        let ticket = QueryTicket(
            id: .random(using: &random), query: .random(using: &random), audience: hospital, issued: now,
            expires: now.adding(86_400),
            project: ProjectStatement(
                id: ProjectID(unchecked: project), title: BilingualText(en: "attack"), purpose: "",
                purposeClass: .protocolFeasibility, organisation: "ORG-0001"),
            requesterRole: "researcher", question: question, mode: mode, wish: wish, roster: Digest256(of: []),
            total: mode == .secureTotal ? totals : nil)
        let document = try SignedDocument(signing: ticket, with: coordinator)
        let started = ContinuousClock.now
        _ = try await spool.accept(ticket, document, at: now)
        try await spool.move(ticket.id, .acknowledged, at: now)
        try await spool.move(ticket.id, .takenUp, at: now)
        guard let entry = try await spool.entry(ticket.id), try await answerer.answer(entry) == .stored,
            let bytes = try await spool.entry(ticket.id)?.answer
        else { throw NodeError(.state, "A ticket got no answer.", advice: "Report this.") }
        await slots.wait()
        let duration = ContinuousClock.now - started
        let answer = try SignedDocument(parsing: bytes).verified(as: NodeAnswer.self, by: signing.verificationKey)
        return Reply(answer: answer, document: bytes, duration: duration)
    }

    /// A roster newer than `newest`, and the policy that believes it. The officers' keys are always the same ones, so that a
    /// policy's digest, which belongs to what the gate remembers, is the same after a restart.
    private static func roster(
        of hospital: HospitalID, key: VerificationKey, minimum: Int, after newest: AcceptedRoster?, now: Timestamp
    ) throws(NodeError) -> (policy: TotalsPolicy, roster: CosignedRoster) {
        do throws(FederationError) {
            let first = try SigningKey(seed: [UInt8](repeating: 1, count: 32))
            let second = try SigningKey(seed: [UInt8](repeating: 2, count: 32))
            let others = (2...max(2, minimum)).map { number in
                TotalsRoster.Member(
                    hospital: HospitalID(unchecked: "KR-H-\(1_000 + number)"), key: SigningKey().verificationKey)
            }
            let roster = TotalsRoster(
                consortium: "C-LOCAL", version: 1 + (newest?.version ?? 0), issued: now, minimum: minimum,
                isWrittenMinimum: minimum < TotalRoster.minimum, members: others + [.init(hospital: hospital, key: key)],
                guardian: .init(
                    id: GuardianID(unchecked: "G-LOCAL"), key: SigningKey().verificationKey, sealingKey: SealingKey().sealingKey))
            var cosigned = try CosignedRoster(roster, signedBy: first)
            try cosigned.sign(with: second)
            return (TotalsPolicy(officers: [first.verificationKey, second.verificationKey], minimum: minimum), cosigned)
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }
}
