import CanonicalJSON
@_spi(Hospital) import Disclosure
import Testing

/// Twelve ways in which counts have leaked elsewhere, each as a question to the gate. Rounding is off where it would only blur.
@Suite("Twelve traps")
struct TrapTests {
    private let sharp = DisclosureRules.made(roundTo: 1, exposureCap: 100)

    @Test("1 attrition: a step that leaves out five of a thousand shows the number of the step after it")
    func attritionSubtraction() throws {
        for excluded in 1...10 {
            var hospital = MadeHospital(universe: 2_000, rules: sharp)
            let answer = EvaluatedAnswer(
                total: hospital.set(0..<300),
                attrition: [
                    .init(name: "entry", persons: hospital.set(0..<1_000)),
                    .init(name: "rule 1", persons: hospital.set(0..<1_000 - excluded)),
                    .init(name: "rule 2", persons: hospital.set(0..<300 + excluded)),
                    .init(name: "cohort", persons: hospital.set(0..<300)),
                ])
            let steps = try hospital.ask(answer).attrition.map(\.count.shown)
            #expect(steps[0] == steps[1])
            #expect(steps[2] == steps[3])
        }
    }

    @Test("2 complement: who is not in X tells nothing about a small X, in whatever order it is asked")
    func complement() throws {
        for small in 0...10 {
            for allFirst in [false, true] {
                var hospital = MadeHospital(universe: 1_000, rules: sharp)
                let before = allFirst ? try hospital.count(0..<1_000) : nil
                let not = try hospital.count(small..<1_000)
                let all = try before ?? hospital.count(0..<1_000)
                #expect(not == all)
                #expect(try hospital.count(0..<small).isHidden)
            }
        }
    }

    @Test("3 total minus parts: of women, men and everybody no two give a hidden third")
    func totalMinusParts() throws {
        for men in 0...10 {
            // As a table.
            var hospital = MadeHospital(universe: 500, rules: sharp)
            let sex = EvaluatedBreakdown.Dimension(name: "sex", categories: ["F", "M"])
            let cells = [["F"]: hospital.set(0..<200), ["M"]: hospital.set(200..<200 + men)]
            let answer = EvaluatedAnswer(
                total: hospital.set(0..<200 + men), breakdown: EvaluatedBreakdown(dimensions: [sex], cells: cells))
            let table = try #require(try hospital.ask(answer).breakdown)
            #expect(table.count(["F"])?.isHidden == true && table.count(["M"])?.isHidden == true)
            // As three questions.
            var other = MadeHospital(universe: 500, rules: sharp)
            #expect(try other.count(0..<200) == other.count(0..<200 + men))
            #expect(try other.count(200..<200 + men).isHidden)
        }
    }

    @Test("4 band slicing: 40 to 49 and then 40 to 50 are one number when few are 50")
    func bandSlicing() throws {
        for fifty in 1...10 {
            var hospital = MadeHospital(universe: 500, rules: sharp)
            #expect(try hospital.count(0..<150) == hospital.count(0..<150 + fifty))
            #expect(try hospital.count(fifty..<150) == hospital.count(0..<150))
        }
    }

