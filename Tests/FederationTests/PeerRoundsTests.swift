import Testing

@testable import Federation

/// Rounds that a test tells what happened.
private final class Transcript {
    private(set) var rounds: PeerRounds
    init(_ hospitals: [HospitalID], fewest: Int) { rounds = PeerRounds(hospitals, fewest: fewest) }
    func take(_ event: PeerRounds.Event) -> Bool { rounds.take(event) }
    var standing: PeerRounds.Standing { rounds.standing }
}

/// What the coordinator asks next, as transcripts.
@Suite struct PeerRoundsTests {
    private let hospitals = (1...6).map { HospitalID(unchecked: "KR-H-000\($0)") }

    private func steps(_ transcript: Transcript) -> String {
        hospitals.map { transcript.rounds.step(of: $0).map { String($0.rawValue.prefix(1)) } ?? "-" }.joined()
    }

    @Test func firstAllAreAskedToAgreeThenThoseWhoDidForTheirShares() {
        let rounds = Transcript(hospitals, fewest: 4)
        #expect(steps(rounds) == "aaaaaa")
        for number in [0, 2, 5] { #expect(rounds.take(.agreed(hospitals[number]))) }
        #expect(steps(rounds) == "-a-aa-")
        #expect(rounds.take(.agreed(hospitals[1])))
        // Whoever has not agreed yet may still take the place of one that falls silent.
        #expect(steps(rounds) == "rrraar")
        for number in [0, 1, 2] { #expect(rounds.take(.revealed(hospitals[number]))) }
        #expect(rounds.standing == .waiting)
        // The sixth fell silent, the fourth comes in.
        #expect(rounds.take(.agreed(hospitals[3])))
        #expect(steps(rounds) == "---rar")
        #expect(rounds.take(.revealed(hospitals[3])))
        #expect(rounds.standing == .openable(isLast: false))
    }

    @Test func wordsTwiceOutOfTurnOrFromOutsideChangeNothing() {
        let rounds = Transcript(hospitals, fewest: 4)
        #expect(!rounds.take(.revealed(hospitals[0])), "shares before anybody agreed")
        #expect(rounds.take(.agreed(hospitals[0])))
        #expect(!rounds.take(.agreed(hospitals[0])))
        #expect(!rounds.take(.refused(hospitals[0], .mismatch)), "the first word stands")
        #expect(!rounds.take(.revealed(hospitals[0])), "one has agreed, four are needed")
        #expect(!rounds.take(.agreed(HospitalID(unchecked: "KR-H-0009"))))
        #expect(rounds.take(.refused(hospitals[1], .otherHospitals)))
        #expect(!rounds.take(.agreed(hospitals[1])))
    }

    @Test func whenTooManyRefuseItIsClosedAndNobodyIsAskedAnyMore() {
        let rounds = Transcript(hospitals, fewest: 4)
        _ = rounds.take(.refused(hospitals[2], .otherHospitals))
        _ = rounds.take(.refused(hospitals[4], .otherHospitals))
        #expect(rounds.standing == .waiting)
        _ = rounds.take(.refused(hospitals[5], .mismatch))
        #expect(rounds.standing == .closed(.otherHospitals))
        #expect(steps(rounds) == "------")
    }

    @Test func whenAllHaveGivenTheirSharesNobodyElseIsWaitedFor() {
        let rounds = Transcript(hospitals, fewest: 4)
        for hospital in hospitals.prefix(5) { _ = rounds.take(.agreed(hospital)) }
        _ = rounds.take(.refused(hospitals[5], .mismatch))
        for hospital in hospitals.prefix(5) { _ = rounds.take(.revealed(hospital)) }
        #expect(rounds.standing == .openable(isLast: true))
    }
}
