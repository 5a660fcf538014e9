import CanonicalJSON

/// A hospital's node as the coordinator sees it. Last contact and last answer are different facts.
public struct NodeSummary: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// How a node stands with the coordinator.
    public enum Standing: String, Sendable, CaseIterable {
        /// No enrolment yet.
        case notEnrolled = "not-enrolled"
        /// Enrolled, never heard of since.
        case neverSeen = "never-seen"
        /// Heard of lately.
        case online
        /// Enrolled, but silent.
        case silent
        /// Paused by the hospital.
        case paused
        /// Two agents use its identity; nothing is sent to it.
        case quarantined
        /// Its enrolment was withdrawn.
        case revoked
    }

    /// The hospital.
    public var node: HospitalID
    /// Its names.
    public var name: BilingualText?
    /// How it stands.
    public var standing: Standing
    /// When it was last heard of.
    public var lastContact: Timestamp?
    /// When it last answered a query.
    public var lastAnswer: Timestamp?
    /// What it last reported of itself.
    public var health: NodeHealth?

    /// Creates a summary.
    public init(
        node: HospitalID, name: BilingualText?, standing: Standing, lastContact: Timestamp?, lastAnswer: Timestamp?,
        health: NodeHealth?
    ) {
        self.node = node
        self.name = name
        self.standing = standing
        self.lastContact = lastContact
        self.lastAnswer = lastAnswer
        self.health = health
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object()
        node = try object.required("node").decode(HospitalID.self)
        name = try object.optional("name")?.decode(BilingualText.self)
        standing = try object.required("standing").choice(Standing.self)
        lastContact = try object.optional("lastContact")?.decode(Timestamp.self)
        lastAnswer = try object.optional("lastAnswer")?.decode(Timestamp.self)
        health = try object.optional("health")?.decode(NodeHealth.self)
    }

    public var json: JSONValue {
        var object: JSONObject = ["node": node.json, "standing": .string(standing.rawValue)]
        if let name { object["name"] = name.json }
        if let lastContact { object["lastContact"] = lastContact.json }
        if let lastAnswer { object["lastAnswer"] = lastAnswer.json }
        if let health { object["health"] = health.json }
        return .object(object)
    }
}

/// A project as its members see it.
public struct ProjectSummary: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// What it is asked under.
    public var statement: ProjectStatement
    /// Which hospitals it may ask.
    public var hospitals: [HospitalID]
    /// How its answers may be seen.
    public var modes: [ReleaseMode]
    /// The last day, `2026-12-31`.
    public var until: CalendarDay
    /// `active` or `closed`.
    public var state: String

    /// Creates a summary.
    public init(
        statement: ProjectStatement, hospitals: [HospitalID], modes: [ReleaseMode], until: CalendarDay, state: String
    ) {
        self.statement = statement
        self.hospitals = hospitals
        self.modes = modes
        self.until = until
        self.state = state
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object()
        statement = try object.required("statement").decode(ProjectStatement.self)
        hospitals = try object.required("hospitals").list(of: HospitalID.self, maxCount: 10_000)
        var modes: [ReleaseMode] = []
        for mode in try object.required("modes").array(maxCount: 10) { modes.append(try mode.choice(ReleaseMode.self)) }
        self.modes = modes
        until = try object.required("until").date()
        state = try object.required("state").string(maxLength: 20)
    }

    public var json: JSONValue {
        [
            "statement": statement.json, "hospitals": .array(hospitals.map(\.json)),
            "modes": .array(modes.map { .string($0.rawValue) }), "until": until.json, "state": .string(state),
        ]
    }
}

/// RFC 9457 problem details, as every refused request carries them.
public struct Problem: Error, Sendable, Hashable, CustomStringConvertible, JSONEncodable, JSONDecodable {
    /// The HTTP status.
    public var status: Int
    /// A stable code, `PURPOSE_SCOPE`.
    public var code: String
    /// What kind of problem it is, in a few words.
    public var title: String
    /// What was wrong and where.
    public var detail: String
    /// Where in the request, as a JSON pointer.
    public var pointer: String?
    /// What to do.
    public var advice: String?

    /// Creates a problem.
    public init(
        status: Int, code: String, title: String, detail: String, pointer: String? = nil, advice: String? = nil
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.pointer = pointer
        self.advice = advice
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object()
        status = try object.required("status").int(in: 100...599)
        code = try object.required("code").string(maxLength: 64)
        title = try object.required("title").string(maxLength: 400)
        detail = try object.required("detail").string(maxLength: 8_000)
        pointer = try object.optional("pointer")?.string(maxLength: 2_000)
        advice = try object.optional("advice")?.string(maxLength: 4_000)
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "type": .string("urn:dure:problem:\(code)"), "status": .int(status), "code": .string(code), "title": .string(title),
            "detail": .string(detail),
        ]
        if let pointer { object["pointer"] = .string(pointer) }
        if let advice { object["advice"] = .string(advice) }
        return .object(object)
    }

    public var description: String { [detail, advice].compactMap(\.self).joined(separator: " ") }
}
