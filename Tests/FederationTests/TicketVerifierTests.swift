import CanonicalJSON
import Cohorts
import Disclosure
import Federation
import Testing

@Suite struct TicketVerifierTests {
    let coordinator = SigningKey()
    let issued = Timestamp(1_800_000_000)

    func ticket(audience: String = "KR-H-0017") throws -> QueryTicket {
        let file = try ProtocolVectors.load("signed-documents.json")
        let vector = try #require(try file.required("documents").array().first)
        var ticket = try vector.required("payload").decode(QueryTicket.self)
        ticket.audience = try #require(HospitalID(rawValue: audience))
        ticket.issued = issued
        ticket.expires = issued.adding(3_600)
        return ticket
    }

    func verifier() throws -> TicketVerifier {
        TicketVerifier(audience: try #require(HospitalID(rawValue: "KR-H-0017")), coordinatorKey: coordinator.verificationKey)
    }

    func code(_ document: SignedDocument, at now: Timestamp, known: Bool = false) throws -> FederationError.Code? {
        do {
            _ = try verifier().verify(document, now: now) { _ in known }
            return nil
        } catch let error as FederationError {
            return error.code
        }
    }

    @Test func aFreshTicketForThisHospitalIsAccepted() throws {
        #expect(try code(SignedDocument(signing: ticket(), with: coordinator), at: issued.adding(10)) == nil)
    }

    @Test func aTicketForAnotherHospitalIsRefused() throws {
        let document = try SignedDocument(signing: ticket(audience: "KR-H-0018"), with: coordinator)
        #expect(try code(document, at: issued) == .audienceWrong)
    }

    @Test func aTicketSignedByAnybodyElseIsRefused() throws {
        #expect(try code(SignedDocument(signing: ticket(), with: SigningKey()), at: issued) == .keyUnknown)
    }

    @Test func aTicketWhoseQuestionIsNotTheOneItNamesIsRefused() throws {
        var ticket = try ticket()
        ticket.questionHash = Digest256(of: [1, 2, 3])
        #expect(try code(SignedDocument(signing: ticket, with: coordinator), at: issued) == .questionHashWrong)
    }

    @Test func clocksMayDifferByFiveMinutesAndNotByTen() throws {
        let document = try SignedDocument(signing: ticket(), with: coordinator)
        #expect(try code(document, at: issued.adding(-299)) == nil)
        #expect(try code(document, at: issued.adding(-600)) == .ticketNotYetValid)
        #expect(try code(document, at: issued.adding(3_600 + 299)) == nil)
        #expect(try code(document, at: issued.adding(3_600 + 600)) == .ticketExpired)
    }

    @Test func aTicketThatWasAcceptedBeforeIsRefused() throws {
        #expect(try code(SignedDocument(signing: ticket(), with: coordinator), at: issued, known: true) == .ticketReplayed)
    }
}

@Suite struct AnswerVerifierTests {
    let node = SigningKey()

    func pair() throws -> (ticket: QueryTicket, answer: NodeAnswer) {
        let documents = try ProtocolVectors.load("signed-documents.json").required("documents").array()
        return (
            try documents[0].required("payload").decode(QueryTicket.self),
            try documents[1].required("payload").decode(NodeAnswer.self)
        )
    }

