/// What stops a node, or one of its commands: what, where, and what to do.
public struct NodeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Kinds of error; the raw values are stable.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// node.yaml or policy.yaml is not as it must be; `problems` has every place.
        case configuration = "CONFIGURATION"
        /// A file that the configuration names cannot be read.
        case file = "FILE"
        /// The state directory cannot be used.
        case state = "STATE"
        /// Another process works on the same state directory.
        case locked = "STATE_LOCKED"
        /// There is no room left on the disk.
        case diskFull = "DISK_FULL"
        /// The node is not enrolled yet, or was enrolled already.
        case enrolment = "ENROLMENT"
        /// The coordinator was not reached.
        case unreachable = "UNREACHABLE"
        /// The coordinator said no.
        case refused = "REFUSED_BY_COORDINATOR"
        /// Another agent with this hospital's identity was seen; the coordinator keeps both out.
        case identityConflict = "IDENTITY_CONFLICT"
        /// A signature, digest or chain does not hold.
        case integrity = "INTEGRITY"
        /// The hospital's store or its index cannot be used.
        case store = "STORE"
        /// A request cannot be decided like that, or not by this person.
        case desk = "DESK"
        /// Everything was stopped by hand.
        case stopped = "STOPPED"
        /// A backup does not open with this passphrase or key.
        case backup = "BACKUP"
        /// The question cannot be read or evaluated.
        case question = "QUESTION"
    }

    /// What kind of error.
    public var code: Code
    /// What and where: one sentence.
    public var message: String
    /// What to do about it.
    public var advice: String
    /// Every problem of a configuration file, in the order of its lines.
    public var problems: [ConfigurationProblem]

    /// An error with its words.
    public init(_ code: Code, _ message: String, advice: String, problems: [ConfigurationProblem] = []) {
        self.code = code
        self.message = message
        self.advice = advice
        self.problems = problems
    }

    /// Message, advice, and one line for each problem.
    public var description: String {
        (["\(message) \(advice)"] + problems.map { "  \($0)" }).joined(separator: "\n")
    }
}

/// One thing that is wrong in a configuration file, and where.
public struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
    /// The file's name.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The keys that lead there: `transport.proxy.url`.
    public var path: String
    /// What is wrong, and what may stand there.
    public var message: String

    /// `node.yaml:12: transport.proxy.url: ...`
    public var description: String { "\(file):\(line): \(path.isEmpty ? "" : "\(path): ")\(message)" }
}
