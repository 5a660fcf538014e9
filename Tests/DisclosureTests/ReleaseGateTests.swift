@_spi(Hospital) import Disclosure
import Testing

@Suite("Release gate: one count")
struct CountReleaseTests {
    @Test("Zero and every count below k look the same")
    func smallCountsAreOneSymbol() throws {
        for size in 0..<11 {
            var hospital = MadeHospital(universe: 500)
            #expect(try hospital.count(0..<size) == .hidden(low: 0, high: 14, why: .small))
        }
    }

    @Test("A count that may be shown is a multiple of 5, at least 20, and inside its own interval", arguments: 15...120)
    func roundedCounts(size: Int) throws {
        var hospital = MadeHospital(universe: 500)
        guard case .rounded(let value, 5, let low, let high) = try hospital.count(0..<size) else {
            Issue.record("a count of \(size) was not rounded")
            return
        }
        #expect(value % 5 == 0)
        #expect(value >= 20)
        // 11 to 19 are all shown as 20, whatever the key.
        #expect(size < 20 ? value == 20 : abs(value - size) < 5)
        #expect(low...high ~= size)
        #expect(low >= 11)
    }

    @Test("Sticky rounding keeps the mean")
    func roundingIsUnbiased() throws {
        // Sets of 23 patients: 20 with chance 2/5, 25 with chance 3/5, mean 23. 1,000 sets: standard error 0.08.
        let rules = DisclosureRules.made(ledger: false)
        let hospital = MadeHospital(universe: 25_000, rules: rules)
        var sum = 0
        for start in 0..<1_000 {
            var one = hospital
            sum += try #require(try one.count(start * 25..<start * 25 + 23).shown)
        }
        #expect(abs(Double(sum) / 1_000 - 23) < 0.35)
    }

    @Test("With rounding off and no ledger a count is exact; with a ledger it states its margin")
    func withoutRounding() throws {
        var plain = MadeHospital(universe: 100, rules: .made(roundTo: 1, ledger: false))
        #expect(try plain.count(0..<42) == .exact(42))
        var remembering = MadeHospital(universe: 100, rules: .made(roundTo: 1))
        #expect(try remembering.count(0..<42) == .rounded(42, base: 1, low: 28, high: 56))
    }

    @Test("A policy that shows zero shows 0, and hides 1 to k - 1")
    func zeroShown() throws {
        var hospital = MadeHospital(universe: 100, rules: .made(zero: .show))
        #expect(try hospital.count(0..<0) == .exact(0))
        #expect(try hospital.count(0..<1).isHidden)
        #expect(try hospital.count(0..<10).isHidden)
    }

    @Test("Rules below the compiled-in floor are refused, and tightening never loosens")
    func rulesHaveAFloor() throws {
        #expect(throws: DisclosureError.self) { try DisclosureRules(threshold: 4) }
        #expect(throws: DisclosureError.self) { try DisclosureRules(exposureCap: 0) }
        let loose = try DisclosureRules(
            threshold: 5, offset: 0, roundTo: 1, rounding: .halfUp, zero: .show, ledger: false, branchSupport: false,
            exposureCap: 5, releasesPerProject: 10_000)
        #expect(DisclosureRules.standard.tightened(by: loose) == .standard)
        #expect(loose.tightened(by: .standard) == .standard)
    }
}

@Suite("Release gate: an answer as a whole")
struct AnswerReleaseTests {
    @Test("An attrition step that leaves out 1 to k - 1 patients shows the number of the step after it")
    func smallStepsAreMerged() throws {
        for excluded in 0..<11 {
            var hospital = MadeHospital(universe: 2_000)
            let answer = EvaluatedAnswer(
                total: hospital.set(0..<400),
                attrition: [
                    .init(name: "all", persons: hospital.set(0..<1_000)),
                    .init(name: "alive", persons: hospital.set(0..<1_000 - excluded)),
                    .init(name: "adults", persons: hospital.set(0..<400)),
                ])
            let disclosed = try hospital.ask(answer)
            #expect(disclosed.attrition[0].count.shown == disclosed.attrition[1].count.shown)
            #expect(disclosed.attrition[2].count == disclosed.total)
        }
    }

