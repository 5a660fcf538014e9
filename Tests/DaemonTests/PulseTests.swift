import Daemon
import Foundation
import Testing

@Suite struct `The pulse of a daemon` {
    @Test func `A loop that promised to be back and is not is overdue, and no longer once it is heard of or ends`() async {
        let pulse = Pulse()
        await pulse.promise("poll", within: .seconds(10))
        await pulse.promise("send", within: .seconds(100))
        let now = ContinuousClock.now
        #expect(await pulse.overdue(at: now).isEmpty)
        #expect(await pulse.overdue(at: now + .seconds(11)) == ["poll"])
        #expect(await pulse.overdue(at: now + .seconds(101)) == ["poll", "send"])
        await pulse.ended("poll")
        #expect(await pulse.overdue(at: now + .seconds(101)) == ["send"])
        await pulse.promise("send", within: .seconds(500))
        #expect(await pulse.overdue(at: now + .seconds(101)).isEmpty)
    }

    /// Feeds until `enough` holds.
    private func feed(
        _ pulse: Pulse, isSound: @escaping @Sendable () async -> Bool = { true },
        until enough: @escaping @Sendable (_ fed: Int, _ rounds: Int, _ said: [[String]]) -> Bool
    ) async -> (fed: Int, said: [[String]]) {
        let (fed, said, rounds) = (Box(0), Box<[[String]]>([]), Box(0))
        let task = Task {
            await pulse.feedWatchdog(
                every: .milliseconds(1),
                isSound: {
                    rounds.change { $0 += 1 }
                    return await isSound()
                }, feed: { fed.change { $0 += 1 } }, hanging: { loops in said.change { $0.append(loops) } })
        }
        while !enough(fed.value, rounds.value, said.value) { try? await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
        await task.value
        return (fed.value, said.value)
    }

    @Test func `The watchdog is fed while every promise is kept`() async {
        let pulse = Pulse()
        await pulse.promise("poll", within: .seconds(1_000))
        let result = await feed(pulse) { fed, _, _ in fed >= 3 }
        #expect(result.said.isEmpty)
    }

    @Test func `It is not fed while a loop hangs, and the hanging loop is named once`() async {
        let pulse = Pulse()
        await pulse.promise("poll", within: .seconds(-1))
        let result = await feed(pulse) { _, _, said in !said.isEmpty }
        #expect(result.fed == 0)
        #expect(result.said == [["poll"]])
    }

    @Test func `It is not fed while what the loops stand on does not answer`() async {
        let result = await feed(Pulse(), isSound: { false }) { _, rounds, _ in rounds >= 3 }
        #expect(result.fed == 0)
    }

    @Test func `Where nobody watches nothing is fed`() async {
        await Pulse().feedWatchdog(every: nil, feed: { Issue.record("fed") }, hanging: { _ in })
    }
}

/// A value behind a lock.
final class Box<Value: Sendable>: @unchecked Sendable {
    // @unchecked: `held` is only ever touched while `lock` is held.
    private let lock = NSLock()
    private var held: Value
    init(_ value: Value) { held = value }
    var value: Value { lock.withLock { held } }
    func change(_ body: (inout Value) -> Void) { lock.withLock { body(&held) } }
}
