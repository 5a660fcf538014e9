import CanonicalJSON
import Crypto
import Disclosure

/// What one total is of. Its digest binds every message of the total together.
public struct TotalSubject: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let schema = "dure.total-subject/1"

    /// The query.
    public var query: QueryID
    /// What is asked.
    public var questionHash: Digest256
    /// The digest of the cohort's canonical form alone: totals of one cohort are compared, whatever is broken down.
    public var cohort: Digest256
    /// The totals roster.
    public var roster: Digest256

    /// The subject of a ticket's total.
    public init(query: QueryID, questionHash: Digest256, cohort: Digest256, roster: Digest256) {
        self.query = query
        self.questionHash = questionHash
        self.cohort = cohort
        self.roster = roster
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "query", "questionHash", "cohort", "roster"])
        try object.expectSchema(Self.schema)
        query = try object.required("query").decode(QueryID.self)
        questionHash = try object.required("questionHash").decode(Digest256.self)
        cohort = try object.required("cohort").decode(Digest256.self)
        roster = try object.required("roster").decode(Digest256.self)
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "query": query.json, "questionHash": questionHash.json, "cohort": cohort.json,
            "roster": roster.json,
        ]
    }

    /// The digest of its canonical form.
    public var digest: Digest256 { Digest256(of: json) }
}

/// The part of a hospital's masked answer that the guardian sees: the seed of the mask, sealed for it, and nothing to take the
/// mask off. Signed by the node.
public struct TotalShare: SignedPayload, Hashable {
    public static let schema = "dure.total-share/1"

    /// What the total is of.
    public var subject: Digest256
    /// The hospital.
    public var node: HospitalID
    /// The ticket that is answered.
    public var ticket: TicketID
    /// The digest of the masked vector.
    public var vector: Digest256
    /// The digest of the layout.
    public var layout: Digest256
    /// Words in the vector.
    public var count: Int
    /// The rules that the shares were made under.
    public var terms: ShareTerms
    /// HPKE's encapsulated key.
    public var encapsulated: [UInt8]
    /// The seed, sealed for the guardian.
    public var sealedSeed: [UInt8]

    /// Seals the seed of `mask` for `guardian`.
    public init(
        subject: Digest256, node: HospitalID, ticket: TicketID, vector: MaskedVector, layout: TotalLayout, terms: ShareTerms,
        mask: TotalMask, for guardian: SealingKey.Public
    ) throws(FederationError) {
        self.subject = subject
        self.node = node
        self.ticket = ticket
        self.vector = vector.digest
        self.layout = Digest256(of: layout.json)
        count = vector.count
        self.terms = terms
        let sealed = try SealingKey.seal(
            mask.seed, for: guardian, info: Self.info(subject, node, ticket, vector.digest))
        encapsulated = sealed.encapsulated
        sealedSeed = sealed.ciphertext
    }

    /// What the sealing is bound to, so that a seed cannot be moved into another share.
    private static func info(_ subject: Digest256, _ node: HospitalID, _ ticket: TicketID, _ vector: Digest256) -> [UInt8] {
        Array("dure.total-seed/1\n\(subject)\n\(node)\n\(ticket)\n\(vector)".utf8)
    }

    /// The mask, for the guardian.
    ///
    /// - Throws: `FederationError` (`SEAL_INVALID`).
    public func mask(opening key: SealingKey) throws(FederationError) -> TotalMask {
        try TotalMask(
            seed: try key.open(
                SealingKey.Sealed(encapsulated: encapsulated, ciphertext: sealedSeed),
                info: Self.info(subject, node, ticket, vector)))
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "schema", "subject", "node", "ticket", "vector", "layout", "count", "terms", "encapsulated", "sealedSeed",
        ])
        try object.expectSchema(Self.schema)
        subject = try object.required("subject").decode(Digest256.self)
        node = try object.required("node").decode(HospitalID.self)
        ticket = try object.required("ticket").decode(TicketID.self)
        vector = try object.required("vector").decode(Digest256.self)
        layout = try object.required("layout").decode(Digest256.self)
        count = try object.required("count").int(in: 1...TotalLayout.largest)
        terms = try object.required("terms").decode(ShareTerms.self)
        encapsulated = try object.required("encapsulated").hexBytes(32)
        sealedSeed = try object.required("sealedSeed").hexBytes(TotalMask.seedLength + 16)
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "subject": subject.json, "node": node.json, "ticket": ticket.json,
            "vector": vector.json, "layout": layout.json, "count": .int(count), "terms": terms.json,
            "encapsulated": .string(Hex.encode(encapsulated)), "sealedSeed": .string(Hex.encode(sealedSeed)),
        ]
    }
}

extension JSONReader {
    /// So many bytes in hexadecimal digits.
    func hexBytes(_ count: Int) throws(JSONError) -> [UInt8] {
        guard let bytes = Hex.decode(try string(maxLength: 2 * count)), bytes.count == count else {
            throw fail(.badValue, "is not \(2 * count) hexadecimal digits")
        }
        return bytes
    }
}

/// What one hospital gives to a consortium total: its vector, masked, for the coordinator, and its share for the guardian.
public struct MaskedAnswer: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// Which number stands for what.
    public var layout: TotalLayout
    /// The masked shares: on their own, random words.
    public var vector: MaskedVector
    /// The signed `TotalShare`.
    public var share: SignedDocument

    /// Masks `shares` for the guardian of `roster`.
    ///
    /// - Parameters:
    ///   - subject: what the total is of.
    ///   - ticket: the ticket that is answered.
    ///   - shares: numbers of 0, or of k and more.
    ///   - terms: the rules that they were made under.
    ///   - signing: the node's key.
    public init(
        _ shares: MaskedVector, layout: TotalLayout, subject: TotalSubject, ticket: QueryTicket, terms: ShareTerms,
        guardian: TotalsRoster.Guardian, signing: SigningKey
    ) throws(FederationError) {
        var generator = SystemRandomNumberGenerator()
        let mask = TotalMask(using: &generator)
        let words = try mask.words(shares.count)
        self.layout = layout
        do throws(DisclosureError) {
            vector = try shares.adding(words)
        } catch {
            throw FederationError(.malformed, error.message, advice: error.advice)
        }
        share = try SignedDocument(
            signing: try TotalShare(
                subject: subject.digest, node: ticket.audience, ticket: ticket.id, vector: vector, layout: layout, terms: terms,
                mask: mask, for: guardian.sealingKey), with: signing)
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["layout", "vector", "share"])
        layout = try object.required("layout").decode(TotalLayout.self)
        vector = try MaskedVector(from: try object.required("vector"))
        share = try object.required("share").decode(SignedDocument.self)
    }

    public var json: JSONValue { ["layout": layout.json, "vector": vector.json, "share": share.json] }

    /// The share, if it is what `key` signed for `ticket` and belongs to this vector.
    ///
    /// - Throws: `FederationError` (`TOTAL_MISMATCH`, `SIGNATURE_INVALID`, ...).
    public func checked(for ticket: QueryTicket, by key: VerificationKey) throws(FederationError) -> TotalShare {
        let share = try share.verified(as: TotalShare.self, by: key)
        guard let subject = try ticket.totalSubject(), share.subject == subject.digest, share.ticket == ticket.id,
            share.node == ticket.audience, share.vector == vector.digest, share.count == vector.count,
            share.layout == Digest256(of: layout.json), layout.count == vector.count
        else {
            throw FederationError(
                .totalMismatch, "The masked answer of \(ticket.audience) does not belong to ticket \(ticket.id).",
                advice: "The node's software does not follow the wire protocol; compare versions.")
        }
        return share
    }
}
