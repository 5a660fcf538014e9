import CanonicalJSON
import Cohorts
import Disclosure

/// What one hospital gives to a consortium total: its vector, masked, for the coordinator, and its share for the guardian.
public struct MaskedAnswer: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// Which number stands for what.
    public var layout: TotalLayout
    /// The masked shares: on their own, random words.
    public var vector: MaskedVector
    /// The signed `TotalShare`.
    public var share: SignedDocument
    /// Without a guardian: what every hospital of the roster is dealt, sealed for it, in the roster's order. Else none.
    public var packages: [SealedPackage] = []

    /// Masks `shares` for the guardian of `roster`.
    ///
    /// - Parameters:
    ///   - subject: what the total is of.
    ///   - ticket: the ticket that is answered.
    ///   - shares: numbers of 0, or of k and more.
    ///   - terms: the rules that they were made under.
    ///   - distinct: a sketch of the cohort's patients, or why there is none; nil where none was asked for.
    ///   - signing: the node's key.
    public init(
        _ shares: MaskedVector, layout: TotalLayout, subject: TotalSubject, ticket: QueryTicket, terms: ShareTerms,
        guardian: TotalsRoster.Guardian, distinct: PlainSketch? = nil, signing: SigningKey
    ) throws(FederationError) {
        var generator = SystemRandomNumberGenerator()
        let mask = TotalMask(using: &generator)
        let words = try mask.words(shares.count)
        self.layout = layout
        vector = try Self.sum(shares, words)
        var share = try TotalShare(
            subject: subject.digest, node: ticket.audience, ticket: ticket.id, vector: vector, layout: layout, terms: terms,
            mask: mask, for: guardian.sealingKey)
        switch distinct {
        case .made(let sketch, let key): try share.add(sketch, key: key, for: guardian.sealingKey)
        case .refused(let why): share.distinct = .refused(why)
        case nil: break
        }
        self.share = try SignedDocument(signing: share, with: signing)
    }

    /// A sketch before it is sealed, with the name of its linkage key, or why there is none.
    public enum PlainSketch: Sendable {
        /// A sketch.
        case made(DistinctSketch, key: String)
        /// Why there is none.
        case refused(DistinctRefusal)
    }

    /// Masks `shares` for the hospitals of `roster`, which open the total together.
    ///
    /// - Parameter sealing: the node's own sealing key.
    public init(
        _ shares: MaskedVector, layout: TotalLayout, subject: TotalSubject, ticket: QueryTicket, terms: ShareTerms,
        peers roster: TotalsRoster, signing: SigningKey, sealing: SealingKey
    ) throws(FederationError) {
        var generator = SystemRandomNumberGenerator()
        let seeds = try PeerSeeds(
            of: ticket.audience, roster, subject: subject.digest, sealing: sealing, using: &generator)
        self.layout = layout
        vector = try Self.sum(shares, try seeds.mask(shares.count))
        packages = try seeds.deal(
            roster, binding: PackageBinding(subject: subject.digest, ticket: ticket.id, vector: vector.digest), using: &generator)
        share = try SignedDocument(
            signing: TotalShare(
                subject: subject.digest, node: ticket.audience, ticket: ticket.id, vector: vector, layout: layout, terms: terms,
                lock: .peers(PeerCommitment(seeds, packages))), with: signing)
    }

    private static func sum(_ shares: MaskedVector, _ mask: MaskedVector) throws(FederationError) -> MaskedVector {
        do throws(DisclosureError) {
            return try shares.adding(mask)
        } catch {
            throw FederationError(.malformed, error.message, advice: error.advice)
        }
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["layout", "vector", "share", "packages"])
        layout = try object.required("layout").decode(TotalLayout.self)
        vector = try MaskedVector(from: try object.required("vector"))
        share = try object.required("share").decode(SignedDocument.self)
        packages = try object.optional("packages")?.list(of: SealedPackage.self, maxCount: TotalsRoster.mostPeers) ?? []
    }

    public var json: JSONValue {
        var object: JSONObject = ["layout": layout.json, "vector": vector.json, "share": share.json]
        if !packages.isEmpty { object["packages"] = .array(packages.map(\.json)) }
        return .object(object)
    }

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
        try checkLock(share, try ticket.total?.content(), isDistinct: ticket.question.distinct)
        return share
    }

    /// The lock is of the kind that the roster asks for, with a part in the de-duplicated total where one is asked for; without a
    /// guardian, every hospital of it was dealt what was signed.
    private func checkLock(
        _ share: TotalShare, _ roster: TotalsRoster?, isDistinct: Bool
    ) throws(FederationError) {
        switch share.lock {
        case .guardian:
            guard roster?.kind == .guardian, packages.isEmpty, isDistinct == (share.distinct != nil) else {
                throw Self.otherLock(share)
            }
        case .peers(let commitment):
            guard let roster, roster.kind == .peers, packages.map(\.to) == roster.members.map(\.hospital),
                packages.allSatisfy({ $0.from == share.node }), packages.map(\.digest) == commitment.packages,
                commitment.pairs.count == roster.members.count - 1
            else { throw Self.otherLock(share) }
        }
    }

    private static func otherLock(_ share: TotalShare) -> FederationError {
        FederationError(
            .totalMismatch, "What the share of \(share.node) holds is not what the totals roster and the question ask for.",
            advice: "The node's software does not follow the wire protocol; compare versions.")
    }
}
