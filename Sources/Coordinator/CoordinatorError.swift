import CanonicalJSON
import Federation
import GRDB

/// Why the coordinator did not do what it was asked: what, where, and what to do.
public struct CoordinatorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable on the wire, in the audit log and in scripts.
    public enum Code: String, Sendable, CaseIterable {
        // What came in.
        case badRequest = "BAD_REQUEST"
        case malformedJSON = "MALFORMED_JSON"
        case bodyTooLarge = "BODY_TOO_LARGE"
        case bodyTooSlow = "BODY_TOO_SLOW"
        case notFound = "NOT_FOUND"
        case tooManyRequests = "TOO_MANY_REQUESTS"
        // Who asks.
        case signInNeeded = "SIGN_IN_NEEDED"
        case signInFailed = "SIGN_IN_FAILED"
        case signInThrottled = "SIGN_IN_THROTTLED"
        case notAllowed = "NOT_ALLOWED"
        case scopeMissing = "SCOPE_MISSING"
        case passwordUnsuitable = "PASSWORD_UNSUITABLE"
        // What is asked.
        case questionInvalid = "QUESTION_INVALID"
        case hospitalNotInProject = "HOSPITAL_NOT_IN_PROJECT"
        case codedAsksAll = "CODED_ASKS_ALL"
        case projectClosed = "PROJECT_CLOSED"
        case releaseModeUnsupported = "RELEASE_MODE_UNSUPPORTED"
        case idempotencyMismatch = "IDEMPOTENCY_MISMATCH"
        case alreadyExists = "ALREADY_EXISTS"
        case notRunning = "NOT_RUNNING"
        // Nodes.
        case nodeUnknown = "NODE_UNKNOWN"
        case nodeRevoked = "NODE_REVOKED"
        case identityConflict = "IDENTITY_CONFLICT"
        case enrolmentCodeInvalid = "ENROLMENT_CODE_INVALID"
        case ticketExpired = "TICKET_EXPIRED"
        case ticketCancelled = "TICKET_CANCELLED"
        case ticketUnknown = "TICKET_UNKNOWN"
        case answerConflict = "ANSWER_CONFLICT"
        case answerRefused = "ANSWER_REFUSED"
        // The house itself.
        case configuration = "CONFIGURATION"
        case integrity = "INTEGRITY"
        case storageFull = "STORAGE_FULL"
        case unavailable = "UNAVAILABLE"
    }

    /// What kind of failure it is.
    public let code: Code
    /// What was wrong and where, in a sentence.
    public let message: String
    /// What to do about it; may be empty.
    public let advice: String
    /// Where in the message that came in, as a JSON pointer.
    public let pointer: String?
    /// A more exact code than ours, from the room that refused (a signature, a certificate).
    public let detailCode: String?
    /// Seconds after which trying again makes sense.
    public let retryAfter: Int64?

    /// Creates an error.
    public init(
        _ code: Code, _ message: String, advice: String = "", pointer: String? = nil, detailCode: String? = nil,
        retryAfter: Int64? = nil
    ) {
        self.code = code
        self.message = message
        self.advice = advice
        self.pointer = pointer
        self.detailCode = detailCode
        self.retryAfter = retryAfter
    }

    /// A body that is not the message it should be.
    init(_ error: JSONError) {
        self.init(
            error.code == .tooLarge ? .bodyTooLarge : .malformedJSON, error.description,
            advice: "Compare the message with protocol/openapi.yaml.", pointer: error.pointer.description)
    }

    /// The code that goes on the wire: the exact one where another room gave it.
    public var wireCode: String { detailCode ?? code.rawValue }

    /// Code, message and advice in one line.
    public var description: String {
        advice.isEmpty ? "\(code.rawValue): \(message)" : "\(code.rawValue): \(message) \(advice)"
    }

    static func notFound(_ what: String, _ id: String) -> CoordinatorError {
        CoordinatorError(.notFound, "There is no \(what) \(id), or it is not yours to see.")
    }

    /// What a failing SQLite statement means to the person who asked.
    static func from(_ error: DatabaseError) -> CoordinatorError {
        switch error.resultCode {
        case .SQLITE_FULL, .SQLITE_IOERR:
            CoordinatorError(
                .storageFull, "The coordinator's disk is full or failing; nothing was recorded.",
                advice: "Free space in the state directory; the same request can then be sent again.", retryAfter: 60)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            CoordinatorError(
                .unavailable, "The coordinator's state database is busy.", advice: "Try again in a moment.", retryAfter: 2)
        default:
            CoordinatorError(
                .unavailable, "The coordinator's state database could not be used (\(error.resultCode.rawValue)).",
                advice: "Look in the coordinator's log.", retryAfter: 30)
        }
    }
}
