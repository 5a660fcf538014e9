import CanonicalJSON
import Disclosure

/// What one hospital says to one ticket, signed by its node: the only message that carries counts, and disclosed ones alone.
public struct NodeAnswer: SignedPayload, Hashable {
    public static let schema = "dure.answer/1"

    /// The ticket that is answered.
    public var ticket: TicketID
    /// The query that the ticket is a part of.
    public var query: QueryID
    /// The hospital that answers.
    public var node: HospitalID
    /// The digest of the question that was answered.
    public var questionHash: Digest256
    /// When it was answered.
    public var answered: Timestamp
    /// What it was computed from.
    public var provenance: Provenance
    /// The digest of the policy that it was released under.
    public var policy: Digest256
    /// How it ended.
    public var outcome: AnswerOutcome

    /// Creates an answer to `ticket`.
    public init(
        to ticket: QueryTicket, at answered: Timestamp, provenance: Provenance, policy: Digest256, outcome: AnswerOutcome
    ) {
        self.ticket = ticket.id
        query = ticket.query
        node = ticket.audience
        questionHash = ticket.questionHash
        self.answered = answered
        self.provenance = provenance
        self.policy = policy
        self.outcome = outcome
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "schema", "ticket", "query", "node", "questionHash", "answered", "provenance", "policy", "outcome",
        ])
        try object.expectSchema(Self.schema)
        ticket = try object.required("ticket").decode(TicketID.self)
        query = try object.required("query").decode(QueryID.self)
        node = try object.required("node").decode(HospitalID.self)
        questionHash = try object.required("questionHash").decode(Digest256.self)
        answered = try object.required("answered").decode(Timestamp.self)
        provenance = try object.required("provenance").decode(Provenance.self)
        policy = try object.required("policy").decode(Digest256.self)
        outcome = try object.required("outcome").decode(AnswerOutcome.self)
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "ticket": ticket.json, "query": query.json, "node": node.json,
            "questionHash": questionHash.json, "answered": answered.json, "provenance": provenance.json, "policy": policy.json,
            "outcome": outcome.json,
        ]
    }
}

/// Decides whether a signed answer belongs to a ticket.
public struct AnswerVerifier: Sendable {
    /// The enrolled key of the hospital that the ticket was addressed to.
    public var nodeKey: VerificationKey

    /// Creates a verifier.
    public init(nodeKey: VerificationKey) { self.nodeKey = nodeKey }

    /// The answer in `document`, if the hospital of `ticket` signed it, it answers that ticket's question, and it holds nothing
    /// that was not asked.
    ///
    /// - Throws: `FederationError` with `SIGNATURE_INVALID`, `WRONG_SCHEMA`, `MALFORMED`, `TICKET_MISMATCH`,
    ///   `QUESTION_HASH_WRONG` or `ANSWER_SHAPE`.
    public func verify(_ document: SignedDocument, for ticket: QueryTicket) throws(FederationError) -> NodeAnswer {
        let answer = try document.verified(as: NodeAnswer.self, by: nodeKey)
        guard answer.ticket == ticket.id, answer.query == ticket.query, answer.node == ticket.audience else {
            throw FederationError(
                .ticketMismatch,
                "The answer is for ticket \(answer.ticket) of \(answer.node), not for \(ticket.id) of \(ticket.audience).")
        }
        guard answer.questionHash == ticket.questionHash else {
            throw FederationError(
                .questionHashWrong,
                "The answer is to the question \(answer.questionHash.short), and \(ticket.id) asks \(ticket.questionHash.short).")
        }
        switch answer.outcome {
        case .answered(let disclosed):
            guard ticket.total == nil else { throw Self.otherKind }
            try AnswerShape(of: ticket.question).check(disclosed)
        case .masked(let masked):
            guard ticket.total != nil else { throw Self.otherKind }
            try AnswerShape(of: ticket.question).check(masked.layout)
            _ = try masked.checked(for: ticket, by: nodeKey)
        case .declined, .unavailable, .failed: break
        }
        return answer
    }
}

extension AnswerVerifier {
    private static var otherKind: FederationError {
        FederationError(
            .answerShape, "The answer is a hospital's own where a masked one was asked for, or the other way round.",
            advice: "The node's software does not follow the wire protocol; compare versions.")
    }
}

/// The coordinator's word that it has an answer, durably. Until it comes, the node keeps sending.
public struct AnswerReceipt: SignedPayload, Hashable {
    public static let schema = "dure.receipt/1"

    /// The ticket that was answered.
    public var ticket: TicketID
    /// The digest of the signed answer's bytes.
    public var answer: Digest256
    /// When it was stored.
    public var received: Timestamp

    /// Creates a receipt.
    public init(ticket: TicketID, answer: Digest256, received: Timestamp) {
        self.ticket = ticket
        self.answer = answer
        self.received = received
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "ticket", "answer", "received"])
        try object.expectSchema(Self.schema)
        ticket = try object.required("ticket").decode(TicketID.self)
        answer = try object.required("answer").decode(Digest256.self)
        received = try object.required("received").decode(Timestamp.self)
    }

    public var json: JSONValue {
        ["schema": .string(Self.schema), "ticket": ticket.json, "answer": answer.json, "received": received.json]
    }
}
