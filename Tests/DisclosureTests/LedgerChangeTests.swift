@_spi(Hospital) import Disclosure
import Testing

/// What each release adds to the stored ledger.
@Suite("Changes of the release ledger")
struct LedgerChangeTests {
    /// A hospital that answers counts and tables, resets, and goes through epochs and new patients; the ledger after each step.
    private func history() throws -> (hospital: MadeHospital, states: [ReleaseLedger]) {
        var hospital = MadeHospital(universe: 3_000, rules: .made(zero: .show))
        var states = [hospital.ledger]
        let sex = EvaluatedBreakdown.Dimension(name: "sex", categories: ["F", "M"])
        for step in 0..<24 {
            let start = 100 * step
            switch step {
            case 9: hospital.ledger.begin(epoch: 2)
            case 15: hospital.ledger.resetExposure()
            default:
                let answer = EvaluatedAnswer(
                    total: hospital.set(start..<start + (step == 5 ? 12 : 150)),
                    attrition: [.init(name: "entry", persons: hospital.set(start..<start + 170))],
                    breakdown: step % 3 == 0
                        ? EvaluatedBreakdown(
                            dimensions: [sex],
                            cells: [["F"]: hospital.set(start..<start + 60), ["M"]: hospital.set(start + 60..<start + 150)])
                        : nil)
                _ = try hospital.ask(answer, project: "p\(step % 2)", cohort: "c\(step)")
            }
            states.append(hospital.ledger)
        }
        return (hospital, states)
    }

    private func changes(_ states: [ReleaseLedger]) -> [SealedLedgerBytes] {
        zip(states, states.dropFirst()).map { $1.changeToSeal(since: $0) }
    }

    @Test("Put together from the first state and every change, a ledger is the same after each of them")
    func assembled() throws {
        let (hospital, states) = try history()
        var assembly = try LedgerAssembly(whole: states[0].bytesToSeal)
        for (state, change) in zip(states.dropFirst(), changes(states)) {
            try assembly.add(change)
            let copy = assembly
            #expect(copy.assembled().bytesToSeal.bytes == state.bytesToSeal.bytes)
        }
        #expect(states.contains { $0.releases(of: "p1") > 3 })
        // It answers as the ledger that was never stored does.
        var again = hospital
        again.ledger = assembly.assembled()
        for start in stride(from: 3, to: 2_500, by: 170) {
            let request = ReleaseRequest(project: "q")
            let answer = EvaluatedAnswer(total: hospital.set(start..<start + 153))
            let one = try hospital.gate.plan(answer, for: request, against: hospital.ledger)
            let other = try again.gate.plan(answer, for: request, against: again.ledger)
            #expect(one.disclosed == other.disclosed)
            #expect(one.outcomes == other.outcomes)
        }
    }

    @Test("Several releases in one change are the same as one by one")
    func several() throws {
        let (_, states) = try history()
        let last = try #require(states.last)
        var assembly = try LedgerAssembly(whole: states[4].bytesToSeal)
        try assembly.add(last.changeToSeal(since: states[4]))
        #expect(assembly.assembled().bytesToSeal.bytes == last.bytesToSeal.bytes)
    }

    @Test("What a release adds does not grow with what was released before")
    func size() throws {
        var hospital = MadeHospital(universe: 12_000, rules: .made(exposureCap: 1_000))
        var sizes: [Int] = []
        for step in 0..<60 {
            let before = hospital.ledger
            _ = try hospital.count(200 * step..<200 * step + 150)
            sizes.append(hospital.ledger.changeToSeal(since: before).bytes.count)
        }
        // 150 patients of a byte each, and less than 100 bytes of everything else.
        #expect(sizes.allSatisfy { $0 < 250 })
        #expect(hospital.ledger.bytesToSeal.bytes.count > 150 * 60)
    }

    @Test("A change that does not follow what is there is refused")
    func order() throws {
        let (_, states) = try history()
        let changes = changes(states)
        for wrong in [[1], [0, 0], [0, 2], [0, 1, 1]] {
            var assembly = try LedgerAssembly(whole: states[0].bytesToSeal)
            let error = #expect(throws: DisclosureError.self) { for place in wrong { try assembly.add(changes[place]) } }
            #expect(error?.code == .badLedger)
        }
        var assembly = try LedgerAssembly(whole: states[0].bytesToSeal)
        #expect(throws: DisclosureError.self) { try assembly.add(states[0].bytesToSeal) }
        #expect(throws: DisclosureError.self) { _ = try LedgerAssembly(whole: changes[0]) }
        #expect(throws: DisclosureError.self) { _ = try LedgerAssembly(whole: states[0].bytesToSeal, mostPersons: 2_999) }
    }

    @Test("A damaged change is refused and never trapped on", arguments: 0..<200)
    func damaged(_ seed: Int) throws {
        var hospital = MadeHospital(universe: 400)
        let before = hospital.ledger
        _ = try hospital.count(0..<40)
        _ = try hospital.count(100..<390)
        var bytes = hospital.ledger.changeToSeal(since: before).bytes
        var generator = SeededGenerator(seed: UInt64(seed))
        if seed % 4 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator)) }
        for _ in 0..<3 where !bytes.isEmpty {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        var assembly = try LedgerAssembly(whole: before.bytesToSeal)
        try? assembly.add(SealedLedgerBytes(opened: bytes))
        _ = assembly.assembled()
    }
}
