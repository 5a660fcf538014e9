import CanonicalJSON

/// What a node is doing with a ticket before it answers. Unsigned: it changes a line on a screen, nothing else.
public struct NodeProgress: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let schema = "dure.progress/1"

    /// Where the ticket stands.
    public enum Stage: String, Sendable, CaseIterable {
        /// Stored durably, waiting for its turn.
        case queued
        /// Being evaluated.
        case evaluating
        /// Waiting for a person at the hospital.
        case held
    }

    /// The ticket.
    public var ticket: TicketID
    /// Where it stands.
    public var stage: Stage
    /// Since when.
    public var since: Timestamp

    /// Creates a report.
    public init(ticket: TicketID, stage: Stage, since: Timestamp) {
        self.ticket = ticket
        self.stage = stage
        self.since = since
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["schema", "ticket", "stage", "since"])
        try object.expectSchema(Self.schema)
        ticket = try object.required("ticket").decode(TicketID.self)
        stage = try object.required("stage").choice(Stage.self)
        since = try object.required("since").decode(Timestamp.self)
    }

    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "ticket": ticket.json, "stage": .string(stage.rawValue), "since": since.json,
        ]
    }
}

/// How a node is. Carries no number that was read from patients.
public struct NodeHealth: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let schema = "dure.health/1"

    /// Whether the node answers.
    public enum State: String, Sendable, CaseIterable {
        case running, paused, degraded
    }

    /// The hospital.
    public var node: HospitalID
    /// This start of its process.
    public var boot: BootID
    /// Whether it answers.
    public var state: State
    /// The node's software and its version.
    public var software: String
    /// What it answers from, where a store is open.
    public var provenance: Provenance?
    /// The digest of the policy in force.
    public var policy: Digest256
    /// The node's clock.
    public var time: Timestamp
    /// How many accepted tickets are not yet answered.
    public var waiting: Int
    /// When its certificate ends.
    public var certificateExpires: Timestamp
    /// The node's signed word on its audit log (`AuditHead`), for the coordinator to keep.
    public var auditHead: SignedDocument?

    /// Creates a report.
    public init(
        node: HospitalID, boot: BootID, state: State, software: String, provenance: Provenance?, policy: Digest256,
        time: Timestamp, waiting: Int, certificateExpires: Timestamp, auditHead: SignedDocument? = nil
    ) {
        self.auditHead = auditHead
        self.node = node
        self.boot = boot
        self.state = state
        self.software = software
        self.provenance = provenance
        self.policy = policy
        self.time = time
        self.waiting = waiting
        self.certificateExpires = certificateExpires
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: [
            "schema", "node", "boot", "state", "software", "provenance", "policy", "time", "waiting", "certificateExpires",
            "auditHead",
        ])
        auditHead = try object.optional("auditHead")?.decode(SignedDocument.self)
        try object.expectSchema(Self.schema)
        node = try object.required("node").decode(HospitalID.self)
        boot = try object.required("boot").decode(BootID.self)
        state = try object.required("state").choice(State.self)
        software = try object.required("software").string(maxLength: 100)
        provenance = try object.optional("provenance")?.decode(Provenance.self)
        policy = try object.required("policy").decode(Digest256.self)
        time = try object.required("time").decode(Timestamp.self)
        waiting = try object.required("waiting").int(in: 0...1_000_000)
        certificateExpires = try object.required("certificateExpires").decode(Timestamp.self)
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "schema": .string(Self.schema), "node": node.json, "boot": boot.json, "state": .string(state.rawValue),
            "software": .string(software), "policy": policy.json, "time": time.json, "waiting": .number(JSONNumber(waiting)),
            "certificateExpires": certificateExpires.json,
        ]
        if let provenance { object["provenance"] = provenance.json }
        if let auditHead { object["auditHead"] = auditHead.json }
        return .object(object)
    }
}
