@_spi(Hospital) import Disclosure
import Testing

@Suite("Release ledger")
struct LedgerTests {
    @Test("A stored ledger opens to one that answers the same and is stored to the same bytes")
    func roundTrip() throws {
        var hospital = MadeHospital(universe: 3_000)
        for start in stride(from: 0, to: 2_000, by: 130) { _ = try hospital.count(start..<start + 90, project: "p\(start % 3)") }
        let sex = EvaluatedBreakdown.Dimension(name: "sex", categories: ["F", "M"])
        let answer = EvaluatedAnswer(
            total: hospital.set(2_100..<2_600),
            breakdown: EvaluatedBreakdown(
                dimensions: [sex], cells: [["F"]: hospital.set(2_100..<2_300), ["M"]: hospital.set(2_300..<2_600)]))
        let first = try hospital.ask(answer, cohort: "c")
        let stored = hospital.ledger.bytesToSeal
        var opened = hospital
        opened.ledger = try ReleaseLedger(opening: stored)
        #expect(opened.ledger.bytesToSeal.bytes == stored.bytes)
        #expect(try opened.ask(answer, cohort: "c") == first)
        #expect(try opened.count(40..<140) == hospital.count(40..<140))
        #expect("\(stored)" == "ledger (stays in the hospital, sealed)")
    }

    @Test("A sum of three shown groups with a minus in it is found in every order in which they were shown")
    func signedSums() throws {
        // 0..<48, 48..<73 and 100..<159: what is left of the second group without the first, and with the part they do not share.
        let shown = [Array(0..<73), Array(0..<48) + Array(100..<159), Array(48..<73)]
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            var hospital = MadeHospital(universe: 400)
            var numbers = [0, 0, 0]
            for place in order { numbers[place] = try #require(try hospital.count(shown[place]).shown) }
            let plan = try hospital.gate.plan(
                EvaluatedAnswer(total: hospital.set(100..<159)), for: ReleaseRequest(project: "p"), against: hospital.ledger)
            #expect(plan.outcomes.known == 1, "\(order)")
            #expect(plan.disclosed.total.shown == numbers[1] - numbers[0] + numbers[2], "\(order)")
        }
    }

    @Test(
        "A sum and a difference of two groups are found behind more sets than the window has, of few patients and of many, and only where few patients differ",
        arguments: [100, 4_000])
    func oldPairs(_ size: Int) throws {
        let universe = 20_000
        var hospital = MadeHospital(universe: universe, rules: .made(exposureCap: 1_000))
        func adopt(_ members: Range<Int>, _ shown: Int) {
            hospital.ledger.adopt(PersonSet(universe: universe, members: members), shown: shown)
        }
        adopt(0..<size, 100)
        adopt(size..<2 * size + size / 5, 120)
        adopt(10_000..<10_000 + 2 * size, 500)
        adopt(10_000..<10_000 + size / 2, 200)
        for place in 0..<1_100 { adopt(18_100 + place..<18_130 + place, 30) }

        for (members, shown) in [(0..<2 * size + size / 5, 220), (10_000 + size / 2..<10_000 + 2 * size, 300)] {
            for (dropped, added, isKnown) in [
                (0, 0, true), (3, 2, true), (0, 9, true), (10, 10, false), (0, 40, false), (40, 0, false),
            ] {
                let asked = Array(members.dropFirst(dropped)) + Array(19_900..<19_900 + added)
                let plan = try hospital.gate.plan(
                    EvaluatedAnswer(total: PersonSet(universe: universe, members: asked)), for: ReleaseRequest(project: "p"),
                    against: hospital.ledger)
                #expect(plan.outcomes.known == (isKnown ? 1 : 0), "\(members), \(dropped) fewer, \(added) more")
                if isKnown { #expect(plan.disclosed.total.shown == shown) }
            }
        }
    }

    @Test(
        "A ledger with more sets than its window looks back as far after it was stored as before",
        arguments: [1_025, 1_600])
    func windows(_ count: Int) throws {
        var hospital = MadeHospital(universe: 16 * count, rules: .made(exposureCap: 1_000))
        for place in 0..<count { hospital.ledger.adopt(hospital.set(16 * place..<16 * place + 16), shown: 20) }
        var opened = hospital
        opened.ledger = try ReleaseLedger(opening: hospital.ledger.bytesToSeal)
        // Sums of three sets are found in the window only; those of the newest must be found, the same ones before and after.
        var known = 0
        for last in stride(from: count - 1, to: 2, by: -129) {
            let sum = hospital.set(16 * (last - 2)..<16 * last + 16)
            let request = ReleaseRequest(project: "p")
            let before = try hospital.gate.plan(EvaluatedAnswer(total: sum), for: request, against: hospital.ledger)
            let after = try opened.gate.plan(EvaluatedAnswer(total: sum), for: request, against: opened.ledger)
            #expect(before.outcomes == after.outcomes)
            #expect(before.disclosed == after.disclosed)
            if last == count - 1 { #expect(before.outcomes.known == 1) }
            known += before.outcomes.known
        }
        // Between 512 and 1,024 of the newest sets are looked at.
        #expect((4...8).contains(known))
    }

    @Test(
        "A group inside a hidden one is hidden, and one around a shown group is not: the keyed offset never tells the difference")
    func offsetsAgree() throws {
        // Nested groups of 11 to 14, in both orders, at 300 hospitals: with offsets drawn for each group apart some differ.
        var pairs = 0
        for secret in 1...300 as ClosedRange<UInt64> {
            for sizes in [[11, 12, 13, 14], [14, 13, 12, 11], [12, 14, 11, 13]] {
                var hospital = MadeHospital(universe: 200, secret: secret)
                var hidden: [Int: Bool] = [:]
                for size in sizes { hidden[size] = try hospital.count(0..<size).isHidden }
                for (smaller, larger) in [(11, 12), (12, 13), (13, 14), (11, 14)] where hidden[larger] == true {
                    #expect(hidden[smaller] == true, "\(smaller) is shown and \(larger) hidden")
                    pairs += 1
                }
                let stored = try ReleaseLedger(opening: hospital.ledger.bytesToSeal)
                #expect(stored.bytesToSeal.bytes == hospital.ledger.bytesToSeal.bytes)
            }
        }
        #expect(pairs > 100)
    }

    @Test("A damaged ledger is refused and never trapped on", arguments: 0..<200)
    func damaged(_ seed: Int) throws {
        var hospital = MadeHospital(universe: 400)
        _ = try hospital.count(0..<40)
        _ = try hospital.count(100..<390)
        var bytes = hospital.ledger.bytesToSeal.bytes
        var generator = SeededGenerator(seed: UInt64(seed))
        if seed % 4 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator)) }
        for _ in 0..<3 where !bytes.isEmpty {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        // Opening is guarded by the node's seal; here it must only never trap, and never yield more than it was given.
        _ = try? ReleaseLedger(opening: SealedLedgerBytes(opened: bytes))
    }

