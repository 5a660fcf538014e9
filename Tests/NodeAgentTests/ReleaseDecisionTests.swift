import Cohorts
import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

/// Which questions wait for a person, and what a policy says about concepts.
@Suite struct `Decisions by class of question` {
    private let consortium: Consortium

    init() throws { consortium = try Consortium() }

    /// 1 is above 10 and 20, 10 above 11 and 12.
    private let tree = ConceptHierarchy { [1: [10, 11, 12, 20], 10: [11, 12]][$0] ?? [] }

    private func policy(_ more: String, defaults: String = "") throws -> Policy {
        try Policy(
            text: """
                schema: "dure.policy/1"
                version: 1
                changed_by: "a"
                reason: "b"
                defaults: { unlisted_projects: "answer"\(defaults.isEmpty ? "" : ", " + defaults) }
                \(more)
                """, name: "policy.yaml")
    }

    private func request(_ ticket: QueryTicket) -> PolicyRequest {
        PolicyRequest(ticket, now: consortium.clock.now, hierarchy: tree)
    }

    private func decision(_ policy: Policy, _ ticket: QueryTicket) -> String {
        policy.decision(on: request(ticket)).decision.word
    }

    private func question(_ items: String) throws -> FeasibilityQuestion {
        try FeasibilityQuestion(
            parsing: Array(
                """
                {"ConceptSets":[{"id":0,"name":"s","expression":{"items":[\(items)]}}],
                "PrimaryCriteria":{"CriteriaList":[{"ConditionOccurrence":{"CodesetId":0}}],
                "ObservationWindow":{"PriorDays":0,"PostDays":0},"PrimaryCriteriaLimit":{"Type":"First"}}}
                """.utf8))
    }

    private func item(_ concept: Int, below: Bool = true, excluded: Bool = false) -> String {
        "{\"concept\":{\"CONCEPT_ID\":\(concept)},\"includeDescendants\":\(below),\"isExcluded\":\(excluded)}"
    }

    @Test func `Of two decisions that both speak of a question, the longer wait and the more persons hold`() {
        let hold = ReleaseDecision(.hold, holdHours: 24, approvers: 1)
        #expect(ReleaseDecision(.auto).tightened(by: hold).word == "hold-24h")
        #expect(hold.tightened(by: ReleaseDecision(.hold, holdHours: 2, approvers: 2)).word == "hold-24h-2")
        #expect(hold.tightened(by: ReleaseDecision(.manual)).word == "manual-1")
        #expect(ReleaseDecision(.manual).tightened(by: ReleaseDecision(.hold, holdHours: 9, approvers: 2)).word == "manual-2")
    }

