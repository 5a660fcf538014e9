import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import Federation
import NodeAgent

/// Attacks on consortium totals. What a hospital adds to a total is its share: 0, or k and more.
enum Totals {
    static let all = [
        Attack(
            number: 17, name: "total less the published hospitals", bar: "0 hidden hospitals proved; both forms never answered"
        ) {
            try await mixing($0)
        },
        Attack(number: 18, name: "a member takes its own number away", bar: "0 counts of 1 to k - 1 proved") { insider($0) },
        Attack(number: 19, name: "the total again without one hospital", bar: "no such total; 0 numbers of 1 to k - 1") {
            try dropout($0)
        },
        Attack(number: 20, name: "all hospitals but one are the attacker's", bar: "0 numbers of 1 to k - 1") { sybil($0) },
        Attack(number: 21, name: "is this person in the sketch?", bar: "AUC at most 0.55 without the linkage key") {
            try sketch($0)
        },
    ]

    /// One hospital's keys and shares.
    private struct Hospital {
        let shares: TotalShares
        let universe = 64
        private var ledger = ShareLedger()

        init(_ bench: AttackBench, _ number: Int) {
            var random = bench.random(1_700 + number)
            let key = HospitalKey(secret: random.next())
            let patients = PatientKeys(universe: universe) { _ in UInt128(random.next()) << 64 | UInt128(random.next()) }
            shares = TotalShares(rules: bench.rules, key: key, patients: patients)
        }

        mutating func share(_ members: Range<Int>) -> Int {
            Int(shares.vector(of: [PersonSet(universe: universe, members: members)], remembering: &ledger).words[0])
        }
    }

    private struct HospitalKey: StickyKey {
        let secret: UInt64
        func draw(_ purpose: String, _ digest: SetDigest) -> UInt64 {
            let text = purpose.utf8.reduce(secret) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            var first = SeededRandom(seed: text ^ UInt64(truncatingIfNeeded: digest.sum))
            var second = SeededRandom(seed: first.next() ^ UInt64(truncatingIfNeeded: digest.sum >> 64))
            return second.next()
        }
    }

    /// Counts of 1 to k - 1 that are compatible with a share: the attacker knows how shares are drawn.
    private static func compatible(_ share: Int, _ k: Int) -> [Int] {
        // 1 to k - 1 becomes 0 or k, whatever it is; 0 becomes 0 and k stays k.
        share == 0 || share == k ? Array(1..<k) : []
    }

    /// Four hospitals are shown, the fifth is hidden. First at one node: both forms for one cohort.
    private static func mixing(_ bench: AttackBench) async throws -> Attack.Finding {
        let isLocked = try await secondForms(bench)
        var (hidden, proved) = (0, 0)
        for trial in 0..<bench.scaled(200) {
            var random = bench.random(17_000 + trial)
            let count = 1 + random.below(bench.k - 1)
            var total = 0
            var published: [ClosedRange<Int>] = []
            for number in 0..<4 {
                var hospital = Hospital(bench, 10 * trial + number)
                let size = 20 + random.below(40)
                total += hospital.share(0..<size)
                published.append(size - bench.rules.roundTo + 1...size + bench.rules.roundTo - 1)
            }
            var last = Hospital(bench, 10 * trial + 9)
            total += last.share(0..<count)
            // The hidden share lies between the total less all that the others can be and less all they must be.
            let shares = (0...2 * bench.k).filter { share in
                total - share >= published.reduce(0) { $0 + $1.lowerBound - bench.rules.roundTo }
                    && total - share <= published.reduce(0) { $0 + $1.upperBound + bench.rules.roundTo }
            }
            hidden += 1
            let possible = Set(shares.flatMap { compatible($0, bench.k) })
            if possible.count == 1 { proved += 1 }
        }
        return Attack.Finding(
            measured: "\(proved) of \(hidden) hidden hospitals proved, second form \(isLocked ? "declined" : "answered")",
            isWithinBar: proved == 0 && isLocked)
    }

    /// Whether a node that has answered a cohort in one form declines the other one, whichever came first.
    private static func secondForms(_ bench: AttackBench) async throws -> Bool {
        var mixed = bench
        mixed.policy.defaults.releaseModes.insert(.secureTotal)
        var isLocked = true
        for (number, forms) in [[ReleaseMode.named, .secureTotal], [.secureTotal, .named]].enumerated() {
            let store = MadeStore(universe: 500, seed: bench.seed)
            store.define(Codes.group(0), 0..<100)
            let node = try await mixed.node(store, 17 + 1_000 * number)
            let first = try await node.ask(FeasibilityQuestion([Codes.group(0)]), mode: forms[0]).answer.outcome
            // A node that declines every total would pass for one that keeps the forms apart.
            switch first {
            case .answered, .masked: break
            default: throw AttackFailure("the first form, \(forms[0].rawValue), was not answered: \(first.json.text())")
            }
            let second = try await node.ask(FeasibilityQuestion([Codes.group(0)]), mode: forms[1]).answer.outcome
            if case .declined(.releaseMode, _) = second { continue }
            isLocked = false
        }
        return isLocked
    }

