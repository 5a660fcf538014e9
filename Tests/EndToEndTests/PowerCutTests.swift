import Client
import Cohorts
import Disclosure
import Federation
import Foundation
import Outbound
import Testing

/// The three programs as processes, killed in the middle of queries: whatever the moment, the query completes and its answer is the
/// one that it would have been.
@Suite(.serialized) struct PowerCutTests {
    /// How long after a question was asked the plug is pulled, in milliseconds: before, while and after it is worked on.
    static let moments = [0, 30, 120, 400]

    @Test func aKilledNodeAndAKilledCoordinatorLoseAndDoubleNothing() async throws {
        let folder = NSTemporaryDirectory() + "dure-cut-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let programs = DemoPrograms(folder: folder)
        defer { programs.stopAll() }
        let consortium = DemoConsortium(
            folder: folder, persons: 1_000, hospitals: 3, firstPort: 19_443, programs: programs
        ) { _ in }
        try consortium.prepare()
        try await consortium.start()
        let (api, close) = try await signIn(consortium)
        defer { close() }
        for process in programs.processIDs {
            let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
            let isNode = program.hasSuffix("/dure-node")
            let listeners = try Listeners(of: process)
            #expect(isNode ? listeners.addresses.isEmpty : listeners.addresses.count == 2, "\(program): \(listeners.addresses)")
            #expect(listeners.addresses.allSatisfy(Listeners.isLoopback))
        }

        let undisturbed = try await answer(api, try question("W6"), then: {})
        #expect(undisturbed.status == .complete)
        #expect(undisturbed.merged.total.facts.answered == 3)

        let node = HospitalID(unchecked: "KR-H-0009")
        for (index, moment) in Self.moments.enumerated() {
            let name = ["W3", "W5", "W1", "W2"][index]
            let result = try await answer(api, try question(name)) {
                try await Task.sleep(for: .milliseconds(moment))
                programs.pullThePlug(node.rawValue)
                try consortium.startNode(node)
            }
            #expect(result.status == .complete, "\(name), node killed after \(moment) ms")
        }
        for moment in Self.moments {
            let result = try await answer(api, try question("W6")) {
                try await Task.sleep(for: .milliseconds(moment))
                programs.pullThePlug("coordinator")
                try await consortium.startCoordinator()
            }
            #expect(result.status == .complete, "coordinator killed after \(moment) ms")
            #expect(result.rows.map(\.answer) == undisturbed.rows.map(\.answer), "the same question has the same answer")
        }

        // Nothing was answered twice, and both sides' logs hold together.
        let log = try programs.run("dure-node", ["log", "export"] + consortium.nodeOptions(node))
        let sent = log.split(separator: "\n").filter { $0.contains("\"answer.sent\"") }
        #expect(sent.count == 9)
        try programs.run("dure-node", ["log", "verify"] + consortium.nodeOptions(node))
        try programs.run("dure-coordinator", ["audit", "verify"] + consortium.coordinatorOptions)
    }

    private func question(_ name: String) throws -> FeasibilityQuestion { try Workload(name).question }

    private func answer(
        _ api: CoordinatorAPI, _ question: FeasibilityQuestion, then disturb: () async throws -> Void
    ) async throws -> MergedResult {
        let summary = try await api.submit(
            QuerySubmission(question: question, project: DemoConsortium.project), idempotencyKey: UUID().uuidString)
        try await disturb()
        return try await QueryFollower(api, query: summary.query).follow(until: .now + .seconds(120)) { _ in }
    }

    private func signIn(_ consortium: DemoConsortium) async throws -> (api: CoordinatorAPI, close: @Sendable () -> Void) {
        let (profile, password) = try consortium.profile()
        let client = try OutboundClient(profile.outbound(environment: [:]))
        let send: CoordinatorAPI.Send = { request async throws(OutboundError) in try await client.send(request) }
        let grant = try await CoordinatorAPI(base: profile.coordinator, token: nil, send: send)
            .signIn(user: profile.user, password: password)
        return (CoordinatorAPI(base: profile.coordinator, token: grant.token, send: send), { client.close() })
    }
}
