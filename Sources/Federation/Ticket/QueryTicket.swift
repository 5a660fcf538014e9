import CanonicalJSON
import Cohorts

/// One question to one hospital, as the coordinator signs it.
///
/// A ticket is bound to its `audience`, its question (by hash) and a time; a node that meets it again, early, late or elsewhere
/// refuses it.
public struct QueryTicket: SignedPayload, Hashable {
    public static let schema = "dure.ticket/1"

    /// What the coordinator would like the node to apply beyond its own policy. It can only make the answer stricter.
    public struct Wish: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// Smallest count to show, in patients.
        public var threshold: Int?
        /// Rounding base, in patients.
        public var roundTo: Int?

        /// Creates a wish.
        public init(threshold: Int? = nil, roundTo: Int? = nil) {
            self.threshold = threshold
            self.roundTo = roundTo
        }

        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["threshold", "roundTo"])
            threshold = try object.optional("threshold")?.int(in: 0...1_000_000)
            roundTo = try object.optional("roundTo")?.int(in: 0...1_000_000)
        }

        public var json: JSONValue {
            var object = JSONObject()
            if let threshold { object["threshold"] = .number(JSONNumber(threshold)) }
            if let roundTo { object["roundTo"] = .number(JSONNumber(roundTo)) }
            return .object(object)
        }
    }

    /// This ticket. Never used twice.
    public var id: TicketID
    /// The query that this ticket is a part of.
    public var query: QueryID
    /// The one hospital that may answer.
    public var audience: HospitalID
    /// When it was signed.
    public var issued: Timestamp
    /// From when on it must not be answered any more.
    public var expires: Timestamp
    /// Under what it is asked.
    public var project: ProjectStatement
    /// The role of the person who asks ("researcher"); no name crosses the wire.
    public var requesterRole: String
    /// The question.
    public var question: FeasibilityQuestion
    /// The digest of the question's canonical form.
    public var questionHash: Digest256
    /// How the answer will be shown.
    public var mode: ReleaseMode
    /// What the coordinator asks for beyond the hospital's policy.
    public var wish: Wish
    /// The roster that the query was asked against.
    public var roster: Digest256
    /// Who takes part in the total and who opens it, as two officers signed it; only under `secure-total`, and always there.
    public var total: CosignedRoster?

    /// Creates a ticket; the question's hash is computed.
    public init(
        id: TicketID, query: QueryID, audience: HospitalID, issued: Timestamp, expires: Timestamp, project: ProjectStatement,
        requesterRole: String, question: FeasibilityQuestion, mode: ReleaseMode, wish: Wish = Wish(), roster: Digest256,
        total: CosignedRoster? = nil
    ) {
        self.id = id
        self.query = query
        self.audience = audience
        self.issued = issued
        self.expires = expires
        self.project = project
        self.requesterRole = requesterRole
        self.question = question
        self.questionHash = question.digest
        self.mode = mode
        self.wish = wish
        self.roster = roster
        self.total = total
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "schema", "id", "query", "audience", "issued", "expires", "project", "requesterRole", "question", "questionHash",
            "mode", "wish", "roster", "total",
        ])
        try object.expectSchema(Self.schema)
        id = try object.required("id").decode(TicketID.self)
        query = try object.required("query").decode(QueryID.self)
        audience = try object.required("audience").decode(HospitalID.self)
        issued = try object.required("issued").decode(Timestamp.self)
        expires = try object.required("expires").decode(Timestamp.self)
        project = try object.required("project").decode(ProjectStatement.self)
        requesterRole = try object.required("requesterRole").string(maxLength: 64)
        question = try object.required("question").decode(FeasibilityQuestion.self)
        questionHash = try object.required("questionHash").decode(Digest256.self)
        mode = try object.required("mode").choice(ReleaseMode.self)
        wish = try object.required("wish").decode(Wish.self)
        roster = try object.required("roster").decode(Digest256.self)
        total = try object.optional("total")?.decode(CosignedRoster.self)
        guard (mode == .secureTotal) == (total != nil) else {
            throw json.fail(.badValue, "has a totals roster under another release mode, or none under secure-total")
        }
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "schema": .string(Self.schema), "id": id.json, "query": query.json, "audience": audience.json,
            "issued": issued.json, "expires": expires.json, "project": project.json,
            "requesterRole": .string(requesterRole), "question": question.json, "questionHash": questionHash.json,
            "mode": .string(mode.rawValue), "wish": wish.json, "roster": roster.json,
        ]
        if let total { object["total"] = total.json }
        return .object(object)
    }

    /// What the total that this ticket asks for is of; nil where it asks for none.
    ///
    /// - Throws: `FederationError` (`MALFORMED`).
    public func totalSubject() throws(FederationError) -> TotalSubject? {
        guard let total else { return nil }
        return TotalSubject(
            query: query, questionHash: questionHash, cohort: Digest256(of: question.cohort.canonicalBytes),
            roster: try total.content().digest)
    }
}

extension FeasibilityQuestion {
    /// The digest of the question's canonical form: what is asked, whatever it is titled.
    public var digest: Digest256 { Digest256(of: canonicalBytes) }
}
