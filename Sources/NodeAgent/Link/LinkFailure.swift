import CanonicalJSON
import Outbound

/// Why a request to the coordinator did not do what it should.
struct LinkFailure: Error, Sendable, Hashable {
    /// What follows from it.
    enum Kind: Sendable, Hashable {
        /// Try again later.
        case later
        /// The coordinator does not want this one, now or ever.
        case refused
        /// Another agent shows this hospital's identity; the coordinator keeps both out until a person decides.
        case identityConflict
        /// The coordinator does not know this node (any more).
        case notEnrolled
        /// The program is ending.
        case cancelled
    }

    var kind: Kind
    /// A stable code: the coordinator's, or `OutboundError`'s.
    var code: String
    var message: String
    var advice: String
    /// What the coordinator asked us to wait, in seconds.
    var retryAfter: Int?

    init(_ error: OutboundError) {
        // A wrong certificate or a 407 is not cured by trying again at once, but by a person, whom the node outlives.
        kind = error.code == .cancelled || error.code == .closed ? .cancelled : .later
        code = error.code.rawValue
        message = error.message
        advice = error.advice
    }

    /// From an answer that is not the one hoped for.
    init(_ response: OutboundResponse) {
        let problem = Problem(response)
        code = problem.code
        message = "The coordinator answered \(response.status) (\(problem.code))."
        retryAfter = response.headers["retry-after"].flatMap { Int($0) }.map { min(max($0, 0), 3_600) }
        switch (response.status, problem.code) {
        case (409, "IDENTITY_CONFLICT"):
            kind = .identityConflict
            advice =
                "Two agents use this hospital's identity. Find the other one (a copied machine, a restored backup), stop it, "
                + "and ask the coordinator's operator to let this node in again."
        case (401, _), (403, _):
            kind = .notEnrolled
            advice = "Ask the coordinator's operator whether this hospital's certificate was revoked; enrol again if it was."
        case (404, let code), (409, let code), (410, let code), (422, let code):
            // A proxy, a wrong address or a coordinator behind another version answers with the same numbers. Only the
            // coordinator's own word settles a ticket; whatever else it was, the work is kept.
            guard Self.settling.contains(code) else {
                kind = .later
                advice =
                    "It will be tried again. If it goes on, look whether something between node and coordinator answers in its "
                    + "place, and compare the versions of the two."
                return
            }
            kind = .refused
            advice = "The coordinator does not know this ticket (any more), or it is settled there."
        default:
            // Also a 400: nothing is given up because of a coordinator that is wrong today.
            kind = .later
            advice = "It will be tried again. If it goes on, compare the versions of node and coordinator."
        }
    }

    /// The codes by which a coordinator settles a ticket or an answer for good.
    private static let settling: Set<String> = [
        "TICKET_UNKNOWN", "TICKET_EXPIRED", "TICKET_CANCELLED", "ANSWER_CONFLICT", "ANSWER_REFUSED",
        // An answer that was looked at and is not the ticket's: sending the same bytes again cannot help.
        "SIGNATURE_INVALID", "KEY_UNKNOWN", "TICKET_MISMATCH", "QUESTION_HASH_WRONG", "ANSWER_SHAPE",
    ]

    /// An answer that could not be understood.
    init(unreadable what: String) {
        kind = .later
        code = "UNREADABLE"
        message = "The coordinator's answer could not be read: \(what)."
        advice = "Compare the versions of node and coordinator."
    }

    /// What a person is told.
    var words: NodeError {
        switch kind {
        case .identityConflict: NodeError(.identityConflict, message, advice: advice)
        case .refused, .notEnrolled: NodeError(.refused, message, advice: advice)
        case .later, .cancelled: NodeError(.unreachable, message, advice: advice)
        }
    }

    /// The coordinator's problem document (RFC 9457 with a `code`). Only the code is believed, and only if it looks like one.
    private struct Problem {
        var code: String

        init(_ response: OutboundResponse) {
            let value = try? JSONValue(parsing: response.body, limits: .standard)
            let text = value.flatMap { try? JSONReader($0).optional("code")?.string(maxLength: 60) } ?? ""
            let isCode =
                !text.isEmpty && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == 0x5F || (0x30...0x39).contains($0) }
            code = isCode ? text : "HTTP_\(response.status)"
        }
    }
}