    @Test("Released sets survive a new data release in which every person ordinal changed")
    func registersAcrossReleases() throws {
        // In the second release the persons are in reverse order and 100 newcomers stand first.
        let rules = DisclosureRules.standard
        let keys = PatientKeys.made(600)
        let before = ReleaseGate(rules: rules, key: TestKey(), patients: .made(500), register: nil)
        var ledger = ReleaseLedger(universe: 500)
        let first = try before.plan(
            EvaluatedAnswer(total: PersonSet(universe: 500, members: 0..<100)), for: ReleaseRequest(project: "p"), against: ledger
        )
        ledger.commit(first)
        ledger.grow(to: 600)
        ledger.begin(epoch: 2)
        let places = (500..<600).map(UInt32.init) + (0..<500).reversed().map(UInt32.init)
        let after = ReleaseGate(
            rules: rules, key: TestKey(), patients: keys, register: PersonRegister(places: places, universe: 600))
        // The same hundred persons and three newcomers: within k, so the old number is the answer.
        let again = EvaluatedAnswer(total: PersonSet(universe: 600, members: Array(500..<600) + [0, 1, 2]))
        let second = try after.plan(again, for: ReleaseRequest(project: "p"), against: ledger)
        #expect(second.disclosed.total == first.disclosed.total)
        #expect(second.outcomes.known == 1)
    }

    @Test("Exposure hides a small cohort after a few releases, halves with the epoch, and a steward can reset it")
    func exposure() throws {
        // Sets of 40 that overlap in 20: each release costs its members 1/40; the cap of 0.2 is reached after eight.
        var hospital = MadeHospital(universe: 2_000)
        var shown = 0
        for round in 0..<20 {
            let others = 100 + round * 60..<100 + round * 60 + 60
            if try hospital.count(Array(0..<20) + Array(others)).shown != nil { shown += 1 }
        }
        #expect(shown == 16)
        hospital.ledger.begin(epoch: 2)
        #expect(try hospital.count(Array(0..<20) + Array(1_500..<1_560)).shown != nil)
        hospital.ledger.resetExposure()
        #expect(try hospital.count(Array(0..<20) + Array(1_700..<1_760)).shown != nil)
    }

    @Test(
        "Ten thousand released sets and a million persons: a new count is answered in time", .enabled(if: longTests, "long test"))
    func manySets() throws {
        var generator = SeededGenerator(seed: 77)
        var ledger = ReleaseLedger(universe: 1_000_000)
        let gate = ReleaseGate(
            rules: .made(exposureCap: 1_000, releasesPerProject: 1_000_000), key: TestKey(), patients: .made(1_000_000))
        func random() -> PersonSet {
            let size = Int(50 * Double(2_000).power(generator.fraction()))
            let start = Int(generator.next() % UInt64(1_000_000 - size))
            return PersonSet(universe: 1_000_000, members: (start..<start + size).filter { _ in generator.next() % 10 < 8 })
        }
        for _ in 0..<10_000 {
            ledger.commit(try gate.plan(EvaluatedAnswer(total: random()), for: ReleaseRequest(project: "p"), against: ledger))
        }
        var times: [Duration] = []
        for _ in 0..<20 {
            let set = random()
            times.append(
                try ContinuousClock().measure {
                    _ = try gate.plan(EvaluatedAnswer(total: set), for: ReleaseRequest(project: "p"), against: ledger)
                })
        }
        times.sort()
        print("\(ledger.count) released sets, 1,000,000 persons: median \(times[10]), slowest \(times[19]) a count")
        #expect(ledger.count > 8_000)
        #expect(times[10] < .milliseconds(500))
    }
}

extension Double {
    /// A power with a fractional exponent, by repeated square roots (the tests need no C library).
    fileprivate func power(_ exponent: Double) -> Double {
        var result = 1.0
        var root = self
        var rest = exponent
        for _ in 0..<30 {
            root = root.squareRoot()
            rest *= 2
            if rest >= 1 {
                result *= root
                rest -= 1
            }
        }
        return result
    }
}
