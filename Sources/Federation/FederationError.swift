import CanonicalJSON

/// Why a message, a certificate or a chain was not accepted.
public struct FederationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable on the wire and in logs.
    public enum Code: String, Sendable, CaseIterable {
        case malformed = "MALFORMED"
        case wrongSchema = "WRONG_SCHEMA"
        case signatureInvalid = "SIGNATURE_INVALID"
        case keyUnknown = "KEY_UNKNOWN"
        case keyInvalid = "KEY_INVALID"
        case audienceWrong = "AUDIENCE_WRONG"
        case ticketExpired = "TICKET_EXPIRED"
        case ticketNotYetValid = "TICKET_NOT_YET_VALID"
        case ticketReplayed = "TICKET_REPLAYED"
        case ticketMismatch = "TICKET_MISMATCH"
        case questionHashWrong = "QUESTION_HASH_WRONG"
        case answerShape = "ANSWER_SHAPE"
        case certificateInvalid = "CERTIFICATE_INVALID"
        case enrolmentCodeInvalid = "ENROLMENT_CODE_INVALID"
        case chainBroken = "CHAIN_BROKEN"
        case rosterInvalid = "ROSTER_INVALID"
        case totalsRoster = "TOTALS_ROSTER"
        case totalMismatch = "TOTAL_MISMATCH"
        case sealInvalid = "SEAL_INVALID"
    }

    /// What kind of failure it is.
    public let code: Code
    /// What was wrong and where, in a sentence.
    public let message: String
    /// What to do about it.
    public let advice: String

    /// Creates an error.
    public init(_ code: Code, _ message: String, advice: String = "") {
        self.code = code
        self.message = message
        self.advice = advice
    }

    /// A message that did not parse, with the pointer that JSON reading gave.
    public init(_ error: JSONError) {
        self.init(
            .malformed, error.description, advice: "The sender's software does not follow the wire protocol; compare versions.")
    }

    public var description: String {
        advice.isEmpty ? "\(code.rawValue): \(message)" : "\(code.rawValue): \(message) \(advice)"
    }
}
