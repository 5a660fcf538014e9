import CanonicalJSON
import Cohorts
import Disclosure
import Federation
import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import Coordinator

/// The long poll, leases that run out, restarts of either side, and two processes with one identity.
@Suite struct DispatchTests {
    struct Scene: Sendable {
        let coordinator: TestCoordinator
        let busan: TestNode
        let token: String
    }

    func scene(_ hospitals: [HospitalID] = [.busan]) async throws -> Scene {
        let coordinator = try await TestCoordinator.make()
        let busan = try await coordinator.enrol(.busan)
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: hospitals, members: ["kim"])
        return Scene(coordinator: coordinator, busan: busan, token: try await coordinator.signIn("kim"))
    }

    @Test func aParkedPollIsWokenByAQuestion() async throws {
        let scene = try await scene()
        async let parked = scene.busan.tickets(scene.coordinator, wait: 30)
        await scene.coordinator.untilNodesWait(1)
        _ = try await scene.coordinator.ask(scene.token)
        #expect(try await parked.count == 1)
    }

    @Test func aPollWithNothingToFetchEndsByItself() async throws {
        let scene = try await scene()
        let begin = ContinuousClock.now
        #expect(try await scene.busan.poll(scene.coordinator, wait: 1).status == 204)
        #expect(ContinuousClock.now - begin >= .milliseconds(950))
    }

    @Test func aNewPollTakesThePlaceOfTheOldOne() async throws {
        let scene = try await scene()
        async let old = scene.busan.poll(scene.coordinator, wait: 30, sequence: 1)
        await scene.coordinator.untilNodesWait(1)
        async let new = scene.busan.tickets(scene.coordinator, wait: 30)
        #expect(try await old.status == 204)
        _ = try await scene.coordinator.ask(scene.token)
        #expect(try await new.count == 1)
    }

    @Test func aLateDuplicateOfAnEarlierPollDoesNotTakeTheTickets() async throws {
        let scene = try await scene()
        #expect(try await scene.busan.poll(scene.coordinator, sequence: 8).status == 204)
        _ = try await scene.coordinator.ask(scene.token)
        #expect(try await scene.busan.poll(scene.coordinator, sequence: 7).status == 204)
        #expect(try await scene.busan.poll(scene.coordinator, sequence: 9).status == 200)
    }

    @Test func anUnacknowledgedTicketIsOfferedAgainAfterItsLease() async throws {
        let scene = try await scene()
        _ = try await scene.coordinator.ask(scene.token)
        let first = try await scene.busan.tickets(scene.coordinator)
        #expect(try await scene.busan.tickets(scene.coordinator).isEmpty)
        scene.coordinator.time.advance(60)
        try await scene.coordinator.service.sweeper.sweep()
        #expect(try await scene.busan.tickets(scene.coordinator) == first)
    }

    @Test func anAcknowledgedTicketIsNotOfferedAgain() async throws {
        let scene = try await scene()
        _ = try await scene.coordinator.ask(scene.token)
        let ticket = try #require(try await scene.busan.tickets(scene.coordinator).first)
        #expect(try await scene.busan.acknowledge(ticket.id, scene.coordinator).status == 204)
        #expect(try await scene.busan.acknowledge(ticket.id, scene.coordinator).status == 204)
        scene.coordinator.time.advance(3_600)
        try await scene.coordinator.service.sweeper.sweep()
        #expect(try await scene.busan.tickets(scene.coordinator).isEmpty)
    }

    @Test func ticketsComeInTheOrderTheyWereAsked() async throws {
        let scene = try await scene()
        var asked: [QueryID] = []
        for _ in 0..<10 { asked.append(try await scene.coordinator.ask(scene.token)) }
        let first = try await scene.busan.tickets(scene.coordinator).map(\.query)
        let second = try await scene.busan.tickets(scene.coordinator).map(\.query)
        #expect(first.count == 8)
        #expect(first + second == asked)
    }

    @Test func aNodeThatComesUpAnewIsOfferedWhatItHadTaken() async throws {
        let scene = try await scene()
        _ = try await scene.coordinator.ask(scene.token)
        let ticket = try #require(try await scene.busan.tickets(scene.coordinator).first)
        _ = try await scene.busan.acknowledge(ticket.id, scene.coordinator)
        let again = try await scene.busan.restarted().tickets(scene.coordinator)
        #expect(again == [ticket])
    }

    @Test func twoProcessesWithOneIdentityAreBothStoppedUntilSomebodyHasLooked() async throws {
        let scene = try await scene()
        let coordinator = scene.coordinator
        let twin = scene.busan.restarted()
        #expect(try await scene.busan.poll(coordinator).status == 204)
        #expect(try await twin.poll(coordinator).status == 204)
        for node in [scene.busan, twin] {
            let answer = try await node.poll(coordinator)
            #expect(answer.status == 409)
            #expect(answer.code == "IDENTITY_CONFLICT")
        }
        #expect(try await coordinator.office.nodeSummaries().first?.standing == .quarantined)
        #expect(try await coordinator.office.audit.entries(action: "node.quarantine").count == 1)

        _ = try await coordinator.ask(scene.token)
        #expect(try await twin.poll(coordinator).status == 409)
        try await coordinator.office.nodes.release(.busan, by: .operatorAccount("test"))
        #expect(try await twin.tickets(coordinator).count == 1)
        #expect(try await coordinator.office.nodeSummaries().first?.standing == .online)
    }

    @Test func aQuarantinedNodesAnswerWaitsForTheRelease() async throws {
        let scene = try await scene()
        let coordinator = scene.coordinator
        _ = try await coordinator.ask(scene.token)
        let ticket = try #require(try await scene.busan.tickets(coordinator).first)
        _ = try await scene.busan.restarted().poll(coordinator)
        _ = try await scene.busan.poll(coordinator)
        let document = try scene.busan.answer(ticket, .exact(20), at: coordinator.time.now)
        #expect(try await scene.busan.send(document, coordinator).code == "IDENTITY_CONFLICT")
        #expect(try await scene.busan.acknowledge(ticket.id, coordinator).code == "IDENTITY_CONFLICT")
        try await coordinator.office.nodes.release(.busan, by: .operatorAccount("test"))
        #expect(try await scene.busan.send(document, coordinator).status == 200)
    }

    @Test(arguments: ["", "boot=xyz", "boot=9f3c0a1b2c3d4e5f&wait=soon"])
    func aPollThatIsNotUnderstoodIsRefused(_ query: String) async throws {
        let scene = try await scene()
        let answer = try await scene.coordinator.node(scene.busan, .get, "/v1/node/tickets?\(query)")
        #expect(answer.status == 400)
    }

    @Test func passedTimeIsShownAndAudited() async throws {
        let scene = try await scene()
        let query = try await scene.coordinator.ask(scene.token, answerWithin: 100)
        scene.coordinator.time.advance(100 + 300)
        try await scene.coordinator.service.sweeper.sweep()
        let result = try await scene.coordinator.result(query, scene.token)
        #expect(result.status == .partial)
        #expect(result.rows[0].answer.total == .failed(.timeout))
        #expect(try await scene.coordinator.office.audit.entries(action: "ticket.expire").count == 1)
    }

    // MARK: Killed and started again

    @Test func aCoordinatorKilledWithATicketOutOffersItAgain() async throws {
        let scene = try await scene()
        let query = try await scene.coordinator.ask(scene.token)
        let before = try await scene.busan.tickets(scene.coordinator)
        // Killed before the acknowledgement arrived. The new process finds the lease and lets it run out.
        let second = try scene.coordinator.reopened()
        #expect(try await scene.busan.tickets(second).isEmpty)
        scene.coordinator.time.advance(60)
        try await second.service.sweeper.sweep()
        let after = try await scene.busan.tickets(second)
        #expect(after == before)
        let ticket = try #require(after.first)
        #expect(try await scene.busan.acknowledge(ticket.id, second).status == 204)
        let third = try second.reopened()
        let sent = try await scene.busan.send(
            try scene.busan.answer(ticket, .exact(20), at: scene.coordinator.time.now), third)
        #expect(sent.status == 200)
        #expect(try await third.result(query, scene.token).status == .complete)
        #expect(try await third.office.audit.verify().count > 0)
    }

    @Test func anAnswerWhoseReceiptWasLostInAKillIsNotDoubled() async throws {
        let scene = try await scene()
        let query = try await scene.coordinator.ask(scene.token)
        let ticket = try #require(try await scene.busan.tickets(scene.coordinator).first)
        let document = try scene.busan.answer(ticket, .exact(20), at: scene.coordinator.time.now)
        let first = try await scene.busan.send(document, scene.coordinator)
        let second = try scene.coordinator.reopened()
        #expect(try await scene.busan.send(document, second).json == first.json)
        #expect(try await second.result(query, scene.token).merged.total.records == CountInterval(low: 20, high: 20))
    }

    @Test func theStateOfAKilledCoordinatorIsWholeAfterEveryCommit() async throws {
        let scene = try await scene([.busan, .yangsan])
        _ = try await scene.coordinator.ask(scene.token)
        let problems = try await scene.coordinator.reopened().office.database.read { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check") + String.fetchAll(db, sql: "PRAGMA foreign_key_check")
        }
        #expect(problems == ["ok"])
    }

    // MARK: A full disk

    @Test func aFullDiskRefusesAndLosesNothing() async throws {
        let scene = try await scene()
        let query = try await scene.coordinator.ask(scene.token, breakdown: [.sex])
        let ticket = try #require(try await scene.busan.tickets(scene.coordinator).first)
        let pages = try await scene.coordinator.office.database.read { db in
            try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        }
        let full = try scene.coordinator.reopened(maximumPages: pages)
        let names = (0..<400).map { "b\($0)" }
        let breakdown = DisclosedBreakdown(
            dimensions: ["sex"], cells: names.map { .init(key: [$0], count: .hidden(low: 0, high: 10, why: .small)) })
        let document = try scene.busan.answer(
            ticket, .answered(DisclosedAnswer(total: .exact(20), breakdown: breakdown)), at: scene.coordinator.time.now)
        let refused = try await scene.busan.send(document, full)
        #expect(refused.status == 507)
        #expect(refused.code == "STORAGE_FULL")
        #expect(refused.headers[.retryAfter] == "60")
        let roomy = try full.reopened()
        #expect(try await roomy.result(query, scene.token).rows[0].answer.total.kind == .waiting)
        #expect(try await scene.busan.send(document, roomy).status == 200)
        #expect(try await roomy.result(query, scene.token).status == .complete)
    }
}