    func code(
        _ change: (inout NodeAnswer) -> Void, by key: SigningKey? = nil, asking question: FeasibilityQuestion? = nil
    ) throws -> FederationError.Code? {
        var (ticket, answer) = try pair()
        if let question {
            ticket.question = question
            ticket.questionHash = question.digest
            answer.questionHash = question.digest
        }
        change(&answer)
        let document = try SignedDocument(signing: answer, with: key ?? node)
        do {
            _ = try AnswerVerifier(nodeKey: node.verificationKey).verify(document, for: ticket)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func theAnswerToTheTicketIsAccepted() throws { #expect(try code { _ in } == nil) }

    @Test func anAnswerToAnotherTicketOrFromAnotherHospitalIsRefused() throws {
        #expect(try code { $0.ticket = TicketID(unchecked: "T-9999-1111-2222-3333-4444") } == .ticketMismatch)
        #expect(try code { $0.node = HospitalID(unchecked: "KR-H-0018") } == .ticketMismatch)
        #expect(try code { $0.query = QueryID(unchecked: "Q-0000-0000") } == .ticketMismatch)
    }

    @Test func anAnswerToAnotherQuestionIsRefused() throws {
        #expect(try code { $0.questionHash = Digest256(of: [1]) } == .questionHashWrong)
    }

    @Test func anAnswerSignedByAnotherNodeIsRefused() throws {
        #expect(try code({ _ in }, by: SigningKey()) == .signatureInvalid)
    }

    // MARK: The shape of what was asked

    /// The vector's question (one rule, "Adults") with other outputs.
    func question(attrition: Bool, breakdown: [String]) throws -> FeasibilityQuestion {
        let json = try pair().ticket.question.json
        var object = try #require(json.objectValue)
        object["outputs"] = ["attrition": .bool(attrition), "breakdown": .array(breakdown.map(JSONValue.string))]
        return try FeasibilityQuestion(from: JSONReader(.object(object)))
    }

    func shape(
        steps: [String] = [], by dimensions: [String]? = nil, keys: [[String]] = [], attrition: Bool = true,
        breakdown: [String] = ["sex"]
    ) throws -> FederationError.Code? {
        let answer = DisclosedAnswer(
            total: .exact(100), attrition: steps.map { .init(name: $0, count: .exact(100)) },
            breakdown: dimensions.map { dimensions in
                DisclosedBreakdown(dimensions: dimensions, cells: keys.map { .init(key: $0, count: .exact(100)) })
            })
        return try code(
            { $0.outcome = .answered(answer) }, asking: try question(attrition: attrition, breakdown: breakdown))
    }

    @Test func allThatWasAskedAndLessIsAccepted() throws {
        #expect(try shape() == nil)
        #expect(try shape(attrition: false, breakdown: []) == nil)
        #expect(try shape(steps: ["entry events", "Adults", "cohort"], by: ["sex"], keys: [["female"], ["*"]]) == nil)
        #expect(
            try shape(
                by: ["ageBand", "indexYear"], keys: [["80+", "before-2000"], ["1-4", "*"], ["unknown", "2026"]],
                breakdown: ["ageBand", "indexYear"]) == nil)
    }

    @Test func attritionThatWasNotAskedIsRefused() throws {
        #expect(try shape(steps: ["entry events"], attrition: false) == .answerShape)
    }

    @Test(arguments: [
        ["the patient in bed 7"], ["additional criteria"], ["entry events", "entry events"], ["cohort", "entry events"],
        ["entry events", "Adults", "cohort", "cohort"], ["adults"],
    ])
    func stepsThatTheQuestionDoesNotHaveAreRefused(_ steps: [String]) throws {
        #expect(try shape(steps: steps) == .answerShape)
    }

    @Test func aBreakdownThatWasNotAskedOrIsByOtherDimensionsIsRefused() throws {
        #expect(try shape(by: ["sex"], keys: [["*"]], breakdown: []) == .answerShape)
        #expect(try shape(by: [], breakdown: []) == .answerShape)
        #expect(try shape(by: ["ageBand"], keys: [["80+"]]) == .answerShape)
        #expect(try shape(by: ["sex", "ageBand"], keys: [["female", "80+"]]) == .answerShape)
        #expect(try shape(by: ["ageBand", "sex"], keys: [["80+", "female"]], breakdown: ["sex", "ageBand"]) == .answerShape)
    }

    @Test(arguments: ["", "Female", "fe male", "여", "**", "a.b", String(repeating: "a", count: 41)])
    func whatIsNoCategoryIsRefused(_ category: String) throws {
        #expect(try shape(by: ["sex"], keys: [["*"], [category]]) == .answerShape)
    }
}
