@_spi(Hospital) import Disclosure
import Testing

/// The way of an answer into a consortium total, through the gate with its two ledgers.
@Suite("Totals through the gate")
struct TotalGateTests {
    private let universe = 4_000
    private let key = TestKey(secret: 7)

    private var gate: ReleaseGate {
        ReleaseGate(rules: .standard, key: key, patients: .made(universe, seed: 9))
    }

    private func persons(_ range: Range<Int>, _ more: [Int] = []) -> PersonSet {
        PersonSet(universe: universe, members: Array(range) + more)
    }

    private func request(_ tier: ReleaseRequest.Tier, _ cohort: String) -> ReleaseRequest {
        ReleaseRequest(project: "P-1", tier: tier, cohort: cohort)
    }

    private func code(_ body: () throws -> Void) -> DisclosureError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? DisclosureError)?.code
        }
    }

    @Test("a cohort that was shown by name is not put into a total, one that was hidden is, and a total is not shown by name")
    func tierLock() throws {
        var ledger = ReleaseLedger(universe: universe)
        let (wide, rare) = (EvaluatedAnswer(total: persons(0..<300)), EvaluatedAnswer(total: persons(1_000..<1_006)))
        ledger.commit(try gate.plan(wide, for: request(.perHospital, "wide"), against: ledger))
        ledger.commit(try gate.plan(rare, for: request(.perHospital, "rare"), against: ledger))
        let locked = code {
            _ = try gate.planTotal(wide, for: request(.consortiumTotal, "wide"), against: ledger, shares: ShareLedger())
        }
        #expect(locked == .tierLocked)
        ledger.commit(try gate.planTotal(rare, for: request(.consortiumTotal, "rare"), against: ledger, shares: ShareLedger()))
        #expect(code { _ = try gate.plan(rare, for: request(.perHospital, "rare"), against: ledger) } == .tierLocked)
        // What was hidden by name after a total of it would unlock nothing.
        ledger.commit(try gate.planTotal(rare, for: request(.consortiumTotal, "rare"), against: ledger, shares: ShareLedger()))
        // Locks end with the data release.
        ledger.begin(epoch: 2)
        #expect(code { _ = try gate.plan(rare, for: request(.perHospital, "rare"), against: ledger) } == nil)
    }

    @Test("the vector holds the cohort, the steps and the inner cells, each 0 or k and more")
    func layout() throws {
        let cohort = persons(0..<30)
        let answer = EvaluatedAnswer(
            total: cohort,
            attrition: [.init(name: "entry", persons: persons(0..<200)), .init(name: "cohort", persons: cohort)],
            breakdown: EvaluatedBreakdown(
                dimensions: [.init(name: "sex", categories: ["f", "m"]), .init(name: "age", categories: ["a", "b"])],
                cells: [["f", "b"]: persons(0..<26), ["m", "a"]: persons(26..<30)]))
        let plan = try gate.planTotal(
            answer, for: request(.consortiumTotal, "c"), against: ReleaseLedger(universe: universe), shares: ShareLedger())
        #expect(plan.layout.steps == ["entry", "cohort"])
        #expect(plan.layout.innerKeys == [["f", "a"], ["f", "b"], ["m", "a"], ["m", "b"]])
        let words = plan.shares.words
        #expect(words.count == 7)
        #expect(words[0] == 30 && words[2] == 30, "30 is a multiple of the base")
        #expect(words[1] == 200)
        // 26 differs from the cohort by fewer than k, so it says what the cohort says.
        #expect(words[3] == 0 && words[4] == 30 && [0, 11].contains(words[5]) && words[6] == 0)
    }

    @Test("a target added to one group, or to the sum of several, changes no share", arguments: [1, 2, 3])
    func differencing(_ terms: Int) throws {
        for target in 0..<20 {
            var shares = ShareLedger()
            let ledger = ReleaseLedger(universe: universe)
            var sum: [UInt64] = []
            func share(_ set: PersonSet, _ cohort: String) throws -> UInt64 {
                let plan = try gate.planTotal(
                    EvaluatedAnswer(total: set), for: request(.consortiumTotal, cohort), against: ledger, shares: shares)
                shares = plan.shareLedger
                return plan.shares.words[0]
            }
            for term in 0..<terms { sum.append(try share(persons(term * 100..<term * 100 + 37 + target), "t\(term)")) }
            let all = (0..<terms).flatMap { term in Array(term * 100..<term * 100 + 37 + target) }
            let without = try share(PersonSet(universe: universe, members: all), "without")
            let with = try share(PersonSet(universe: universe, members: all + [3_000 + target]), "with")
            #expect(with == without)
            #expect(with == sum.reduce(0, +), "what is known already is said")
        }
    }

    @Test("shares are the same after the ledger was stored and opened again")
    func storedLedger() throws {
        var shares = ShareLedger()
        let ledger = ReleaseLedger(universe: universe)
        func plan(_ set: PersonSet) throws -> TotalPlan {
            try gate.planTotal(EvaluatedAnswer(total: set), for: request(.consortiumTotal, "x"), against: ledger, shares: shares)
        }
        let first = try plan(persons(0..<57))
        shares = first.shareLedger
        let small = try plan(persons(500..<506))
        shares = try ShareLedger(opening: small.shareLedger.bytesToSeal)
        #expect(shares.count == 2)
        #expect(try plan(persons(0..<57, [3_999])).shares == first.shares)
        #expect(try plan(persons(500..<507)).shares == small.shares)
        #expect(throws: DisclosureError.self) { try ShareLedger(opening: ledger.bytesToSeal) }
    }

    @Test("three totals whose pairs differ enough, and that add up to one hospital, are not all opened")
    func combinations() throws {
        let roster = try TotalRoster(members: Set((1...9).map(String.init)))
        let (first, second) = (Set(["1", "2", "3", "4", "5"]), Set(["1", "6", "7", "8", "9"]))
        // first + second - third is twice hospital 1.
        let third = Set((2...9).map(String.init))
        try roster.admit(first, openedBefore: [])
        try roster.admit(second, openedBefore: [first])
        try roster.admit(third, openedBefore: [first])
        #expect(throws: DisclosureError.self) { try roster.admit(third, openedBefore: [first, second]) }
        #expect(!TotalRoster.isolatesForTest([first, second]))
    }
}

extension TotalRoster {
    /// Whether a set of totals shows one hospital or two, asked through the public door.
    fileprivate static func isolatesForTest(_ sets: [Set<String>]) -> Bool {
        guard let roster = try? TotalRoster(members: sets.reduce([]) { $0.union($1) }), let last = sets.last else { return true }
        return (try? roster.admit(last, openedBefore: Array(sets.dropLast()))) == nil
    }
}
