import Testing

@testable import Coordinator

@Suite struct WaitingRoomTests {
    @Test func aBellBetweenLookingAndWaitingIsNotMissed() async {
        let room = WaitingRoom<String>(isExclusive: true)
        let known = await room.bellCount("a")
        await room.ring("a")
        #expect(await room.wait(for: "a", known: known, atMost: .seconds(30)) == .bell)
    }

    @Test func aBellForAnotherKeyWakesNobody() async {
        let room = WaitingRoom<String>(isExclusive: true)
        async let wake = room.wait(for: "a", known: 0, atMost: .milliseconds(200))
        await room.ring("b")
        #expect(await wake == .timeout)
    }

    @Test func aReadersRoomHoldsManyAndWakesThemAll() async {
        let room = WaitingRoom<String>(isExclusive: false)
        await withTaskGroup(of: WaitingRoom<String>.Wake.self) { group in
            for _ in 0..<20 { group.addTask { await room.wait(for: "a", known: 0, atMost: .seconds(30)) } }
            while await room.waiting < 20 { await Task.yield() }
            await room.ring("a")
            for await wake in group { #expect(wake == .bell) }
        }
        #expect(await room.waiting == 0)
    }

    @Test func aNodesRoomHoldsOne() async {
        let room = WaitingRoom<String>(isExclusive: true)
        async let first = room.wait(for: "a", known: 0, atMost: .seconds(30))
        while await room.waiting < 1 { await Task.yield() }
        async let second = room.wait(for: "a", known: 0, atMost: .seconds(30))
        #expect(await first == .superseded)
        await room.ring("a")
        #expect(await second == .bell)
    }

    @Test func whoGoesAwayLeavesNothingBehind() async {
        let room = WaitingRoom<String>(isExclusive: false)
        let task = Task { await room.wait(for: "a", known: 0, atMost: .seconds(30)) }
        while await room.waiting < 1 { await Task.yield() }
        task.cancel()
        #expect(await task.value == .timeout)
        #expect(await room.waiting == 0)
    }

    @Test func closingAnswersEveryWaitNowAndLater() async {
        let room = WaitingRoom<String>(isExclusive: false)
        async let wake = room.wait(for: "a", known: 0, atMost: .seconds(30))
        while await room.waiting < 1 { await Task.yield() }
        await room.close()
        #expect(await wake == .closed)
        #expect(await room.wait(for: "b", known: 0, atMost: .seconds(30)) == .closed)
    }
}
