import Federation
import NodeAgent
import Testing

@testable import dure_attack

/// The suite against policies of which the result is known. The whole suite is `make attack`.
@Suite("The attack suite")
struct AttackTests {
    private func policy(_ defaults: String = "{}") throws -> Policy {
        try Policy(
            text: """
                schema: dure.policy/1
                version: 1
                changed_by: "test"
                reason: "test"
                defaults: \(defaults)
                """, name: "policy.yaml")
    }

    private func run(_ numbers: [Int], _ policy: Policy) async throws -> [Int: Report.Line] {
        let bench = try AttackBench(policy: policy, scale: 0.05)
        var found: [Int: Report.Line] = [:]
        for number in numbers {
            let attack = try #require(Attack.inOrder.first { $0.number == number })
            found[number] = await Report.Line(attack, bench)
        }
        return found
    }

    @Test("There are twenty-six attacks, numbered from 1")
    func numbers() { #expect(Attack.inOrder.map(\.number) == Array(1...26)) }

    @Test("The default policy holds against short forms")
    func standard() async throws {
        for (number, line) in try await run([1, 2, 3, 9, 13, 15, 17, 18, 19, 20, 21, 24, 26], policy()) {
            #expect(line.isWithinBar, "\(number): \(line.measured)")
        }
    }

    @Test("Attacks get through where a policy turns the defence off, so passing them says something")
    func weakPolicies() async throws {
        let exact = "{ ledger: false, branch_support: false, round_to: 1, threshold: 5, zero: show }"
        for (number, line) in try await run([1, 6, 9, 11, 15, 26], policy(exact)) {
            #expect(!line.isWithinBar, "\(number): \(line.measured)")
        }
    }

    @Test("The page names each attack and the policy, and is well-formed where names have signs of their own")
    func page() async throws {
        let policy = try policy()
        var report = Report(policy: policy, name: "a<b>.yaml")
        let attack = try #require(Attack.inOrder.first)
        report.lines = [await Report.Line(attack, try AttackBench(policy: policy, scale: 0.05))]
        #expect(report.html.contains("a&lt;b&gt;.yaml"))
        #expect(report.html.contains(policy.hash.text))
        #expect(report.html.contains("direct question about one patient"))
        #expect(report.isWithinBars)
    }

    @Test("The tracker pair beats each documented formula, and the strongest of them last")
    func peers() throws {
        let exact = try #require(PeerFormula.all.first)
        #expect(PeersCommand.score(exact, pairs: 1).right == 1_000)
        for formula in PeerFormula.all { #expect(PeersCommand.score(formula, pairs: 200).right > 640, "\(formula.name)") }
    }
}
