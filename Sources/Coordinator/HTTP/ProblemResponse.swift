import CanonicalJSON
import Cohorts
import Federation
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The one place where an error becomes an answer (RFC 9457). What is not known here becomes a 500 with an incident number and
/// nothing else: an error's text from somewhere below may carry what must not leave.
enum ProblemResponse {
    /// The problem that `error` is told as, and the seconds after which to try again.
    static func problem(for error: any Error, logger: Logger) -> (Problem, retryAfter: Int64?) {
        switch error {
        case let error as CoordinatorError: return (problem(error), error.retryAfter)
        case let error as FederationError: return (problem(error), nil)
        case let error as JSONError: return (problem(CoordinatorError(error)), nil)
        case let error as CohortError: return (problem(error), nil)
        case let error as HTTPError where error.status == .notFound:
            return (problem(CoordinatorError(.notFound, "There is nothing at this address.")), nil)
        case let error as HTTPError where error.status == .contentTooLarge:
            return (problem(CoordinatorError(.bodyTooLarge, "The body is too large.")), nil)
        case is NIOTooManyBytesError:
            return (problem(CoordinatorError(.bodyTooLarge, "The body is too large.")), nil)
        default:
            let incident = RandomText.characters(10)
            logger.error(
                "A request failed for a reason that nobody has foreseen.",
                metadata: ["incident": "\(incident)", "error": "\(type(of: error))"])
            let problem = Problem(
                status: 500, code: "INTERNAL", title: "Something went wrong here.", detail: "Incident \(incident).",
                advice: "Tell the coordinator's operator this number.")
            return (problem, nil)
        }
    }

    static func problem(_ error: CoordinatorError) -> Problem {
        Problem(
            status: status(error.code), code: error.wireCode, title: title(error.code), detail: error.message,
            pointer: error.pointer, advice: error.advice.isEmpty ? nil : error.advice)
    }

    private static func problem(_ error: FederationError) -> Problem {
        let status =
            switch error.code {
            case .malformed, .wrongSchema, .rosterInvalid, .totalsRoster: 400
            case .audienceWrong, .keyUnknown, .keyInvalid, .certificateInvalid, .enrolmentCodeInvalid, .signatureInvalid: 403
            case .ticketExpired, .ticketNotYetValid: 410
            case .ticketReplayed, .ticketMismatch, .questionHashWrong, .answerShape, .totalMismatch, .sealInvalid: 422
            case .chainBroken: 500
            }
        return Problem(
            status: status, code: error.code.rawValue, title: "The message was not accepted.", detail: error.message,
            advice: error.advice.isEmpty ? nil : error.advice)
    }

    private static func problem(_ error: CohortError) -> Problem {
        Problem(
            status: 422, code: CoordinatorError.Code.questionInvalid.rawValue, title: "The question is not valid.",
            detail: error.message, pointer: error.problems.first.map { "\($0.pointer)" }, advice: error.advice)
    }

    private static func status(_ code: CoordinatorError.Code) -> Int {
        switch code {
        case .badRequest, .malformedJSON, .hospitalNotInProject, .passwordUnsuitable: 400
        case .signInNeeded, .signInFailed, .nodeUnknown: 401
        case .notAllowed, .scopeMissing, .nodeRevoked, .enrolmentCodeInvalid: 403
        case .notFound, .ticketUnknown: 404
        case .bodyTooSlow: 408
        case .projectClosed, .idempotencyMismatch, .alreadyExists, .notRunning, .identityConflict, .answerConflict: 409
        case .ticketExpired, .ticketCancelled: 410
        case .bodyTooLarge: 413
        case .questionInvalid, .releaseModeUnsupported, .codedAsksAll, .answerRefused: 422
        case .tooManyRequests, .signInThrottled: 429
        case .configuration, .integrity: 500
        case .unavailable: 503
        case .storageFull: 507
        }
    }

    private static func title(_ code: CoordinatorError.Code) -> String {
        switch code {
        case .badRequest, .malformedJSON, .passwordUnsuitable: "The request is not one that can be understood."
        case .bodyTooLarge, .bodyTooSlow, .tooManyRequests: "A limit was reached."
        case .notFound, .ticketUnknown: "There is no such thing."
        case .signInNeeded, .signInFailed, .signInThrottled: "You are not signed in."
        case .notAllowed, .scopeMissing: "You may not do this."
        case .questionInvalid, .hospitalNotInProject, .projectClosed, .releaseModeUnsupported, .codedAsksAll:
            "The question cannot be asked."
        case .idempotencyMismatch, .alreadyExists, .notRunning: "The state does not allow it."
        case .nodeUnknown, .nodeRevoked, .identityConflict, .enrolmentCodeInvalid: "The node is not let in."
        case .ticketExpired, .ticketCancelled: "The ticket is over."
        case .answerConflict, .answerRefused: "The answer was not accepted."
        case .configuration, .integrity: "The coordinator is not in order."
        case .storageFull, .unavailable: "The coordinator cannot do this now."
        }
    }

    /// The problem as a response.
    static func response(for error: any Error, logger: Logger) -> Response {
        let (problem, retryAfter) = problem(for: error, logger: logger)
        var response = JSONResponse.make(problem.json, status: HTTPResponse.Status(code: problem.status))
        response.headers[.contentType] = "application/problem+json"
        if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
        if problem.status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
        // Where the body was not read to its end, the connection cannot carry another request.
        if [408, 413].contains(problem.status) { response.headers[.connection] = "close" }
        return response
    }
}