    private static func insider(_ bench: AttackBench) -> Attack.Finding {
        var (proved, trials, small) = (0, 0, 0)
        for size in [3, 5, 40] {
            for trial in 0..<bench.scaled(60) {
                var random = bench.random(18_000 + 100 * size + trial)
                var others: [(count: Int, share: Int)] = []
                for number in 0..<size - 1 {
                    var hospital = Hospital(bench, 1_000 * size + 50 * trial + number)
                    let count = random.below(bench.k)
                    others.append((count, hospital.share(0..<count)))
                }
                // The insider knows its own share and so the sum of the others'. What counts can the first of them have?
                let rest = others.reduce(0) { $0 + $1.share }
                let left = (0..<bench.k).filter { count in
                    let mine = count == 0 ? [0] : [0, bench.k]
                    return mine.contains { share in
                        let sum = rest - share
                        return sum >= 0 && sum % bench.k == 0 && sum / bench.k <= size - 2
                    }
                }
                trials += 1
                small += others.count { (1..<bench.k).contains($0.share) }
                if left.count == 1, others[0].count > 0 { proved += 1 }
            }
        }
        return Attack.Finding(
            measured: "\(proved) proved in \(trials) totals of 3, 5 and 40, \(small) shares of 1 to \(bench.k - 1)",
            isWithinBar: proved == 0 && small == 0)
    }

    /// The coordinator asks the guardian for the total over as many different sets of hospitals as the roster's rule admits,
    /// and solves for single hospitals.
    private static func dropout(_ bench: AttackBench) throws -> Attack.Finding {
        let names = (0..<10).map { "H\($0)" }
        let roster = try TotalRoster(members: Set(names))
        let all = Set(names)
        var isDirect = 0
        for name in names where (try? roster.admit(all.subtracting([name]), openedBefore: [all])) != nil { isDirect += 1 }
        var random = bench.random(19)
        var opened = [all]
        for _ in 0..<bench.scaled(4_000) {
            let some = Set(names.filter { _ in random.below(4) > 0 })
            if (try? roster.admit(some, openedBefore: opened)) != nil, !opened.contains(some) { opened.append(some) }
        }
        // Which single hospitals are combinations of the opened totals?
        var basis: [[Double]] = []
        for set in opened { reduce(names.map { set.contains($0) ? 1 : 0 }, &basis, adds: true) }
        let single = names.indices.count { place in
            !reduce(names.indices.map { $0 == place ? 1 : 0 }, &basis, adds: false)
        }
        var small = 0
        for number in names.indices {
            var hospital = Hospital(bench, 190 + number)
            if (1..<bench.k).contains(hospital.share(0..<3 + number % 7)) { small += 1 }
        }
        return Attack.Finding(
            measured:
                "\(isDirect) totals without one; \(single) of 10 shares from \(opened.count) totals, \(small) of 1 to \(bench.k - 1)",
            isWithinBar: isDirect == 0 && small == 0)
    }

    /// Reduces a vector by the basis; with `adds` what is left joins it. True if something was left.
    @discardableResult
    private static func reduce(_ vector: [Double], _ basis: inout [[Double]], adds: Bool) -> Bool {
        var vector = vector
        for row in basis {
            guard let pivot = row.firstIndex(where: { abs($0) > 1e-9 }) else { continue }
            let factor = vector[pivot] / row[pivot]
            for index in vector.indices { vector[index] -= factor * row[index] }
        }
        guard vector.contains(where: { abs($0) > 1e-7 }) else { return false }
        if adds { basis.append(vector) }
        return true
    }

    private static func sybil(_ bench: AttackBench) -> Attack.Finding {
        // All other shares are the attacker's own, so the total gives the one honest share.
        var (small, seen) = (0, Set<Int>())
        let trials = bench.scaled(400)
        for trial in 0..<trials {
            var hospital = Hospital(bench, 20_000 + trial)
            let share = hospital.share(0..<1 + trial % (bench.k - 1))
            seen.insert(share)
            if (1..<bench.k).contains(share) { small += 1 }
        }
        let words = seen.sorted().map(String.init).joined(separator: " or ")
        return Attack.Finding(
            measured: "\(small) of \(trials) numbers of 1 to \(bench.k - 1); every small count shows as \(words)",
            isWithinBar: small == 0)
    }

    /// Hashes of members and others, against a sketch: without the linkage key, and with it (a colluding hospital).
    private static func sketch(_ bench: AttackBench) throws -> Attack.Finding {
        var random = bench.random(21)
        func key() throws -> LinkageKey { try LinkageKey(bytes: (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }) }
        let (linkageKey, guess) = (try key(), try key())
        // The attacker asked the question, so it knows all that the salt is made of.
        let salt = SketchSalt(
            TotalSubject(
                query: QueryID(unchecked: "Q-0000-0001"), questionHash: Digest256(of: [1]), cohort: Digest256(of: [2]),
                roster: Digest256(of: [3])))
        func hash(_ person: Int, _ key: LinkageKey) -> UInt64 { key.hash(.init(identifier: "patient-\(person)"), salt: salt) }
        var sketch = try DistinctSketch(precision: SealedSketch.precision)
        let (members, others) = (0..<1_000, 5_000..<6_000)
        for person in members { sketch.insert(hash: hash(person, linkageKey)) }
        /// How well "inserting the person changes nothing" tells members.
        func area(_ key: LinkageKey) -> Double {
            func isIn(_ person: Int) -> Bool {
                var with = sketch
                with.insert(hash: hash(person, key))
                return with == sketch
            }
            let hits = Double(members.count(where: isIn)) / 1_000
            let false_ = Double(others.count(where: isIn)) / 1_000
            return 0.5 + (hits - false_) / 2
        }
        let alone = area(guess)
        let colluding = area(linkageKey)
        func text(_ number: Double) -> String { "\(Double(Int(number * 100)) / 100)" }
        return Attack.Finding(
            measured: "AUC \(text(alone)) without the linkage key; guardian with a hospital \(text(colluding)) (residual)",
            isWithinBar: alone <= 0.55)
    }
}