    @Test("5 node differencing: a hospital's number does not depend on who else is asked, by whom or under what title")
    func nodeDifferencing() throws {
        var numbers = Set<DisclosedCount>()
        for (project, cohort) in [("a", "one"), ("b", "two"), ("a", "three")] {
            var hospital = MadeHospital(universe: 500)
            let answer = EvaluatedAnswer(total: hospital.set(0..<123))
            numbers.insert(try hospital.ask(answer, project: project, cohort: cohort).total)
        }
        #expect(numbers.count == 1)
        // And a masked total is not opened again without one hospital.
        let roster = try TotalRoster(members: ["A", "B", "C", "D", "E", "F"])
        #expect(throws: DisclosureError.self) {
            try roster.admit(["A", "B", "C", "D", "E"], openedBefore: [["A", "B", "C", "D", "E", "F"]])
        }
    }

    @Test("6 release differencing: one more patient in the next data release is the same number")
    func releaseDifferencing() throws {
        var hospital = MadeHospital(universe: 500, rules: sharp)
        let before = try hospital.count(0..<200)
        for (release, more) in [1, 2, 4, 10].enumerated() {
            hospital.ledger.begin(epoch: release + 2)
            #expect(try hospital.count(0..<200 + more) == before)
        }
    }

    @Test("7 near duplicate: a harmless criterion changes no number of the whole answer")
    func nearDuplicate() throws {
        var hospital = MadeHospital(universe: 2_000, rules: sharp)
        func answer(_ without: Int) -> EvaluatedAnswer {
            EvaluatedAnswer(
                total: hospital.set(0..<400 - without),
                attrition: [.init(name: "entry", persons: hospital.set(0..<900 - without))],
                breakdown: EvaluatedBreakdown(
                    dimensions: [.init(name: "sex", categories: ["F", "M"])],
                    cells: [["F"]: hospital.set(0..<150), ["M"]: hospital.set(150..<400 - without)]))
        }
        let first = try hospital.ask(answer(0), cohort: "first")
        for without in 1...8 { #expect(try hospital.ask(answer(without), cohort: "\(without)") == first) }
    }

    @Test("8 averaging: a hundred repeats are one answer")
    func averaging() throws {
        var hospital = MadeHospital(universe: 500)
        var answers = Set<DisclosedCount>()
        for round in 0..<100 { answers.insert(try hospital.count(0..<187, project: "\(round)")) }
        #expect(answers.count == 1)
    }

    @Test("9 collusion: what one project was told decides what another is told")
    func collusion() throws {
        var hospital = MadeHospital(universe: 500, rules: sharp)
        let first = try hospital.count(0..<200, project: "one")
        #expect(try hospital.count(Array(0..<200) + [400], project: "two") == first)
        #expect(try hospital.count(1..<200, project: "three") == first)
    }

    @Test("10 side channels: no count is refused, and every hidden answer is one and the same value")
    func sideChannels() throws {
        var hidden = Set<DisclosedCount>()
        for size in 0...30 {
            var hospital = MadeHospital(universe: 500)
            _ = try hospital.count(100..<300)
            let answer = try hospital.count(0..<size)
            if answer.isHidden { hidden.insert(answer) }
            // Near a known group: a number like any other, with the same members on the wire.
            let near = try hospital.count(100..<300 + size % 11)
            #expect(near.json.objectValue?.map(\.0) == ["kind", "value", "base", "low", "high"])
        }
        #expect(hidden.count == 1)
    }

    @Test("11 side door: no exact number stands anywhere in what leaves")
    func exactNumbersInWhatLeaves() throws {
        var hospital = MadeHospital(universe: 9_000)
        // Sizes whose digits nothing else has.
        let answer = EvaluatedAnswer(
            total: hospital.set(0..<4_177), attrition: [.init(name: "entry", persons: hospital.set(0..<6_273))],
            breakdown: EvaluatedBreakdown(
                dimensions: [.init(name: "sex", categories: ["F", "M"])],
                cells: [["F"]: hospital.set(0..<2_896), ["M"]: hospital.set(2_896..<4_177)]))
        let disclosed = try hospital.ask(answer)
        let merged = MergedAnswer([disclosed, disclosed])
        for text in [disclosed.json.text(), "\(merged)", "\(answer)"] {
            for number in ["4177", "6273", "2896", "1281"] { #expect(!text.contains(number)) }
        }
    }

    @Test("12 concept counts: patients per concept pass the same gate; two concepts of nearly the same patients are one number")
    func conceptCounts() throws {
        var hospital = MadeHospital(universe: 1_000, rules: sharp)
        let parent = try hospital.count(0..<80)
        for child in [70, 75, 79, 80] { #expect(try hospital.count(0..<child) == parent) }
        for rare in 0...10 { #expect(try hospital.count(500..<500 + rare).isHidden) }
    }

    @Test("Total, attrition, table, repeats and refined questions together: no difference of shown numbers is a small group")
    func together() throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var hospital = MadeHospital(universe: 1_500, rules: sharp, secret: seed)
            /// Groups whose shown number is their true one: what an attacker may rely on.
            var shown: [PersonSet] = []
            func note(_ set: PersonSet, _ count: DisclosedCount) {
                if count.shown == set.count.value { shown.append(set) }
            }
            for round in 0..<6 {
                let end = 300 + Int(generator.next() % 600)
                let start = Int(generator.next() % 40)
                let out = Int(generator.next() % 15)
                let total = hospital.set(start..<end - out)
                let entry = hospital.set(start..<end)
                let cut = start + (end - start) / 2 + Int(generator.next() % 9)
                let cells = [["F"]: hospital.set(start..<cut), ["M"]: hospital.set(cut..<end - out)]
                let answer = EvaluatedAnswer(
                    total: total, attrition: [.init(name: "entry", persons: entry), .init(name: "cohort", persons: total)],
                    breakdown: EvaluatedBreakdown(
                        dimensions: [.init(name: "sex", categories: ["F", "M"])], cells: cells))
                for _ in 0..<2 {
                    let disclosed = try hospital.ask(answer, project: "\(round % 2)", cohort: "\(seed)/\(round)")
                    note(total, disclosed.total)
                    note(entry, disclosed.attrition[0].count)
                    for (key, set) in cells { if let count = disclosed.breakdown?.count(key) { note(set, count) } }
                }
            }
            let distinct = Array(Set(shown))
            #expect(distinct.count > 3)
            for one in distinct {
                for two in distinct where two != one {
                    #expect(one.symmetricDifference(two).count.value >= 11)
                    for three in distinct where three != one && three != two {
                        // one + two - three, where that is a group at all.
                        guard one.isDisjoint(with: two), three.isSubset(of: one.union(two)) else { continue }
                        let rest = one.union(two).subtracting(three).count.value
                        #expect(rest == 0 || rest >= 11)
                    }
                }
            }
        }
    }
}
