import CanonicalJSON
import Disclosure

/// The answer to a query as a researcher sees it: a row for every asked hospital, none dropped, and what the rows add up to.
///
/// What is merged is arithmetic on the rows and nothing else, so a reader computes it anew and refuses a result that says
/// otherwise.
public struct MergedResult: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let schema = "dure.result/1"

    /// One asked hospital.
    public struct Row: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// The hospital: its identifier, or a code (`H3`) in a result that is shown coded.
        public var node: String
        /// Its names; nil where coded.
        public var name: BilingualText?
        /// Its answer; where it gave none, an answer whose total says why.
        public var answer: DisclosedAnswer
        /// When it answered.
        public var answered: Timestamp?
        /// What it answered from.
        public var provenance: Provenance?
        /// The digest of the policy that it released under.
        public var policy: Digest256?

        /// Creates a row.
        public init(
            node: String, name: BilingualText?, answer: DisclosedAnswer, answered: Timestamp? = nil,
            provenance: Provenance? = nil, policy: Digest256? = nil
        ) {
            self.node = node
            self.name = name
            self.answer = answer
            self.answered = answered
            self.provenance = provenance
            self.policy = policy
        }

        public init(from json: JSONReader) throws(JSONError) {
            let object = try json.object(allowing: ["node", "name", "answer", "answered", "provenance", "policy"])
            node = try object.required("node").nonEmptyString(maxLength: 64)
            name = try object.optional("name")?.decode(BilingualText.self)
            answer = try object.required("answer").decode(DisclosedAnswer.self)
            answered = try object.optional("answered")?.decode(Timestamp.self)
            provenance = try object.optional("provenance")?.decode(Provenance.self)
            policy = try object.optional("policy")?.decode(Digest256.self)
        }

        public var json: JSONValue {
            var object: JSONObject = ["node": .string(node), "answer": answer.json]
            if let name { object["name"] = name.json }
            if let answered { object["answered"] = answered.json }
            if let provenance { object["provenance"] = provenance.json }
            if let policy { object["policy"] = policy.json }
            return .object(object)
        }
    }

    /// The query.
    public var query: QueryID
    /// What was asked, by hash.
    public var questionHash: Digest256
    /// Its title.
    public var title: BilingualText?
    /// Under which project.
    public var project: ProjectID
    /// How the rows are shown.
    public var mode: ReleaseMode
    /// Where the query stands.
    public var status: QueryStatus
    /// Grows with each change of the result, so that a reader can wait for the next.
    public var version: Int
    /// When it was asked.
    public var created: Timestamp
    /// The roster that it was asked against.
    public var roster: Digest256
    /// One row for each asked hospital.
    public var rows: [Row]
    /// The consortium total; only under `secure-total`, where the rows show no counts.
    public var total: SecureTotal?
    /// What the rows add up to.
    public let merged: MergedAnswer

    /// Creates a result; the rows are merged.
    public init(
        query: QueryID, questionHash: Digest256, title: BilingualText?, project: ProjectID, mode: ReleaseMode,
        status: QueryStatus, version: Int, created: Timestamp, roster: Digest256, rows: [Row],
        total: SecureTotal? = nil
    ) {
        self.query = query
        self.questionHash = questionHash
        self.title = title
        self.project = project
        self.mode = mode
        self.status = status
        self.version = version
        self.created = created
        self.roster = roster
        self.rows = rows
        self.total = total
        merged = MergedAnswer(rows.map(\.answer))
    }

    /// Whether any row's data is made up.
    public var isSynthetic: Bool { rows.contains { $0.provenance?.synthetic == true } }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "schema", "query", "questionHash", "title", "project", "mode", "status", "version", "created", "roster", "rows",
            "merged", "synthetic", "total",
        ])
        try object.expectSchema(Self.schema)
        self.init(
            query: try object.required("query").decode(QueryID.self),
            questionHash: try object.required("questionHash").decode(Digest256.self),
            title: try object.optional("title")?.decode(BilingualText.self),
            project: try object.required("project").decode(ProjectID.self),
            mode: try object.required("mode").choice(ReleaseMode.self),
            status: try object.required("status").choice(QueryStatus.self),
            version: try object.required("version").int(in: 0...JSONReader.exactIntegers.upperBound),
            created: try object.required("created").decode(Timestamp.self),
            roster: try object.required("roster").decode(Digest256.self),
            rows: try object.required("rows").list(of: Row.self, maxCount: 10_000),
            total: try object.optional("total")?.decode(SecureTotal.self))
        let claimed = try object.required("merged")
        guard claimed.value.canonicalBytes() == merged.json.canonicalBytes() else {
            throw claimed.fail(.badValue, "is not what the rows add up to")
        }
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "schema": .string(Self.schema), "query": query.json, "questionHash": questionHash.json, "project": project.json,
            "mode": .string(mode.rawValue), "status": .string(status.rawValue), "version": .int(version),
            "created": created.json, "roster": roster.json, "rows": .array(rows.map(\.json)), "merged": merged.json,
            "synthetic": .bool(isSynthetic),
        ]
        if let title { object["title"] = title.json }
        if let total { object["total"] = total.json }
        return .object(object)
    }
}
