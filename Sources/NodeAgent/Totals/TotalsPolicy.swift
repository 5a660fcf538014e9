import CanonicalJSON
import Disclosure
import Federation

/// What a hospital asks of consortium totals before it puts its numbers into one: `totals` of policy.yaml.
public struct TotalsPolicy: Sendable, Hashable {
    /// Officers whose signature on a totals roster is believed; two of them must have signed.
    public var officers: [VerificationKey]
    /// Fewest hospitals in a total that this one takes part in.
    public var minimum: Int
    /// Who may open them.
    public var kinds: Set<TotalsRoster.Kind>

    /// Whether a sketch of the patients may leave, sealed for the guardian, for a de-duplicated total.
    public var isDistinctAllowed: Bool

    /// What a hospital asks of totals.
    init(
        officers: [VerificationKey], minimum: Int, kinds: Set<TotalsRoster.Kind> = [.guardian], isDistinctAllowed: Bool = false
    ) {
        self.officers = officers
        self.minimum = minimum
        self.kinds = kinds
        self.isDistinctAllowed = isDistinctAllowed
    }

    /// The roster of `ticket`, if this hospital takes part in its total.
    ///
    /// - Parameters:
    ///   - key: this node's own key, which the roster must list for it.
    ///   - sealingKey: this node's own sealing key, which a roster without a guardian must list for it.
    ///   - newest: the newest roster that was accepted before.
    /// - Throws: `FederationError` with what does not fit; the researcher hears `TOTALS_ROSTER` and nothing else.
    func roster(
        of ticket: QueryTicket, key: VerificationKey, sealingKey: SealingKey.Public? = nil, newest: AcceptedRoster?
    ) throws(FederationError) -> TotalsRoster {
        guard let cosigned = ticket.total else {
            throw FederationError(.totalsRoster, "Ticket \(ticket.id) asks for a total without a roster.")
        }
        let roster = try cosigned.verified(officers: officers)
        _ = try roster.admission()
        if roster.kind == .peers {
            guard let own = roster.members.first(where: { $0.hospital == ticket.audience })?.sealingKey,
                own == sealingKey
            else {
                throw FederationError(
                    .totalsRoster, "The totals roster does not list this node with its own sealing key.",
                    advice: "Give the officers what `dure-node totals-entry` prints.")
            }
        }
        guard roster.minimum >= minimum else {
            throw FederationError(
                .totalsRoster, "Totals of \(roster.minimum) hospitals are allowed by the roster, \(minimum) are needed here.",
                advice: "`totals.minimum` of policy.yaml may be set to 3 where it is agreed in writing.")
        }
        guard roster.key(of: ticket.audience) == key else {
            throw FederationError(
                .totalsRoster, "The totals roster does not list this node with its own key.",
                advice: "After a new enrolment the officers sign a new roster.")
        }
        if let newest {
            guard roster.version > newest.version || (roster.version, roster.digest) == (newest.version, newest.digest) else {
                throw FederationError(
                    .totalsRoster,
                    "Version \(roster.version) of the totals roster is older than, or another than, the known one.",
                    advice: "The coordinator's operator loads the newest roster.")
            }
        }
        return roster
    }
}

/// The newest totals roster that a node or a guardian has accepted: an older one is not accepted any more.
struct AcceptedRoster: Sendable, Hashable {
    static let name = "totals-roster"
    let version: Int
    let digest: Digest256

    init(_ roster: TotalsRoster) {
        version = roster.version
        digest = roster.digest
    }

    init?(bytes: [UInt8]) {
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard words.count == 2, let version = Int(words[0]), let digest = Digest256(String(words[1])) else { return nil }
        self.version = version
        self.digest = digest
    }

    var bytes: [UInt8] { Array("\(version) \(digest)".utf8) }
}

extension TotalsPolicy: JSONEncodable {
    /// The keys, sorted, the minimum and the kinds; `distinct` only where it is allowed.
    public var json: JSONValue {
        var object: JSONObject = [
            "officers": .array(officers.map { Hex.encode($0.bytes) }.sorted().map(JSONValue.string)),
            "minimum": .int(minimum), "kinds": .array(kinds.map(\.rawValue).sorted().map(JSONValue.string)),
        ]
        if isDistinctAllowed { object["distinct"] = true }
        return .object(object)
    }

    /// Reads the map `totals`; nil where there is none.
    init?(_ map: YAMLMap, isThere: Bool) {
        let texts = map.strings("officers") ?? []
        officers = texts.compactMap { text in
            let key = Hex.decode(text).flatMap(VerificationKey.init(bytes:))
            if key == nil { map.report("officers", "\"\(text.prefix(20))\" is not a public key of 64 hexadecimal digits") }
            return key
        }
        minimum = map.int("minimum", in: TotalRoster.writtenMinimum...10_000, default: TotalRoster.minimum)
        kinds = Set(map.choices("kinds") ?? [.guardian])
        isDistinctAllowed = map.bool("distinct", default: false)
        guard isThere else { return nil }
        if isDistinctAllowed, !kinds.contains(.guardian) {
            map.report("distinct", "needs a guardian, who merges the sketches: `kinds` must hold guardian")
        }
        if kinds.isEmpty { map.report("kinds", "must hold guardian, peers or both") }
        if Set(officers).count < CosignedRoster.officersNeeded {
            map.report("officers", "needs the public keys of at least \(CosignedRoster.officersNeeded) officers")
        }
    }
}