    @Test func `A class holds where each of its conditions does`() throws {
        let policy = try policy(
            """
            classes:
              - { id: "company", organisations: ["ORG-0031"], mode: "manual", approvers_needed: 2 }
              - { id: "tables", outputs: ["breakdown"], domains: ["condition"], mode: "hold", hold_hours: 6 }
              - { id: "drugs", domains: ["drug"], mode: "manual" }
            """)
        #expect(decision(policy, try consortium.ticket()) == "auto")
        #expect(decision(policy, try consortium.ticket(organisation: "ORG-0031")) == "manual-2")
        let table = try Consortium.question(breakdown: ["sex"])
        #expect(decision(policy, try consortium.ticket(table)) == "hold-6h")
        #expect(decision(policy, try consortium.ticket(table, organisation: "ORG-0031")) == "manual-2")
        #expect(
            policy.decision(on: request(try consortium.ticket(table, organisation: "ORG-0031"))).why == ["company", "tables"])
    }

    @Test func `An agreement may say that a project's questions need nobody, but not that sensitive ones do not`() throws {
        let policy = try policy(
            """
            projects: [{ id: "P-0042", mode: "auto" }]
            sensitive: [{ id: "mind", concepts: [10], mode: "manual" }]
            """, defaults: #"mode: "manual""#)
        #expect(decision(policy, try consortium.ticket(question(item(20)))) == "auto")
        #expect(decision(policy, try consortium.ticket(question(item(11)))) == "manual-1")
        #expect(decision(policy, try consortium.ticket(question(item(20)), project: "P-0043")) == "manual-1")
    }

    @Test func `A sensitive concept is met by name, from below, from above and by leaving it out`() throws {
        let strict = try policy(#"sensitive: [{ id: "mind", concepts: [10], mode: "manual" }]"#)
        let named = try policy(#"sensitive: [{ id: "mind", concepts: [10], mode: "manual", from_above: false }]"#)
        let cases: [(String, Bool, Bool)] = [
            (item(10), true, true), (item(12, below: false), true, true), (item(20), false, false),
            (item(1), true, false), (item(1, below: false), false, false),
            (item(20) + "," + item(11, excluded: true), true, true), (item(20) + "," + item(1, excluded: true), false, false),
        ]
        for (items, isStrict, isNamed) in cases {
            let ticket = try consortium.ticket(question(items))
            #expect((decision(strict, ticket) == "manual-1") == isStrict, "\(items)")
            #expect((decision(named, ticket) == "manual-1") == isNamed, "\(items)")
        }
    }

    @Test func `A closed group declines with the places of the concept sets, a threshold hides more`() throws {
        let closed = try policy(#"sensitive: [{ id: "mind", concepts: [10], mode: "decline" }]"#)
        #expect(
            PolicyRules.decide(request(try consortium.ticket(question(item(11)))), under: closed).verdict
                == .declines(.sensitiveConcept, at: ["/ConceptSets/0"]))
        let hidden = try policy(#"sensitive: [{ id: "mind", concepts: [10], threshold: 50 }]"#)
        let ticket = try consortium.ticket(question(item(11)))
        #expect(EffectiveRules(for: ticket, under: hidden, hierarchy: tree).threshold == 50)
        #expect(EffectiveRules(for: try consortium.ticket(question(item(20))), under: hidden, hierarchy: tree).threshold == 11)
        // What the gate compares exact sizes with is the same whoever asks about what.
        #expect(EffectiveRules(for: ticket, under: hidden, hierarchy: tree).gate.threshold == 11)
    }

    @Test func `Concepts outside the agreed areas and domains are declined; what is left out may lie anywhere`() throws {
        let policy = try policy(
            """
            areas: [{ id: "ten", concepts: [10] }]
            projects:
              - { id: "P-0042", areas: ["ten"] }
              - { id: "P-0043", domains: ["drug", "measurement"] }
            """)
        func verdict(_ items: String, _ project: String = "P-0042") throws -> PolicyVerdict {
            PolicyRules.decide(request(try consortium.ticket(question(items), project: project)), under: policy).verdict
        }
        #expect(try verdict(item(12)) == .passes)
        #expect(try verdict(item(10) + "," + item(20, excluded: true)) == .passes)
        #expect(try verdict(item(1)) == .declines(.conceptScope, at: ["/ConceptSets/0"]))
        #expect(try verdict(item(12), "P-0043") == .declines(.conceptScope))
        #expect(try verdict(item(20), "P-0044") == .passes)
    }

    @Test func `A quota counts the answers of a day and a week, and stands at the smaller of the two policies`() throws {
        let policy = try policy(
            #"projects: [{ id: "P-0042", answers_per_day: 2 }]"#, defaults: "answers_per_day: 3, answers_per_week: 5")
        func verdict(_ today: Int, _ week: Int, _ project: String = "P-0042") throws -> PolicyVerdict {
            let request = PolicyRequest(
                try consortium.ticket(project: project), now: consortium.clock.now, answered: .init(today: today, thisWeek: week))
            return PolicyRules.decide(request, under: policy).verdict
        }
        #expect(try verdict(1, 4) == .passes)
        #expect(try verdict(2, 2) == .declines(.quota))
        #expect(try verdict(0, 5) == .declines(.quota))
        #expect(try verdict(2, 2, "P-0043") == .passes)
    }

    @Test(arguments: [
        ("20:00-07:00", "2026-11-22T11:00:00Z", true), ("20:00-07:00", "2026-11-22T10:59:59Z", false),
        ("20:00-07:00", "2026-11-22T21:59:59Z", true), ("20:00-07:00", "2026-11-22T22:00:00Z", false),
        ("09:00-24:00", "2026-11-22T00:00:00Z", true), ("09:00-24:00", "2026-11-22T15:00:00Z", false),
    ])
    func `Hours are those of the hospital's wall, over midnight too`(span: String, at: String, isOpen: Bool) throws {
        let policy = try policy("", defaults: "answer_hours: [\"\(span)\"]")
        #expect(policy.limits.hours.isOpen(try #require(Timestamp(at))) == isOpen)
    }

    @Test(arguments: [
        (#"sensitive: [{ id: "x", concepts: [1] }]"#, "needs a stricter mode or a threshold"),
        (#"sensitive: [{ id: "x", concepts: [], mode: "manual" }]"#, "at least one concept"),
        (#"areas: [{ id: "X y", concepts: [1] }]"#, "small letters"),
        (#"classes: [{ id: "x", mode: "manual", sensitive: ["y"] }]"#, "not one of the sensitive groups"),
        (#"classes: [{ id: "x" }]"#, "mode: is missing"),
        (#"projects: [{ id: "P-1", areas: ["y"] }]"#, "not one of the areas"),
        (#"projects: [{ id: "P-1", mode: "auto", hold_hours: 3 }]"#, "mode \"hold\" only"),
        (#"classes: [{ id: "x", mode: "hold", approvers_needed: 3 }]"#, "3 is not between 1 and 2"),
        (#"log: { keep_years: 1 }"#, "1 is not between 2 and 100"),
    ])
    func `What does not make sense is a problem with its place`(text: String, words: String) throws {
        #expect {
            _ = try policy(text)
        } throws: { error in
            (error as? NodeError)?.problems.contains { $0.description.contains(words) } == true
        }
    }
}
