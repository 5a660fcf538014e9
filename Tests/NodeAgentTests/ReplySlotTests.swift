import Federation
import Foundation
import Testing

@testable import NodeAgent

/// When and how large an answer leaves.
@Suite struct `Reply slots` {
    private let ticket = TicketID(unchecked: "T-0000-0000-0000-0000-0001")

    @Test func `An answer is held to the end of its slot, however early in it it was ready`() async throws {
        let slot = Duration.milliseconds(400)
        for early in [Duration.zero, .milliseconds(150)] {
            let slots = ReplySlots(slot)
            let start = ContinuousClock.now - early
            slots.hold(ticket, since: start)
            #expect(slots.waiting().tickets == [ticket])
            let first = try #require(slots.waiting().first)
            // A whole number of slots after the start, and not over yet.
            let number = (first - start) / slot
            #expect(number == number.rounded() && number >= 1)
            await slots.wait()
            #expect(ContinuousClock.now >= first)
            #expect(slots.waiting().tickets.isEmpty)
        }
    }

    @Test func `Without slots nothing is held`() {
        let slots = ReplySlots(.zero)
        slots.hold(ticket, since: .now)
        #expect(slots.waiting().tickets.isEmpty && slots.waiting().first == nil)
    }

    @Test func `Messages are filled up to a multiple of 4 KiB`() {
        for bytes in [0, 1, 900, 1_400, 4_095, 4_096, 4_097, 20_000] {
            let whole = bytes + ReplySlots.padding(for: bytes).utf8.count
            #expect(whole.isMultiple(of: 4_096) && whole - bytes < 4_096)
        }
    }

    @Test func `A hidden, a known and a new number are messages of one length`() async throws {
        let folder = try TemporaryFolder()
        let policy = try Consortium.policy(Consortium.policyYAML + "\ndefaults: { unlisted_projects: answer }")
        let node = try await LocalNode(policy: policy, source: CountingSource(), state: try folder.state)
        var sizes = Set<Int>()
        for concept in [300, 303, 3] {
            sizes.insert(try await node.ask(Consortium.question(concept, attrition: false), project: "P-0099").messageBytes)
        }
        #expect(sizes.count == 1)
    }
}
