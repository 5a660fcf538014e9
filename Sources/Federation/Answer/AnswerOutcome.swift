import CanonicalJSON
import Disclosure

/// Why a hospital declined. Codes, never sentences: a sentence could carry a value.
public enum DeclineCode: String, Sendable, CaseIterable {
    /// The hospital's policy does not name the project.
    case projectUnknown = "PROJECT_UNKNOWN"
    /// The project's agreement with this hospital has ended.
    case projectEnded = "PROJECT_ENDED"
    /// The purpose class is not agreed for this project here.
    case purposeScope = "PURPOSE_SCOPE"
    /// The requesting organisation is not agreed for this project here.
    case organisationScope = "ORGANISATION_SCOPE"
    /// A concept lies outside the agreed areas.
    case conceptScope = "CONCEPT_SCOPE"
    /// A concept is on the hospital's sensitive list.
    case sensitiveConcept = "SENSITIVE_CONCEPT"
    /// The release mode is not allowed.
    case releaseMode = "RELEASE_MODE"
    /// The totals roster is not one that the hospital's policy accepts.
    case totalsRoster = "TOTALS_ROSTER"
    /// The hospital takes no part in totals that are opened in this way: its policy does not allow it, or its answers are carried
    /// as files, and a total without a guardian has more rounds than that.
    case totalsKind = "TOTALS_KIND"
    /// Attrition or a breakdown is not allowed.
    case outputNotAllowed = "OUTPUT_NOT_ALLOWED"
    /// More breakdown dimensions than allowed.
    case breakdownDimensions = "BREAKDOWN_DIMENSIONS"
    /// The project's quota at this hospital is used up.
    case quota = "QUOTA"
    /// The definition is larger than the hospital accepts.
    case tooLarge = "TOO_LARGE"
    /// The definition uses what this node does not evaluate.
    case notSupported = "NOT_SUPPORTED"
    /// The hospital has paused answering.
    case paused = "PAUSED"
    /// The ticket's time had run out when it was taken up.
    case ticketExpired = "TICKET_EXPIRED"
    /// The ticket did not verify.
    case ticketInvalid = "TICKET_INVALID"
    /// A person at the hospital declined.
    case declinedByPerson = "DECLINED_BY_PERSON"
    /// A person at the hospital declined: the purpose is not said clearly enough.
    case purposeUnclear = "PURPOSE_UNCLEAR"
    /// A person at the hospital declined: a review board has to decide first.
    case reviewNeeded = "REVIEW_NEEDED"
    /// A person at the hospital declined: the answer would be too detailed.
    case tooDetailed = "TOO_DETAILED"
    /// Nobody at the hospital decided in time.
    case approvalExpired = "APPROVAL_EXPIRED"
    /// The hospital stopped everything while the question was open.
    case stopped = "STOPPED"
}

/// How a ticket ended at the hospital.
public enum AnswerOutcome: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// The disclosed counts.
    case answered(DisclosedAnswer)
    /// A masked vector for a consortium total.
    case masked(MaskedAnswer)
    /// The hospital's policy or a person said no. `at` are JSON pointers into the question, where the reason lies there.
    case declined(DeclineCode, at: [String])
    /// The store cannot answer this question; not zero.
    case unavailable(UnavailableReason, detail: String?)
    /// It could not be computed.
    case failed(FailureReason)

    public init(from json: JSONReader) throws(JSONError) {
        let kind = try json.object().required("kind")
        switch try kind.string(maxLength: 20) {
        case "answered":
            self = .answered(try json.object(allowing: ["kind", "answer"]).required("answer").decode(DisclosedAnswer.self))
        case "masked":
            self = .masked(try json.object(allowing: ["kind", "masked"]).required("masked").decode(MaskedAnswer.self))
        case "declined":
            let object = try json.object(allowing: ["kind", "code", "at"])
            var pointers: [String] = []
            for item in try object.required("at").array(maxCount: 100) {
                pointers.append(try item.pointerText())
            }
            self = .declined(try object.required("code").choice(DeclineCode.self), at: pointers)
        case "unavailable":
            let object = try json.object(allowing: ["kind", "why", "detail"])
            self = .unavailable(
                try object.required("why").choice(UnavailableReason.self), detail: try object.optional("detail")?.label())
        case "failed":
            self = .failed(try json.object(allowing: ["kind", "why"]).required("why").choice(FailureReason.self))
        default:
            throw kind.fail(.badValue, "is not one of answered, masked, declined, unavailable, failed")
        }
    }

    public var json: JSONValue {
        switch self {
        case .answered(let answer):
            return ["kind": "answered", "answer": answer.json]
        case .masked(let masked):
            return ["kind": "masked", "masked": masked.json]
        case .declined(let code, let pointers):
            return ["kind": "declined", "code": .string(code.rawValue), "at": .array(pointers.map(JSONValue.string))]
        case .unavailable(let why, let detail):
            var object: JSONObject = ["kind": "unavailable", "why": .string(why.rawValue)]
            if let detail { object["detail"] = .string(detail) }
            return .object(object)
        case .failed(let why):
            return ["kind": "failed", "why": .string(why.rawValue)]
        }
    }

    /// The outcome as one count, for the row of the hospital: the total, or why there is none.
    public var total: DisclosedCount {
        switch self {
        case .answered(let answer): answer.total
        case .masked: .masked
        case .declined(let code, _): .refused(code: code.rawValue)
        case .unavailable(let why, let detail): .unavailable(why, detail: detail)
        case .failed(let why): .failed(why)
        }
    }
}

extension JSONReader {
    /// A short word from a closed alphabet (letters, digits, space and `._/:-`): what may stand where free text could carry a value.
    func label() throws(JSONError) -> String {
        let text = try string(maxLength: 120)
        guard text.utf8.allSatisfy({ $0.isLabel }) else {
            throw fail(.badValue, "may hold letters, digits, spaces and ._/:- only")
        }
        return text
    }

    /// A JSON pointer as text.
    func pointerText() throws(JSONError) -> String {
        let text = try label()
        guard text.isEmpty || text.hasPrefix("/") else { throw fail(.badValue, "is not a JSON pointer") }
        return text
    }
}

extension UInt8 {
    fileprivate var isLabel: Bool {
        isDigit || isUpperLetter || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || " ._/:-~,".utf8.contains(self)
    }
}