    @Test("A breakdown whose only small cell could be subtracted from the total hides a second cell")
    func complementaryCell() throws {
        var hospital = MadeHospital(universe: 500)
        let breakdown = EvaluatedBreakdown(
            dimensions: [.init(name: "sex", categories: ["F", "M", "U"])],
            cells: [["F"]: hospital.set(0..<200), ["M"]: hospital.set(200..<360), ["U"]: hospital.set(360..<363)])
        let disclosed = try hospital.ask(EvaluatedAnswer(total: hospital.set(0..<363), breakdown: breakdown))
        let table = try #require(disclosed.breakdown)
        #expect(table.cells.map(\.key) == [["F"], ["M"], ["U"], ["*"]])
        let hidden = table.cells.filter { $0.count.isHidden }
        #expect(hidden.count == 2)
        // One symbol: the small cell and the one that protects it are alike.
        #expect(Set(hidden.map(\.count)).count == 1)
        #expect(table.count(["*"]) == disclosed.total)
    }

    @Test("Of a hidden cohort every cell is hidden, whatever it is")
    func hiddenCohort() throws {
        var hospital = MadeHospital(universe: 500)
        let breakdown = EvaluatedBreakdown(
            dimensions: [.init(name: "sex", categories: ["F", "M"])], cells: [["F"]: hospital.set(0..<9)])
        let disclosed = try hospital.ask(EvaluatedAnswer(total: hospital.set(0..<9), breakdown: breakdown))
        #expect(disclosed.total == .hidden(low: 0, high: 14, why: .small))
        #expect(disclosed.breakdown?.cells.allSatisfy { $0.count == disclosed.total } == true)
    }

    @Test("The same answer asked again is the same to the byte, and the ledger does not grow")
    func repeatsAreEqual() throws {
        var generator = SeededGenerator(seed: 3)
        var hospital = MadeHospital(universe: 5_000, rules: .made(exposureCap: 100))
        let answer = randomAnswer(hospital, &generator)
        let first = try hospital.ask(answer, cohort: "c")
        let released = hospital.ledger.count
        for _ in 0..<5 { #expect(try hospital.ask(answer, cohort: "c") == first) }
        #expect(hospital.ledger.count == released)
    }

    @Test("Every disclosed number of random answers can stand for the true one")
    func intervalsHoldTheTruth() throws {
        var generator = SeededGenerator(seed: 11)
        var hospital = MadeHospital(universe: 5_000, rules: .made(exposureCap: 100))
        for round in 0..<12 {
            let answer = randomAnswer(hospital, &generator)
            let disclosed = try hospital.ask(answer, cohort: "\(round)")
            #expect(disclosed.total.interval?.contains(answer.total.count.value) == true)
            for (step, shown) in zip(answer.attrition, disclosed.attrition) {
                #expect(shown.count.interval?.contains(step.persons.count.value) == true)
            }
            let breakdown = try #require(answer.breakdown)
            for cell in try #require(disclosed.breakdown).cells {
                let truth = breakdown.cells.filter { key, _ in zip(key, cell.key).allSatisfy { $1 == "*" || $0 == $1 } }
                    .reduce(0) { $0 + $1.value.count.value }
                #expect(cell.count.interval?.contains(truth) == true, "\(cell.key) of round \(round)")
            }
        }
    }

    private func randomAnswer(_ hospital: MadeHospital, _ generator: inout SeededGenerator) -> EvaluatedAnswer {
        let size = Int.random(in: 20...900, using: &generator)
        let start = Int.random(in: 0...4_000, using: &generator)
        var cells: [[String]: PersonSet] = [:]
        let bands = ["0-17", "18-39", "40-64", "65+"]
        for person in start..<start + size {
            let key = [
                ["F", "M"][Int(generator.next() % 2)], bands[Int(Double(4) * generator.fraction() * generator.fraction())],
            ]
            cells[key, default: hospital.set([])].insert(person)
        }
        return EvaluatedAnswer(
            total: hospital.set(start..<start + size),
            attrition: [.init(name: "entry", persons: hospital.set(start..<min(5_000, start + size + 60)))],
            breakdown: EvaluatedBreakdown(
                dimensions: [.init(name: "sex", categories: ["F", "M"]), .init(name: "ageBand", categories: bands)], cells: cells)
        )
    }

