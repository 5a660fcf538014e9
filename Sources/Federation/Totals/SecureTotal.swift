import CanonicalJSON
import Disclosure

/// Where a consortium total stands, and what it says once it is opened.
public struct SecureTotal: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// Where it stands.
    public enum State: String, Sendable, CaseIterable {
        /// Hospitals may still answer.
        case gathering
        /// The set of hospitals is fixed; the guardian, or enough hospitals where there is none, have not answered yet.
        case opening
        /// Opened.
        case opened
        /// It will not be opened; `code` says why.
        case closed
    }

    /// Where it stands.
    public var state: State
    /// Fewest hospitals in a total.
    public var minimum: Int
    /// The guardian; nil where the hospitals open it together.
    public var guardian: GuardianID?
    /// Hospitals whose masked vectors are there; in the total once it is opened.
    public var hospitals: Int
    /// Why it will not be opened.
    public var code: OpeningRefusal?
    /// What was opened.
    public var answer: TotalAnswer?
    /// The patients of all hospitals together, each counted once; only where it was opened by a guardian, and asked for.
    public var distinct: DistinctTotal?

    /// Creates a total.
    public init(
        state: State, minimum: Int, guardian: GuardianID?, hospitals: Int, code: OpeningRefusal? = nil,
        answer: TotalAnswer? = nil, distinct: DistinctTotal? = nil
    ) {
        self.state = state
        self.minimum = minimum
        self.guardian = guardian
        self.hospitals = hospitals
        self.code = code
        self.answer = answer
        self.distinct = distinct
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["state", "minimum", "guardian", "hospitals", "code", "answer", "distinct"])
        state = try object.required("state").choice(State.self)
        minimum = try object.required("minimum").int(in: 1...10_000)
        guardian = try object.optional("guardian")?.decode(GuardianID.self)
        hospitals = try object.required("hospitals").int(in: 0...10_000)
        code = try object.optional("code")?.choice(OpeningRefusal.self)
        answer = try object.optional("answer")?.decode(TotalAnswer.self)
        distinct = try object.optional("distinct")?.decode(DistinctTotal.self)
        guard (state == .opened) == (answer != nil), (state == .closed) == (code != nil), distinct == nil || answer != nil
        else {
            throw json.fail(.badValue, "its state and what it holds do not agree")
        }
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "state": .string(state.rawValue), "minimum": .int(minimum), "hospitals": .int(hospitals),
        ]
        if let guardian { object["guardian"] = guardian.json }
        if let code { object["code"] = .string(code.rawValue) }
        if let answer { object["answer"] = answer.json }
        if let distinct { object["distinct"] = distinct.json }
        return .object(object)
    }
}

/// Adds up and unmasks: the one place where a total becomes readable, at the coordinator and at whoever checks an export.
public struct TotalOpener: Sendable {
    private init() {}

    /// The answer that `answers` and the guardian's `opening` give together.
    ///
    /// - Parameters:
    ///   - answers: each hospital's masked answer with its checked share.
    ///   - opening: the guardian's, verified.
    /// - Throws: `FederationError` (`TOTAL_MISMATCH`) where they do not fit.
    public static func answer(
        _ answers: [(answer: MaskedAnswer, share: TotalShare)], opening: Opening
    ) throws(FederationError) -> TotalAnswer {
        guard case .opened(let masks) = opening.outcome, let layout = answers.first?.answer.layout,
            Set(opening.hospitals) == Set(answers.map(\.share.node)), opening.hospitals.count == answers.count,
            answers.allSatisfy({ $0.share.subject == opening.subject })
        else {
            throw FederationError(.totalMismatch, "The guardian's opening is not of these hospitals' answers.")
        }
        return try answer(answers, masks, layout)
    }

    /// The answer that `answers` and what the hospitals signed give together, without a guardian.
    ///
    /// - Parameters:
    ///   - opening: what they signed; checked here.
    ///   - request: the signed request that fixed the set.
    ///   - roster: the roster that it was asked under.
    /// - Throws: `FederationError` (`TOTAL_MISMATCH`, `SIGNATURE_INVALID`) where they do not fit, or too few have spoken.
    public static func answer(
        _ answers: [(answer: MaskedAnswer, share: TotalShare)], opening: PeerOpening, request: SignedDocument,
        subject: TotalSubject, roster: TotalsRoster
    ) throws(FederationError) -> TotalAnswer {
        let shares = answers.map(\.share)
        let hospitals = shares.map(\.node)
        guard opening.refused == nil, opening.request == request.digest, let layout = answers.first?.answer.layout,
            shares.allSatisfy({ $0.subject == subject.digest })
        else { throw FederationError(.totalMismatch, "The opening is not of these hospitals' answers.") }
        try PeerOpener.check(opening.agreements, on: request.digest, subject, hospitals, roster)
        let reveals = try PeerOpener.checked(opening.reveals, on: request.digest, subject, hospitals, roster)
        return try answer(answers, try PeerOpener(roster, shares: shares, reveals: reveals).masks(), layout)
    }

    private static func answer(
        _ answers: [(answer: MaskedAnswer, share: TotalShare)], _ masks: MaskedVector, _ layout: TotalLayout
    ) throws(FederationError) -> TotalAnswer {
        do throws(DisclosureError) {
            let sum = try MaskedVector.sum(answers.map(\.answer.vector))
            return try TotalAnswer(try sum.subtracting(masks), layout: layout, terms: answers.map(\.share.terms))
        } catch {
            throw FederationError(.totalMismatch, error.message, advice: error.advice)
        }
    }
}
