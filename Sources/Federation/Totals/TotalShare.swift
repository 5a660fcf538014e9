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

/// The part of a hospital's masked answer that others than the coordinator see: what the mask hangs on, and nothing to take it
/// off. Signed by the node.
public struct TotalShare: SignedPayload, Hashable {
    public static let schema = "dure.total-share/1"

    /// What the mask hangs on.
    public enum Lock: Sendable, Hashable {
        /// Its seed, sealed for the guardian, with HPKE's encapsulated key.
        case guardian(encapsulated: [UInt8], sealedSeed: [UInt8])
        /// Seeds whose shares were dealt to all hospitals.
        case peers(PeerCommitment)
    }

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
    /// What the mask hangs on.
    public var lock: Lock
    /// The hospital's part in the de-duplicated total; nil where none was asked for.
    public var distinct: DistinctShare?

    /// Creates a share.
    init(
        subject: Digest256, node: HospitalID, ticket: TicketID, vector: MaskedVector, layout: TotalLayout, terms: ShareTerms,
        lock: Lock
    ) {
        self.subject = subject
        self.node = node
        self.ticket = ticket
        self.vector = vector.digest
        self.layout = Digest256(of: layout.json)
        count = vector.count
        self.terms = terms
        self.lock = lock
    }

    /// Seals the seed of `mask` for `guardian`.
    public init(
        subject: Digest256, node: HospitalID, ticket: TicketID, vector: MaskedVector, layout: TotalLayout, terms: ShareTerms,
        mask: TotalMask, for guardian: SealingKey.Public
    ) throws(FederationError) {
        let info = Self.info("dure.total-seed/1", subject, node, ticket, vector.digest)
        let sealed = try SealingKey.seal(mask.seed, for: guardian, info: info)
        self.init(
            subject: subject, node: node, ticket: ticket, vector: vector, layout: layout, terms: terms,
            lock: .guardian(encapsulated: sealed.encapsulated, sealedSeed: sealed.ciphertext))
    }

    /// What the sealing is bound to, so that a seed or a sketch cannot be moved into another share.
    private static func info(
        _ what: String, _ subject: Digest256, _ node: HospitalID, _ ticket: TicketID, _ vector: Digest256
    ) -> [UInt8] {
        Array("\(what)\n\(subject)\n\(node)\n\(ticket)\n\(vector)".utf8)
    }

    /// What the sketch's sealing is bound to.
    var sketchInfo: [UInt8] { Self.info("dure.total-sketch/1", subject, node, ticket, vector) }

    /// Seals a sketch for the guardian and joins it.
    mutating func add(
        _ sketch: DistinctSketch, key: String, for guardian: SealingKey.Public
    ) throws(FederationError) {
        distinct = .sketch(try SealedSketch(sketch, key: key, for: guardian, info: sketchInfo))
    }

    /// The mask, for the guardian.
    ///
    /// - Throws: `FederationError` (`SEAL_INVALID`).
    public func mask(opening key: SealingKey) throws(FederationError) -> TotalMask {
        guard case .guardian(let encapsulated, let sealedSeed) = lock else {
            throw FederationError(.sealInvalid, "The share of \(node) is not for a guardian.")
        }
        return try TotalMask(
            seed: try key.open(
                SealingKey.Sealed(encapsulated: encapsulated, ciphertext: sealedSeed),
                info: Self.info("dure.total-seed/1", subject, node, ticket, vector)))
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "schema", "subject", "node", "ticket", "vector", "layout", "count", "terms", "encapsulated", "sealedSeed",
            "peers", "distinct",
        ])
        try object.expectSchema(Self.schema)
        subject = try object.required("subject").decode(Digest256.self)
        node = try object.required("node").decode(HospitalID.self)
        ticket = try object.required("ticket").decode(TicketID.self)
        vector = try object.required("vector").decode(Digest256.self)
        layout = try object.required("layout").decode(Digest256.self)
        count = try object.required("count").int(in: 1...TotalLayout.largest)
        terms = try object.required("terms").decode(ShareTerms.self)
        distinct = try object.optional("distinct")?.decode(DistinctShare.self)
        if let peers = try object.optional("peers") {
            lock = .peers(try peers.decode(PeerCommitment.self))
            guard try object.optional("encapsulated") == nil, try object.optional("sealedSeed") == nil, distinct == nil else {
                throw json.fail(.badValue, "is for a guardian and for the hospitals at once")
            }
        } else {
            lock = .guardian(
                encapsulated: try object.required("encapsulated").hexBytes(SealingKey.encapsulatedLength),
                sealedSeed: try object.required("sealedSeed").hexBytes(TotalMask.seedLength + SealingKey.tagLength))
        }
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "schema": .string(Self.schema), "subject": subject.json, "node": node.json, "ticket": ticket.json,
            "vector": vector.json, "layout": layout.json, "count": .int(count), "terms": terms.json,
        ]
        switch lock {
        case .guardian(let encapsulated, let sealedSeed):
            object["encapsulated"] = .string(Hex.encode(encapsulated))
            object["sealedSeed"] = .string(Hex.encode(sealedSeed))
        case .peers(let commitment): object["peers"] = commitment.json
        }
        if let distinct { object["distinct"] = distinct.json }
        return .object(object)
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