    @Test("A malformed answer is refused before anything is made of it")
    func malformedAnswers() {
        var hospital = MadeHospital(universe: 100)
        let total = hospital.set(0..<50)
        let sex = EvaluatedBreakdown.Dimension(name: "sex", categories: ["F", "M"])
        let wrong: [EvaluatedBreakdown] = [
            .init(dimensions: [sex], cells: [["F"]: hospital.set(0..<40)]),
            .init(dimensions: [sex], cells: [["F"]: hospital.set(0..<40), ["M"]: hospital.set(30..<50)]),
            .init(dimensions: [sex], cells: [["F"]: hospital.set(0..<40), ["X"]: hospital.set(40..<50)]),
            .init(dimensions: [], cells: [:]),
            .init(dimensions: [.init(name: "sex", categories: ["F", "*"])], cells: [["F"]: total]),
            .init(dimensions: [sex], cells: [["F"]: total], impossible: [["F"]]),
        ]
        for breakdown in wrong {
            #expect(throws: DisclosureError.self) {
                try hospital.ask(EvaluatedAnswer(total: total, breakdown: breakdown))
            }
        }
        #expect(throws: DisclosureError.self) { try hospital.ask(EvaluatedAnswer(total: PersonSet(universe: 99))) }
    }

    @Test("A project's cap and the tier lock refuse by what is asked, never by the data")
    func admission() throws {
        var hospital = MadeHospital(universe: 1_000, rules: .made(releasesPerProject: 3))
        for round in 0..<3 { _ = try hospital.count(round * 100..<round * 100 + 50, project: "a") }
        #expect(throws: DisclosureError.self) { try hospital.count(500..<600, project: "a") }
        _ = try hospital.count(500..<600, project: "b")

        let gate = hospital.gate
        let total = EvaluatedAnswer(total: hospital.set(600..<700))
        let plan = try gate.plan(
            total, for: ReleaseRequest(project: "c", tier: .consortiumTotal, cohort: "h"), against: hospital.ledger)
        hospital.ledger.commit(plan)
        #expect(throws: DisclosureError.self) {
            try gate.plan(total, for: ReleaseRequest(project: "d", tier: .perHospital, cohort: "h"), against: hospital.ledger)
        }
        hospital.ledger.begin(epoch: 2)
        _ = try gate.plan(total, for: ReleaseRequest(project: "d", tier: .perHospital, cohort: "h"), against: hospital.ledger)
    }

    @Test("A plan that is thrown away changes nothing")
    func previewChangesNothing() throws {
        var hospital = MadeHospital(universe: 1_000)
        let before = hospital.ledger.count
        let plan = try hospital.gate.plan(
            EvaluatedAnswer(total: hospital.set(0..<100)), for: ReleaseRequest(project: "p"), against: hospital.ledger)
        #expect(hospital.ledger.count == before)
        hospital.ledger.commit(plan)
        #expect(hospital.ledger.count == before + 1)
    }
}

@Suite("Branch support")
struct BranchSupportTests {
    private static let branch = BranchSupport.Branch(stage: 0, mayGain: true, mayLose: false)

    @Test("A branch that changes fewer than k patients is ignored, a larger one is kept")
    func smallBranches() {
        // The cohort is 0..<200; branch 0 takes out three patients, branch 1 takes out fifty, branch 2 nobody.
        let effect: [[Int]] = [[0, 1, 2], Array(100..<150), []]
        func evaluate(_ removed: Set<Int>) -> EvaluatedAnswer {
            var set = PersonSet(universe: 200, members: 0..<200)
            for branch in 0..<3 where !removed.contains(branch) { for person in effect[branch] { set.remove(person) } }
            return EvaluatedAnswer(total: set)
        }
        let answer = BranchSupport(rules: .standard).supported(
            evaluate([]), branches: [Self.branch, Self.branch, Self.branch], stages: []
        ) { removed, _ in evaluate(removed) }
        #expect(answer.total.members == Array(0..<100) + Array(150..<200))
        // Ten patients for each of three branches: the group that was described can be so much smaller, and not larger.
        #expect(answer.leeway == CountLeeway(fewer: 30, more: 0))
    }

