import CanonicalJSON
import Cohorts

/// `POST /v1/queries`: a question, under a project, to some hospitals.
public struct QuerySubmission: Sendable, JSONEncodable, JSONDecodable {
    static let schema = "dure.submission/1"

    /// The question.
    public var question: FeasibilityQuestion
    /// Under which project.
    public var project: ProjectID
    /// Which hospitals; all of the project's where empty.
    public var hospitals: [HospitalID]
    /// How the answers may be seen.
    public var mode: ReleaseMode
    /// For how many seconds hospitals may answer; the coordinator's default where nil.
    public var answerWithin: Int?

    /// Creates a submission.
    public init(
        question: FeasibilityQuestion, project: ProjectID, hospitals: [HospitalID] = [], mode: ReleaseMode = .named,
        answerWithin: Int? = nil
    ) {
        self.question = question
        self.project = project
        self.hospitals = hospitals
        self.mode = mode
        self.answerWithin = answerWithin
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "question", "project", "hospitals", "mode", "answerWithin"])
        try object.expectSchema(Self.schema)
        question = try object.required("question").decode(FeasibilityQuestion.self)
        project = try object.required("project").decode(ProjectID.self)
        hospitals = try object.optional("hospitals")?.list(of: HospitalID.self, maxCount: 10_000) ?? []
        mode = try object.optional("mode")?.choice(ReleaseMode.self) ?? .named
        answerWithin = try object.optional("answerWithin")?.int(in: 1...31_536_000)
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "schema": .string(Self.schema), "question": question.json, "project": project.json,
            "hospitals": .array(hospitals.map(\.json)), "mode": .string(mode.rawValue),
        ]
        if let answerWithin { object["answerWithin"] = .int(answerWithin) }
        return .object(object)
    }
}

/// A query in a list.
public struct QuerySummary: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// The query.
    public var query: QueryID
    /// What is asked, by hash.
    public var questionHash: Digest256
    /// Its title.
    public var title: BilingualText?
    /// The project.
    public var project: ProjectID
    /// Who asked, by user name.
    public var askedBy: String
    /// When.
    public var created: Timestamp
    /// Where it stands.
    public var status: QueryStatus
    /// How many hospitals were asked.
    public var asked: Int
    /// How many of them answered with counts.
    public var answered: Int

    /// Creates a summary.
    public init(
        query: QueryID, questionHash: Digest256, title: BilingualText?, project: ProjectID, askedBy: String, created: Timestamp,
        status: QueryStatus, asked: Int, answered: Int
    ) {
        self.query = query
        self.questionHash = questionHash
        self.title = title
        self.project = project
        self.askedBy = askedBy
        self.created = created
        self.status = status
        self.asked = asked
        self.answered = answered
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object()
        query = try object.required("query").decode(QueryID.self)
        questionHash = try object.required("questionHash").decode(Digest256.self)
        title = try object.optional("title")?.decode(BilingualText.self)
        project = try object.required("project").decode(ProjectID.self)
        askedBy = try object.required("askedBy").string(maxLength: 64)
        created = try object.required("created").decode(Timestamp.self)
        status = try object.required("status").choice(QueryStatus.self)
        asked = try object.required("asked").int(in: 0...100_000)
        answered = try object.required("answered").int(in: 0...100_000)
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "query": query.json, "questionHash": questionHash.json, "project": project.json, "askedBy": .string(askedBy),
            "created": created.json, "status": .string(status.rawValue), "asked": .int(asked), "answered": .int(answered),
        ]
        if let title { object["title"] = title.json }
        return .object(object)
    }
}

/// Where a query stands as a whole.
public enum QueryStatus: String, Sendable, CaseIterable {
    /// Some hospital may still answer.
    case running
    /// Every asked hospital answered with counts, hidden ones among them.
    case complete
    /// Nothing more will come, and some hospital gave no counts.
    case partial
    /// The researcher cancelled it; what came before is kept.
    case cancelled

    /// Whether nothing more will come.
    public var isFinal: Bool { self != .running }
}
