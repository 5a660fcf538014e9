import CanonicalJSON
import Federation
import Outbound

/// How `dure` ends: numbers that scripts rely on.
public enum ExitReason: Int32, Sendable {
    /// Complete, or partial where that was allowed.
    case complete = 0
    /// Failed.
    case failed = 1
    /// Cancelled by the user.
    case cancelled = 2
    /// Sign-in needed or rejected.
    case signIn = 4
    /// Not found.
    case notFound = 5
    /// At least one asked hospital gave no counts.
    case partial = 6
    /// The waiting time ran out; the query goes on.
    case stillRunning = 7
    /// A person at a hospital has to act.
    case pending = 8
    /// Every hospital declined.
    case declined = 9
    /// Answered, but everything is hidden.
    case allHidden = 10
    /// A signature, a hash or a chain does not match.
    case integrity = 11
    /// The command line is wrong.
    case usage = 64
    /// An input file is wrong.
    case badInput = 65
    /// The coordinator cannot be reached.
    case unavailable = 69
    /// Try again later.
    case temporary = 75
    /// The configuration is wrong.
    case configuration = 78
}

/// Why the client could not do what it was asked, for a person and for a script.
public struct ClientError: Error, Sendable, CustomStringConvertible {
    /// How the command ends.
    public let status: ExitReason
    /// A stable code.
    public let code: String
    /// What was wrong and where.
    public let message: String
    /// What to do.
    public let advice: String?

    /// Creates an error.
    public init(_ status: ExitReason, code: String, _ message: String, advice: String? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.advice = advice
    }

    /// What the way to the coordinator went wrong with.
    public init(_ error: OutboundError) {
        let status: ExitReason = error.code == .cancelled ? .cancelled : error.isTransient ? .unavailable : .configuration
        self.init(status, code: error.code.rawValue, error.message, advice: error.advice)
    }

    /// What the coordinator refused.
    public init(_ problem: Problem) {
        let status: ExitReason =
            switch problem.status {
            case 401: .signIn
            case 404: .notFound
            case 429, 503: .temporary
            case 500...: .unavailable
            default: .failed
            }
        let place = problem.pointer.map { $0.isEmpty ? "" : " (at \($0))" } ?? ""
        self.init(status, code: problem.code, problem.detail + place, advice: problem.advice)
    }

    /// An answer of the coordinator that does not follow the protocol.
    public init(_ error: JSONError) {
        self.init(
            .integrity, code: "MALFORMED", "The coordinator's answer is not readable: \(error)",
            advice: "Compare the versions of dure and the coordinator.")
    }

    /// A signature or a hash that does not match.
    public init(_ error: FederationError) {
        self.init(.integrity, code: error.code.rawValue, error.message, advice: error.advice.isEmpty ? nil : error.advice)
    }

    public var description: String { [message, advice].compactMap(\.self).joined(separator: " ") }

    /// The error as `--output json` prints it to stderr.
    public var json: JSONValue {
        var error: JSONObject = ["code": .string(code), "message": .string(message)]
        if let advice { error["hint"] = .string(advice) }
        return ["error": .object(error)]
    }
}
