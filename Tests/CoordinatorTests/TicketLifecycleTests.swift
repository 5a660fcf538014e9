import Federation
import Testing

@testable import Coordinator

/// The life of a ticket as transcripts: what happens on the left, what the coordinator does about it on the right.
@Suite struct TicketLifecycleTests {
    typealias Life = TicketLifecycle
    static let expires = Timestamp(10_000)
    /// Answers signed in time may arrive this late.
    static let last = expires.seconds + FederationProtocol.clockTolerance

    /// Plays events at their times and compares each action and the state in the end.
    func play(_ transcript: [(Int64, Life.Event, Life.Action)], endsIn state: Life.State) {
        var life = Life(expires: Self.expires)
        for (index, step) in transcript.enumerated() {
            let action = life.take(step.1, now: Timestamp(step.0))
            #expect(action == step.2, "step \(index): \(step.1)")
        }
        #expect(life.state == state)
    }

    @Test func theUsualWay() {
        play(
            [
                (0, .lease(seconds: 60), .deliver),
                (1, .acknowledge, .record),
                (9, .answer(.answered), .record),
            ], endsIn: .answered)
    }

    @Test func aLeaseThatRunsOutIsOfferedAgain() {
        play(
            [
                (0, .lease(seconds: 60), .deliver),
                (59, .tick, .nothing),
                (60, .tick, .wakeNode),
                (61, .lease(seconds: 60), .deliver),
                (62, .acknowledge, .record),
            ], endsIn: .acknowledged)
    }

    @Test func aTicketIsHandedOutOnceAtATime() {
        play([(0, .lease(seconds: 60), .deliver), (1, .lease(seconds: 60), .nothing)], endsIn: .leased)
    }

    @Test func anAcknowledgementAfterTheLeaseIsAsGoodAsOneInTime() {
        play(
            [(0, .lease(seconds: 60), .deliver), (60, .tick, .wakeNode), (61, .acknowledge, .record)], endsIn: .acknowledged)
    }

    @Test func nobodyAcknowledgesWhatWasNeverHandedOut() {
        play([(0, .acknowledge, .refuse(.ticketUnknown))], endsIn: .queued)
    }

    @Test func anAnswerWithoutAcknowledgementCounts() {
        play([(0, .lease(seconds: 60), .deliver), (60, .tick, .wakeNode), (70, .answer(.answered), .record)], endsIn: .answered)
    }

    @Test func aNodeThatComesUpAnewGetsItsTicketsAgain() {
        play(
            [
                (0, .lease(seconds: 60), .deliver), (1, .acknowledge, .record), (2, .nodeRestarted, .wakeNode),
                (3, .lease(seconds: 60), .deliver), (4, .acknowledge, .record), (5, .answer(.declined), .record),
            ], endsIn: .declined)
    }

    @Test(arguments: [Life.Outcome.answered, .declined, .failed])
    func aSecondAnswerNeverReplacesTheFirst(_ first: Life.Outcome) {
        var life = Life(expires: Self.expires)
        _ = life.take(.lease(seconds: 60), now: Timestamp(0))
        #expect(life.take(.answer(first), now: Timestamp(1)) == .record)
        let state = life.state
        #expect(life.take(.answer(.answered), now: Timestamp(2)) == .refuse(.answerConflict))
        #expect(life.take(.cancel, now: Timestamp(3)) == .nothing)
        #expect(life.take(.tick, now: Timestamp(1_000_000)) == .nothing)
        #expect(life.take(.nodeRestarted, now: Timestamp(4)) == .nothing)
        #expect(life.state == state)
    }

    @Test func aTicketExpiresOnlyWhenTheToleranceOfClocksIsOver() {
        play(
            [
                (0, .lease(seconds: 60), .deliver), (1, .acknowledge, .record), (10_000, .tick, .nothing),
                (Self.last - 1, .tick, .nothing), (Self.last, .tick, .record),
                (Self.last + 1, .answer(.answered), .refuse(.ticketExpired)),
            ], endsIn: .expired)
    }

    @Test func theClockDecidesNotTheSweeper() {
        play([(0, .lease(seconds: 60), .deliver), (Self.last, .answer(.answered), .refuse(.ticketExpired))], endsIn: .expired)
    }

    @Test func anExpiredTicketIsNotHandedOut() {
        play([(10_000, .lease(seconds: 60), .nothing)], endsIn: .queued)
    }

    @Test func aStoppedTicketIsToldOnlyToANodeThatHasSeenIt() {
        play([(0, .cancel, .record)], endsIn: .cancelled)
        play(
            [
                (0, .lease(seconds: 60), .deliver), (1, .cancel, .tellNode), (2, .answer(.answered), .refuse(.ticketCancelled)),
                (3, .acknowledge, .refuse(.ticketCancelled)),
            ], endsIn: .cancelled)
    }

    @Test func anAnswerThatDoesNotHoldEndsTheTicket() {
        play(
            [
                (0, .lease(seconds: 60), .deliver), (1, .answerRefused(code: "SIGNATURE_INVALID"), .record),
                (2, .answer(.answered), .refuse(.answerConflict)),
            ], endsIn: .failed)
    }

    /// Every state with every event: a final state never changes, and nothing returns from it.
    @Test(arguments: Life.State.allCases.filter(\.isFinal))
    func aFinalStateStays(_ state: Life.State) {
        let events: [Life.Event] = [
            .lease(seconds: 60), .acknowledge, .nodeRestarted, .answer(.answered), .answerRefused(code: "X"), .cancel, .tick,
        ]
        for event in events {
            for now in [Int64(0), 5_000, 10_000, 1_000_000] {
                var life = Life(state: state, leaseUntil: nil, leases: 1, expires: Self.expires)
                _ = life.take(event, now: Timestamp(now))
                #expect(life.state == state)
            }
        }
    }
}
