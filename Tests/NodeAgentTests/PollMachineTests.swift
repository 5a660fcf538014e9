import Testing

@testable import NodeAgent

@Suite struct `The poll's life` {
    private func transcript(_ events: [PollMachine.Event], fraction: Double = 0.999) -> [String] {
        var machine = PollMachine(backoff: Backoff(base: .seconds(1), limit: .seconds(300)))
        return events.map { event in
            let action = machine.on(event, fraction: fraction)
            let words =
                switch action {
                case .poll(let sequence): "poll \(sequence)"
                case .wait(let duration): "wait \(duration.components.seconds)+"
                case .finish: "finish"
                }
            return "\(words) (\(machine.standing.rawValue))"
        }
    }

    @Test func `A quiet day: poll after poll, each with the next number`() {
        #expect(
            transcript([.ready, .answered, .answered]) == ["poll 1 (starting)", "poll 2 (connected)", "poll 3 (connected)"])
    }

    @Test func `Failures wait longer and longer, and one success forgets them`() {
        #expect(
            transcript([
                .ready, .failed(retryAfter: nil), .ready, .failed(retryAfter: nil), .ready, .answered, .failed(retryAfter: nil),
            ])
                == [
                    "poll 1 (starting)", "wait 0+ (not connected)", "poll 2 (not connected)", "wait 1+ (not connected)",
                    "poll 3 (not connected)", "poll 4 (connected)", "wait 0+ (not connected)",
                ])
    }

    @Test func `The coordinator may ask for a longer wait, never for a shorter one`() {
        #expect(transcript([.ready, .failed(retryAfter: 40)])[1] == "wait 40+ (not connected)")
        #expect(transcript([.ready, .failed(retryAfter: 0)])[1] == "wait 0+ (not connected)")
    }

    @Test func `A pause is looked at again every two seconds and ends without a new connection's delay`() {
        #expect(
            transcript([.ready, .paused, .paused, .ready, .answered]) == [
                "poll 1 (starting)", "wait 2+ (paused)", "wait 2+ (paused)", "poll 2 (paused)", "poll 3 (connected)",
            ])
    }

    @Test func `Two agents with one identity: this one waits five minutes and asks again`() {
        #expect(
            transcript([.ready, .conflict, .ready]) == ["poll 1 (starting)", "wait 300+ (quarantined)", "poll 2 (quarantined)"])
    }

    @Test func `Empty answers that come at once are asked for ever more slowly, and news ends that`() {
        #expect(
            transcript([.ready, .hurried, .ready, .hurried, .ready, .hurried, .ready, .answered, .hurried]) == [
                "poll 1 (starting)", "wait 0+ (connected)", "poll 2 (connected)", "wait 1+ (connected)", "poll 3 (connected)",
                "wait 3+ (connected)", "poll 4 (connected)", "poll 5 (connected)", "wait 0+ (connected)",
            ])
        var machine = PollMachine(backoff: Backoff(base: .seconds(1), limit: .seconds(300)))
        for _ in 0..<20 { _ = machine.on(.hurried, fraction: 0.999) }
        #expect(machine.on(.hurried, fraction: 0.999) == .wait(PollMachine.hurriedLimit))
    }

    @Test func `After a stop nothing is done any more`() {
        #expect(
            transcript([.ready, .stop, .answered, .ready, .conflict]) == [
                "poll 1 (starting)", "finish (stopped)", "finish (stopped)", "finish (stopped)", "finish (stopped)",
            ])
    }

    @Test func `The back-off doubles up to its limit and is spread over the upper half`() {
        let backoff = Backoff(base: .seconds(1), limit: .seconds(300))
        let upper = (1...12).map { backoff.delay(failures: $0, fraction: 1).components.seconds }
        #expect(upper == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
        #expect(backoff.delay(failures: 5, fraction: 0) == .seconds(8))
        #expect(backoff.delay(failures: 1_000_000, fraction: 0.5) == .seconds(225))
    }
}