    @Test("A branch is kept in the step that it changes by many and ignored in the total that it changes by one")
    func eachNumberForItself() {
        // Step: 0..<300 less branch 0's hundred patients. Total: those of the step below 50 and the patient 250.
        func evaluate(_ removed: Set<Int>) -> EvaluatedAnswer {
            let step = (0..<300).filter { removed.contains(0) || !(200..<300).contains($0) }
            return EvaluatedAnswer(
                total: PersonSet(universe: 300, members: step.filter { $0 < 50 || $0 == 250 }),
                attrition: [.init(name: "step", persons: PersonSet(universe: 300, members: step))])
        }
        let answer = BranchSupport(rules: .standard).supported(evaluate([]), branches: [Self.branch], stages: [0]) { removed, _ in
            evaluate(removed)
        }
        #expect(answer.attrition[0].persons.members == Array(0..<200))
        #expect(answer.total.members == Array(0..<50) + [250])
    }

    @Test("The bounds of an answer hold for the group as it was described")
    func boundsHoldForTheDescribedGroup() throws {
        // Six alternatives of nine patients each beside a base of 200: all ignored, and 254 was described.
        var hospital = MadeHospital(universe: 1_000)
        func evaluate(_ removed: Set<Int>) -> EvaluatedAnswer {
            let sides = (0..<6).filter { !removed.contains($0) }.flatMap { 300 + $0 * 9..<309 + $0 * 9 }
            return EvaluatedAnswer(total: hospital.set(Array(0..<200) + sides))
        }
        let side = BranchSupport.Branch(stage: 0, mayGain: false, mayLose: true)
        let answer = BranchSupport(rules: .standard).supported(
            evaluate([]), branches: [BranchSupport.Branch](repeating: side, count: 6), stages: []
        ) { removed, _ in evaluate(removed) }
        #expect(answer.total.members == Array(0..<200))
        #expect(try hospital.ask(answer).total == .rounded(200, base: 5, low: 182, high: 278))
    }

    @Test("A group that is small as it was described is hidden, also where the criteria that make it so are ignored")
    func smallAsDescribed() throws {
        // 39 patients; each of three criteria takes out nine, and twelve are left. Without them there are 39 to show.
        for secret in 1...10 as ClosedRange<UInt64> {
            var hospital = MadeHospital(universe: 1_000, secret: secret)
            func evaluate(_ removed: Set<Int>) -> EvaluatedAnswer {
                let out = (0..<3).filter { !removed.contains($0) }.flatMap { $0 * 9..<$0 * 9 + 9 }
                return EvaluatedAnswer(total: hospital.set((0..<39).filter { !out.contains($0) }))
            }
            let answer = BranchSupport(rules: .standard).supported(
                evaluate([]), branches: [Self.branch, Self.branch, Self.branch], stages: []
            ) { removed, _ in evaluate(removed) }
            #expect(answer.total.count.value == 39)
            #expect(answer.described?.count.value == 12)
            // Hidden just where twelve patients would be hidden by themselves.
            var alone = hospital
            #expect(try hospital.ask(answer).total.isHidden == alone.count(27..<39).isHidden)
        }
        // With fewer than k nothing is evaluated again.
        let small = EvaluatedAnswer(total: PersonSet(universe: 100, members: 0..<3))
        let answer = BranchSupport(rules: .standard).supported(small, branches: [Self.branch], stages: []) { _, _ in
            Issue.record("evaluated again")
            return small
        }
        #expect(answer.total == small.total)
    }
}

@Suite("Hidden counts are stated honestly")
struct HiddenBoundTests {
    @Test("A group that is hidden because its patients were shown often is inside the bounds of every hidden count")
    func overexposedGroups() throws {
        var hospital = MadeHospital(universe: 4_000)
        #expect(try hospital.count(0..<3) == .hidden(low: 0, high: 14, why: .small))
        // Forty patients in group after group of sixty, until such a group is hidden.
        var hidden: [(size: Int, count: DisclosedCount)] = []
        for round in 0..<30 {
            let members = Array(0..<40) + Array(100 + round * 20..<120 + round * 20)
            let count = try hospital.count(members)
            if count.isHidden { hidden.append((members.count, count)) }
        }
        #expect(!hidden.isEmpty)
        for one in hidden { #expect(one.count.interval?.contains(one.size) == true) }
        // A small group looks the same.
        #expect(try hospital.count(3_900..<3_903) == hidden.last?.count)
        // And a group of any size that is hidden now is within the stated bounds.
        for size in [60, 100, 200, 350, 399, 400, 500, 1_000] {
            var other = hospital
            let count = try other.count(0..<size)
            if count.isHidden { #expect(count.interval?.contains(size) == true, "\(size)") }
        }
    }
}
