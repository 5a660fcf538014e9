import CanonicalJSON
import Federation

/// What `dure-node status` prints. Holds nothing that was read from patients.
public struct NodeStatus: Sendable, Hashable, JSONEncodable, JSONDecodable {
    static let file = "status.json"

    /// What went wrong last, until something goes right.
    public struct Problem: Sendable, Hashable {
        /// The code.
        public var code: String
        /// What and where.
        public var message: String
        /// What to do.
        public var advice: String
    }

    /// The hospital.
    public var hospital: HospitalID
    /// The daemon's process.
    public var pid: Int
    /// When it started.
    public var started: Timestamp
    /// When it last wrote this.
    public var written: Timestamp
    /// `connected`, `not connected`, `paused`, `quarantined`, ...
    public var connection: String = PollMachine.Standing.starting.rawValue
    /// When the coordinator last answered.
    public var lastContact: Timestamp?
    /// What went wrong last.
    public var problem: Problem?
    /// The coordinator's clock minus ours, in seconds.
    public var clockOffset: Int64?
    /// When the certificate ends.
    public var certificateExpires: Timestamp
    /// The digest of the policy in force.
    public var policy: Digest256
    /// The version of the policy file.
    public var policyVersion: Int
    /// What is answered from.
    public var provenance: Provenance
    /// The program.
    public var software: String = NodeSoftware.name

    init(
        hospital: HospitalID, pid: Int, started: Timestamp, certificateExpires: Timestamp, policy: Policy, provenance: Provenance
    ) {
        self.hospital = hospital
        self.pid = pid
        self.started = started
        written = started
        self.certificateExpires = certificateExpires
        self.policy = policy.hash
        policyVersion = policy.version
        self.provenance = provenance
    }

    /// Whether the clock is further off than tickets tolerate.
    public var isClockOff: Bool { abs(clockOffset ?? 0) > FederationProtocol.clockTolerance }

    var problemIsOfLink: Bool {
        [NodeError.Code.unreachable, .refused, .identityConflict].map(\.rawValue).contains(problem?.code)
    }

    /// What the daemon last wrote, or nil where it never ran here.
    public static func read(in state: StateDirectory) -> NodeStatus? {
        guard let text = try? Files.text(state.file(file), what: "the status") else { return nil }
        return try? NodeStatus(parsing: Array(text.utf8))
    }

    /// Reads a status.
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object()
        hospital = try object.required("node").decode(HospitalID.self)
        pid = try object.required("pid").int()
        started = try object.required("started").decode(Timestamp.self)
        written = try object.required("written").decode(Timestamp.self)
        connection = try object.required("connection").string()
        lastContact = try object.optional("lastContact")?.decode(Timestamp.self)
        if let problem = try object.optional("problem") {
            self.problem = Problem(
                code: try problem.required("code").string(), message: try problem.required("message").string(),
                advice: try problem.required("advice").string())
        }
        clockOffset = try object.optional("clockOffsetSeconds").map { reader throws(JSONError) in Int64(try reader.int()) }
        certificateExpires = try object.required("certificateExpires").decode(Timestamp.self)
        policy = try object.required("policy").decode(Digest256.self)
        policyVersion = try object.required("policyVersion").int()
        provenance = try object.required("provenance").decode(Provenance.self)
        software = try object.required("software").string()
    }

    /// `dure.node-status/1`
    public var json: JSONValue {
        var object: JSONObject = [
            "schema": "dure.node-status/1", "node": hospital.json, "pid": .int(pid), "started": started.json,
            "written": written.json, "connection": .string(connection), "certificateExpires": certificateExpires.json,
            "policy": policy.json, "policyVersion": .int(policyVersion), "provenance": provenance.json,
            "software": .string(software),
        ]
        if let lastContact { object["lastContact"] = lastContact.json }
        if let clockOffset { object["clockOffsetSeconds"] = .int(Int(clockOffset)) }
        if let problem {
            object["problem"] = [
                "code": .string(problem.code), "message": .string(problem.message), "advice": .string(problem.advice),
            ]
        }
        return .object(object)
    }
}
