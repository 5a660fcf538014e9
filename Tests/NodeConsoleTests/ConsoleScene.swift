import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import Federation

@testable import NodeAgent
@testable import NodeConsole

/// A request on the desk, and every page that shows it or the house, from plain values.
enum ConsoleScene {
    static let session = ConsoleSessions.Session(id: "i", formKey: "k", seen: 0)

    static func ticket() throws -> QueryTicket {
        let question = try FeasibilityQuestion(
            parsing: Array(
                """
                {"schema":"dure.question/1","cohort":{"ConceptSets":[],"PrimaryCriteria":{"CriteriaList":[{"VisitOccurrence":{}}],
                "ObservationWindow":{"PriorDays":0,"PostDays":0},"PrimaryCriteriaLimit":{"Type":"First"}},
                "QualifiedLimit":{"Type":"First"},"ExpressionLimit":{"Type":"First"},"InclusionRules":[]},
                "outputs":{"attrition":true,"breakdown":["sex","ageBand"]}}
                """.utf8))
        var random = SystemRandomNumberGenerator()
        return QueryTicket(
            id: .random(using: &random), query: .random(using: &random), audience: HospitalID(unchecked: "KR-H-0011"),
            issued: Timestamp(0), expires: Timestamp(86_400),
            project: ProjectStatement(
                id: ProjectID(unchecked: "P-0042"), title: BilingualText(ko: "과제", en: "Project"), purpose: "목적",
                purposeClass: .protocolFeasibility, organisation: "ORG-0007"),
            requesterRole: "researcher", question: question, mode: .named, roster: Digest256(of: []))
    }

    /// What would leave: one hidden number, behind which are 97,531 patients.
    static func seen() throws -> RequestDesk.Seen {
        let hidden = DisclosedCount.hidden(low: 0, high: 14, why: .small)
        let ticket = try ticket()
        let outcome = AnswerOutcome.answered(DisclosedAnswer(total: hidden))
        let answer = NodeAnswer(
            to: ticket, at: Timestamp(0),
            provenance: Provenance(
                store: "s", dataRelease: "r", dataThrough: nil, cdmVersion: "5.4", vocabulary: nil, semantics: "s",
                software: "s", synthetic: true), policy: Digest256(of: []), outcome: outcome)
        let document = try SignedDocument(signing: answer, with: SigningKey())
        return RequestDesk.Seen(
            item: .init(
                request: DeskRequest(
                    ticket: ticket.id, state: .held, decision: "manual-1", why: [], held: Timestamp(0), expires: ticket.expires,
                    approvals: []), ticket: ticket, standing: "held"),
            preview: Preview.Result(
                rules: [], outcome: outcome, bytes: answer.json.canonicalBytes(),
                lines: [.init(place: "total", disclosed: hidden, exact: ExactCount(97_531))], isRepeat: false,
                release: ReleaseDecision(.manual), why: [], answer: answer),
            bytes: document.bytes, digest: document.digest, payload: document.digest, needed: ReleaseDecision(.manual))
    }

    /// Every page that can be made without a node, by name.
    static func pages(_ say: ConsolePage.Language) throws -> [(name: String, html: String)] {
        let (requests, house, seen) = (RequestPages(say: say), HousePages(say: say), try seen())
        let frame = ConsolePage(
            language: say, hospital: "병원", hospitalID: "KR-H-0011", person: "uid 7", isStopped: true)
        let leaving = LeavingPage(pages: requests)
        let bodies: [(String, HTML)] = [
            ("list", requests.list([seen.item], all: false)), ("empty list", requests.list([], all: true)),
            ("detail", requests.detail(seen.item, session)), ("leaving", leaving.html(seen, session)),
            ("leaving, true values", leaving.html(seen, session, isOpen: true)),
            ("log", house.log([], isIntact: true, action: "")),
        ]
        let inside = bodies.map { (name: $0.0, html: frame.html("제목", session, at: .requests, $0.1)) }
        return inside + [(name: "sign in", html: frame.html("제목", nil, house.signIn()))]
    }
}
