import Cohorts
import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

@Suite struct `Policy rules` {
    private let consortium: Consortium
    private let policy: Policy

    init() throws {
        consortium = try Consortium()
        policy = try Consortium.policy(
            """
            schema: "dure.policy/1"
            version: 1
            changed_by: "a"
            reason: "b"
            defaults: { release_modes: ["named"], outputs: ["total", "breakdown"], breakdown_max_dimensions: 1 }
            projects:
              - { id: "P-0042", organisations: ["ORG-0007"], purposes: ["protocol-feasibility"], until: "2026-11-22" }
              - { id: "P-0666" }
            blocked: { projects: ["P-0666"], organisations: ["ORG-0013"] }
            """)
    }

    private func decide(_ ticket: QueryTicket, later: Int64 = 0, paused: Bool = false) -> PolicyVerdict {
        PolicyRules.decide(
            PolicyRequest(ticket, now: consortium.clock.now.adding(later), isPaused: paused), under: policy
        ).verdict
    }

    private func question(attrition: Bool = false, by breakdown: [String] = []) throws -> FeasibilityQuestion {
        try Consortium.question(attrition: attrition, breakdown: breakdown)
    }

    @Test func `The order is: paused, time, blocked, project, end, organisation, purpose, form, size, domains, concepts, quota`()
    {
        #expect(
            PolicyRules.inOrder.map { "\(type(of: $0))" } == [
                "PausedRule", "ExpiryRule", "BlockedRule", "ListedProjectRule", "ProjectEndRule", "OrganisationRule",
                "PurposeRule",
                "ReleaseModeRule", "OutputRule", "BreakdownRule", "SizeRule", "DomainRule", "AreaRule", "SensitiveRule",
                "QuotaRule",
            ])
    }

    @Test func `A question within the agreement passes`() throws {
        #expect(decide(try consortium.ticket(question(by: ["sex"]))) == .passes)
    }

    @Test func `Each no has its code`() throws {
        let plain = try question()
        #expect(decide(try consortium.ticket(plain), paused: true) == .declines(.paused))
        #expect(decide(try consortium.ticket(plain, life: 3_600), later: 4_000) == .declines(.ticketExpired))
        #expect(decide(try consortium.ticket(plain, project: "P-0666")) == .declines(.projectUnknown))
        #expect(decide(try consortium.ticket(plain, organisation: "ORG-0013")) == .declines(.organisationScope))
        #expect(decide(try consortium.ticket(plain, project: "P-0043")) == .declines(.projectUnknown))
        #expect(decide(try consortium.ticket(plain, life: 900_000), later: 86_400) == .declines(.projectEnded))
        #expect(decide(try consortium.ticket(plain, organisation: "ORG-0008")) == .declines(.organisationScope))
        #expect(decide(try consortium.ticket(plain, purpose: .trialSiteSelection)) == .declines(.purposeScope))
        #expect(decide(try consortium.ticket(plain, mode: .coded)) == .declines(.releaseMode))
        #expect(decide(try consortium.ticket(plain, mode: .secureTotal)) == .declines(.releaseMode))
        #expect(decide(try consortium.ticket(question(attrition: true))) == .declines(.outputNotAllowed))
        #expect(decide(try consortium.ticket(question(by: ["sex", "ageBand"]))) == .declines(.breakdownDimensions))
    }

    @Test func `The last day of an agreement counts to midnight`() throws {
        let ticket = try consortium.ticket(question(), life: 900_000)
        #expect(decide(ticket, later: 15 * 3_600 - 1) == .passes)
        #expect(decide(ticket, later: 15 * 3_600) == .declines(.projectEnded))
    }

    @Test func `The coarser no goes first: whoever is unknown does not learn which outputs others get`() throws {
        let ticket = try consortium.ticket(question(attrition: true), project: "P-0043", mode: .coded)
        #expect(decide(ticket) == .declines(.projectUnknown))
    }

    @Test func `A definition of thirty criteria is small enough, one more is not`() throws {
        var request = PolicyRequest(try consortium.ticket(question()), now: consortium.clock.now)
        request.criteriaCount = 30
        #expect(PolicyRules.decide(request, under: policy).verdict == .passes)
        request.criteriaCount = 31
        #expect(PolicyRules.decide(request, under: policy).verdict == .declines(.tooLarge))
    }

    @Test(arguments: [
        (QueryTicket.Wish(), 11, 5, [String]()), (.init(threshold: 20), 20, 5, []), (.init(threshold: 5), 11, 5, ["threshold"]),
        (.init(threshold: 0, roundTo: 0), 11, 5, ["threshold", "roundTo"]), (.init(roundTo: 10), 11, 10, []),
        (.init(threshold: 1_000_000, roundTo: 1_000_000), 1_000, 1_000, []),
    ])
    func `A wish can only make the answer stricter`(
        wish: QueryTicket.Wish, threshold: Int, roundTo: Int, ignored: [String]
    ) throws {
        let effective = EffectiveRules(for: try consortium.ticket(wish: wish), under: policy)
        #expect(effective.threshold == threshold)
        #expect(effective.roundTo == roundTo)
        // What the gate compares exact sizes with is never the questioner's.
        #expect(effective.gate == policy.disclosure)
        #expect(effective.ignored == ignored)
    }

    @Test func `A project's stricter threshold and base are for showing, and do not reach the gate`() throws {
        let policy = try Consortium.policy(
            Consortium.policyYAML.replacingOccurrences(
                of: "until:", with: "threshold: 20, round_to: 10, exposure_cap: 0.1, until:"))
        let effective = EffectiveRules(for: try consortium.ticket(wish: .init(threshold: 15)), under: policy)
        #expect(effective.threshold == 20 && effective.roundTo == 10)
        #expect(effective.ignored == ["threshold"])
        #expect(effective.gate.threshold == 11 && effective.gate.roundTo == 5)
        #expect(effective.gate.exposureCap == 0.1)
    }

    @Test func `Criteria of a few patients are ignored unless the hospital says otherwise; a project cannot say it`() throws {
        #expect(policy.disclosure.branchSupport)
        #expect(EffectiveRules(for: try consortium.ticket(), under: policy).gate.branchSupport)
        let off = try Consortium.policy(Consortium.policyYAML + "\ndefaults: { branch_support: false }")
        #expect(!EffectiveRules(for: try consortium.ticket(), under: off).gate.branchSupport)
        #expect(throws: NodeError.self) {
            try Consortium.policy(
                Consortium.policyYAML.replacingOccurrences(of: "until:", with: "branch_support: false, until:"))
        }
    }
}
