import CanonicalJSON
import Crypto
import Disclosure

/// The coordinator fixes the hospitals that are in a total, one set for ever, and asks the guardian for the sum of their masks, or
/// without a guardian the hospitals to agree. Signed by the coordinator. It holds no masked vector, so that nobody who gets it can
/// take a mask off.
public struct OpeningRequest: SignedPayload, Hashable {
    public static let schema = "dure.opening-request/1"

    /// What the total is of.
    public var subject: TotalSubject
    /// The roster, as its officers signed it.
    public var roster: CosignedRoster
    /// The shares of the hospitals that answered, each signed by its node, by hospital.
    public var shares: [SignedDocument]

    /// Creates a request.
    public init(subject: TotalSubject, roster: CosignedRoster, shares: [SignedDocument]) {
        self.subject = subject
        self.roster = roster
        self.shares = shares
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "subject", "roster", "shares"])
        try object.expectSchema(Self.schema)
        subject = try object.required("subject").decode(TotalSubject.self)
        roster = try object.required("roster").decode(CosignedRoster.self)
        shares = try object.required("shares").list(of: SignedDocument.self, maxCount: 10_000)
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "subject": subject.json, "roster": roster.json,
            "shares": .array(shares.map(\.json)),
        ]
    }

    /// The shares, if each is signed by the key that the roster names for its hospital, belongs to this subject, and all fit
    /// together.
    ///
    /// - Throws: `FederationError` that names the first that does not.
    public func checkedShares(_ roster: TotalsRoster) throws(FederationError) -> [TotalShare] {
        guard subject.roster == roster.digest else {
            throw FederationError(.totalMismatch, "The request names another roster than it carries.")
        }
        var found: [TotalShare] = []
        for document in shares {
            let share = try TotalShare.verified(document, roster)
            guard share.subject == subject.digest else {
                throw FederationError(.totalMismatch, "The share of \(share.node) belongs to another total.")
            }
            guard !found.contains(where: { $0.node == share.node }) else {
                throw FederationError(.totalMismatch, "There are two shares of \(share.node).")
            }
            if let first = found.first, first.layout != share.layout || first.count != share.count {
                throw FederationError(
                    .totalMismatch, "The vectors of \(first.node) and \(share.node) are of different layouts.",
                    advice: "All hospitals of a total need the same release of the node's software.")
            }
            found.append(share)
        }
        guard !found.isEmpty else { throw FederationError(.totalMismatch, "The request has no share.") }
        return found
    }
}

/// Why a guardian does not open a total, or a hospital does not agree to it.
public enum OpeningRefusal: String, Sendable, CaseIterable {
    /// The roster is not signed by the officers who are known, is an older one, or names another guardian.
    case roster = "TOTALS_ROSTER"
    /// Fewer hospitals answered than a total needs.
    case tooFew = "TOTAL_TOO_FEW"
    /// The cohort was opened over another set of hospitals that differs too little.
    case otherHospitals = "TOTAL_OTHER_HOSPITALS"
    /// The shares do not fit together, or do not verify.
    case mismatch = "TOTAL_MISMATCH"
}

/// What the guardian says to an opening request, once and for ever. Signed by the guardian.
public struct Opening: SignedPayload, Hashable {
    public static let schema = "dure.opening/1"

    /// How it ended.
    public enum Outcome: Sendable, Hashable {
        /// The sum of the masks.
        case opened(MaskedVector)
        /// Why not.
        case refused(OpeningRefusal)
    }

    /// What the total is of.
    public var subject: Digest256
    /// The query, to be found by.
    public var query: QueryID
    /// The digest of the signed request.
    public var request: Digest256
    /// The guardian.
    public var guardian: GuardianID
    /// The hospitals whose masks were added.
    public var hospitals: [HospitalID]
    /// How it ended.
    public var outcome: Outcome
    /// The patients of all hospitals together; only where it was opened, and asked for.
    public var distinct: DistinctTotal?

    /// Creates an opening.
    public init(
        subject: TotalSubject, request: Digest256, guardian: GuardianID, hospitals: [HospitalID], outcome: Outcome,
        distinct: DistinctTotal? = nil
    ) {
        self.subject = subject.digest
        query = subject.query
        self.request = request
        self.guardian = guardian
        self.hospitals = hospitals
        self.outcome = outcome
        self.distinct = distinct
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "schema", "subject", "query", "request", "guardian", "hospitals", "masks", "refused", "distinct",
        ])
        try object.expectSchema(Self.schema)
        subject = try object.required("subject").decode(Digest256.self)
        query = try object.required("query").decode(QueryID.self)
        request = try object.required("request").decode(Digest256.self)
        guardian = try object.required("guardian").decode(GuardianID.self)
        hospitals = try object.required("hospitals").list(of: HospitalID.self, maxCount: 10_000)
        distinct = try object.optional("distinct")?.decode(DistinctTotal.self)
        if let refused = try object.optional("refused") {
            guard distinct == nil else { throw json.fail(.badValue, "is refused and holds a number") }
            outcome = .refused(try refused.choice(OpeningRefusal.self))
        } else {
            outcome = .opened(try MaskedVector(from: try object.required("masks")))
        }
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "schema": .string(Self.schema), "subject": subject.json, "query": query.json, "request": request.json,
            "guardian": guardian.json, "hospitals": .array(hospitals.map(\.json)),
        ]
        switch outcome {
        case .opened(let masks): object["masks"] = masks.json
        case .refused(let why): object["refused"] = .string(why.rawValue)
        }
        if let distinct { object["distinct"] = distinct.json }
        return .object(object)
    }
}

/// The guardian asks for work. Signed by the guardian, and good for some minutes.
public struct GuardianPoll: SignedPayload, Hashable {
    public static let schema = "dure.guardian-poll/1"

    /// The guardian.
    public var guardian: GuardianID
    /// When it asked.
    public var asked: Timestamp

    /// Creates a poll.
    public init(guardian: GuardianID, asked: Timestamp) {
        self.guardian = guardian
        self.asked = asked
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "guardian", "asked"])
        try object.expectSchema(Self.schema)
        guardian = try object.required("guardian").decode(GuardianID.self)
        asked = try object.required("asked").decode(Timestamp.self)
    }

    public var json: JSONValue {
        ["schema": .string(Self.schema), "guardian": guardian.json, "asked": asked.json]
    }
}
