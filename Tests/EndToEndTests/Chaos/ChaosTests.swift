import CanonicalJSON
import Cohorts
import FaultPoints
import Federation
import Foundation
import Testing

/// The node, the coordinator and the link fail at every step that the code marks. No answer is lost, doubled or other than the
/// one that an undisturbed consortium gives.
@Suite(.serialized) struct ChaosTests {
    @Test func failingAtEveryStepLosesDoublesAndChangesNothing() async throws {
        let chaos = try await ChaosConsortium()
        defer { chaos.remove() }
        let plan: [(victim: ChaosConsortium.Victim, steps: [FaultPoint], name: String)] = [
            (.node, FaultPoint.of("node"), "W3"), (.coordinator, FaultPoint.of("coordinator"), "W5"),
            (.link, FaultPoint.ofQuestions, "W6"),
        ]
        let began = ContinuousClock.now
        var asked: [(question: FeasibilityQuestion, key: String)] = []
        var disturbed: [MergedResult] = []
        for (victim, steps, name) in plan {
            var left = steps
            for round in 0..<5 where !left.isEmpty {
                let question = try round == 0 ? Workload(name).question : Self.question(asked.count + 100)
                asked.append((question, "\(name), \(round)"))
                let result = try await chaos.ask(question, key: "\(name), \(round)", failing: victim, at: left, all: true)
                #expect(result.status == .complete, "\(victim)")
                disturbed.append(result)
                left = chaos.passedOver(left)
            }
            #expect(left.isEmpty, "\(victim) never failed at \(left)")
        }
        #expect(chaos.tally.steps == Set(FaultPoint.ofQuestions), "steps that no question passed")
        #expect(try chaos.complaints(after: asked.count) == [])
        try chaos.rewind()
        try await chaos.start()
        for (result, (question, key)) in zip(disturbed, asked) {
            let undisturbed = try await chaos.ask(question, key: key)
            #expect(result.rows.map(\.answer) == undisturbed.rows.map(\.answer), "\(key)")
        }
        print("chaos: \(chaos.tally), seconds \((ContinuousClock.now - began).components.seconds), lost 0, doubled 0")
    }

    /// Minutes of it, at random: `DURE_LONG_TESTS=1 DURE_CHAOS_MINUTES=5 DURE_CHAOS_SEED=1`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["DURE_LONG_TESTS"] == "1", "DURE_LONG_TESTS=1 runs it"))
    func failingAtRandomForMinutesLosesDoublesAndChangesNothing() async throws {
        let environment = ProcessInfo.processInfo.environment
        let minutes = environment["DURE_CHAOS_MINUTES"].flatMap { Int($0) } ?? 3
        var random = ChaosRandom(state: environment["DURE_CHAOS_SEED"].flatMap { UInt64($0) } ?? 1)
        let chaos = try await ChaosConsortium()
        defer { chaos.remove() }
        let began = ContinuousClock.now
        var asked: [FeasibilityQuestion] = []
        var disturbed: [MergedResult] = []
        while ContinuousClock.now - began < .seconds(60 * minutes) {
            let question = try Self.question(asked.count)
            let victim = ChaosConsortium.Victim.allCases.randomElement(using: &random) ?? .node
            let possible = victim == .link ? FaultPoint.ofQuestions : FaultPoint.of(victim.rawValue)
            // Some steps, some of them twice: the second time is after a restart.
            let steps = (0..<Int.random(in: 1...6, using: &random)).compactMap { _ in possible.randomElement(using: &random) }
            let result = try await chaos.ask(question, key: "\(asked.count)", failing: victim, at: steps)
            #expect(result.status == .complete, "question \(asked.count): \(victim) at \(steps)")
            asked.append(question)
            disturbed.append(result)
        }
        let seconds = (ContinuousClock.now - began).components.seconds
        #expect(try chaos.complaints(after: asked.count) == [])
        try chaos.rewind()
        try await chaos.start()
        var wrong = 0
        for (number, question) in asked.enumerated() {
            let undisturbed = try await chaos.ask(question, key: "\(number)")
            if disturbed[number].rows.map(\.answer) != undisturbed.rows.map(\.answer) { wrong += 1 }
        }
        #expect(wrong == 0)
        print("chaos at random: \(chaos.tally), seconds \(seconds), lost 0, doubled 0, wrong \(wrong)")
    }

    /// One of the shipped questions with another time of observation before its events: as many questions as one likes.
    private static func question(_ number: Int) throws -> FeasibilityQuestion {
        let source = try Workload(["W1", "W2", "W3", "W5", "W6"][number % 5]).question
        var cohort = source.cohort
        cohort.primaryCriteria.observationWindow.priorDays += number / 5
        return FeasibilityQuestion(cohort, attrition: source.attrition, breakdown: source.breakdown)
    }
}

/// SplitMix64.
private struct ChaosRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
