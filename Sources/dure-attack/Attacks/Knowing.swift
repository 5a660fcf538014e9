import Cohorts
import Disclosure

/// Attackers who know the patients, or who let a program look for the questions.
enum Knowing {
    static let all = [
        Attack(
            number: 14, name: "reconstruction of known people",
            bar: "majority guess + 3 points by criteria, + 10 by lists of rare codes (residual risk)"
        ) {
            try await reconstruction($0)
        },
        Attack(
            number: 16, name: "padding with known patients (residual risk)",
            bar: "no more than the keyed offset leaves + 4 points"
        ) {
            try await padding($0)
        },
        Attack(number: 25, name: "automated search for questions", bar: "best accuracy at most 55 %") { try await search($0) },
    ]

    // MARK: 14

    /// "One of this random half, and the trait", many times, and two decoders: the bits that fit the shown numbers best, and
    /// for each patient how often the halves with it were shown. For lists of rare codes the second one is a residual risk:
    /// branch support does not look inside a concept set.
    private static func reconstruction(_ bench: AttackBench) async throws -> Attack.Finding {
        var (words, residual): ([String], [String]) = ([], [])
        var isWithin = true
        for (people, questions) in [(50, 100), (100, 150), (200, 200)] {
            var (right, byShown, majority, total) = (0, 0, 0, 0)
            let runs = bench.scaled(people == 50 ? 10 : 6, atLeast: 2)
            for run in 0..<runs {
                let told = try await reconstruct(bench, people, questions, run)
                right += told.right
                byShown += told.byShown
                majority += told.majority
                total += people
            }
            words.append("\(percent(right, total)) of \(people) people's (majority \(percent(majority, total)))")
            if people > 50 { residual.append(percent(byShown, total)) }
            if Double(right - majority) > (people <= 50 ? 0.03 : 0.1) * Double(total) { isWithin = false }
        }
        return Attack.Finding(
            measured: words.joined(separator: ", ") + " bits right; shown or hidden, lists of rare codes: "
                + residual.joined(separator: ", ") + " (residual)", isWithinBar: isWithin)
    }

    static func percent(_ part: Int, _ whole: Int) -> String {
        "\(Int((100 * Double(part) / Double(max(1, whole))).rounded())) %"
    }

    /// One run against one hospital. Halves of up to fifty people are an "or" of criteria; larger ones do not fit into a
    /// question and are lists of rare codes.
    private static func reconstruct(
        _ bench: AttackBench, _ people: Int, _ questions: Int, _ run: Int
    ) async throws -> (right: Int, byShown: Int, majority: Int) {
        var random = bench.random(1_400 + 10 * people + run)
        let targets = Targets(people, &random)
        let store = MadeStore(universe: 1_000, seed: bench.seed)
        store.define(targets, others: 500..<700)
        let node = try await bench.node(store, 1_400 + 10 * people + run)
        var halves: [[Int]] = []
        var replies: [DisclosedCount] = []
        for _ in 0..<questions {
            let half = Array(targets.bits.indices.shuffled(using: &random).prefix(people / 2))
            let question =
                people <= 50
                ? FeasibilityQuestion([Codes.trait], .any(half.map { .has(Codes.person($0)) }))
                : FeasibilityQuestion(half.map(Codes.mark))
            halves.append(half)
            replies.append(try await node.count(question))
        }
        let yes = targets.bits.count { $0 }
        let majority = max(yes, people - yes)
        // A decoder that has nothing to go by tells the majority at best.
        let found = [byNumbers(people, halves, replies), byShown(people, halves, replies)].map { guess in
            guess.map { zip($0, targets.bits).count { $0 == $1 } } ?? majority
        }
        // An "or" of criteria is held against both decoders; the attacker takes the better one, which is generous.
        return (people <= 50 ? max(found[0], found[1]) : found[0], found[1], majority)
    }

    /// Bits between 0 and 1 that fit the shown numbers with the smallest sum of errors, then rounded.
    private static func byNumbers(_ people: Int, _ halves: [[Int]], _ replies: [DisclosedCount]) -> [Bool]? {
        let known = zip(halves, replies).compactMap { half, reply in reply.shown.map { (half, $0) } }
        guard !known.isEmpty else { return nil }
        var program = LinearAttacker(unknowns: people + 2 * known.count)
        for person in 0..<people { program.bound(person, 0, 1) }
        for (number, (half, shown)) in known.enumerated() {
            let errors = [(people + 2 * number, 1.0), (people + 2 * number + 1, -1.0)]
            program.require(half.map { ($0, 1.0) } + errors, Double(shown), Double(shown))
        }
        let costs = [Double](repeating: 0, count: people) + [Double](repeating: 1, count: 2 * known.count)
        return program.minimise(costs)?.prefix(people).map { $0 > 0.5 }
    }

    /// Patients whose halves were shown more often than the middle patient's.
    private static func byShown(_ people: Int, _ halves: [[Int]], _ replies: [DisclosedCount]) -> [Bool]? {
        let shown = replies.map { $0.shown != nil }
        guard Set(shown).count == 2 else { return nil }
        var score = [Double](repeating: 0, count: people)
        let mean = Double(shown.count { $0 }) / Double(shown.count)
        for (half, isShown) in zip(halves, shown) { for person in half { score[person] += (isShown ? 1 : 0) - mean } }
        let middle = score.sorted()[people / 2]
        return score.map { $0 > middle }
    }

    // MARK: 16

    /// Groups of exactly k - 1 known patients and the target: shown, or hidden?
    private static func padding(_ bench: AttackBench) async throws -> Attack.Finding {
        var random = bench.random(16)
        let targets = Targets(bench.scaled(200, atLeast: 40), &random)
        var rights: [Int] = []
        for groups in [1, 10] {
            var right = 0
            // Fifty targets a hospital: groups are not used twice.
            for first in stride(from: 0, to: targets.count, by: 20) {
                let store = MadeStore(universe: 300 + 20 * groups * bench.k, seed: bench.seed)
                store.define(targets)
                let node = try await bench.node(store, 1_600 + groups * 1_000 + first)
                for target in first..<min(first + 20, targets.count) {
                    var isYes = false
                    for group in 0..<groups {
                        let start = 300 + ((target - first) * groups + group) * (bench.k - 1)
                        let code = Codes.group(target * 10 + group)
                        store.define(code, start..<start + bench.k - 1)
                        let reply = try await node.count(FeasibilityQuestion([code, Codes.mark(target)]))
                        if reply.shown != nil { isYes = true }
                    }
                    if isYes == targets.bits[target] { right += 1 }
                }
            }
            rights.append(right)
        }
        // "Shown" tells a yes where the offset of that very group is 0: one time in d + 1 for each group.
        let d = bench.rules.ledger ? Double(bench.rules.offset) : 0
        let left = [1, 10].map { groups in
            let missed = (0..<groups).reduce(1.0) { chance, _ in chance * d / (d + 1) }
            return Double(targets.baseRate) + Double(targets.count - targets.baseRate) * (1 - missed)
        }
        return Attack.Finding(
            measured:
                "\(percent(rights[0], targets.count)) right with 1 group, \(percent(rights[1], targets.count)) with 10 (base rate "
                + "\(percent(targets.baseRate, targets.count)))",
            isWithinBar: bench.rules.offset > 0
                && zip(rights, left).allSatisfy { Double($0) - $1 <= 0.04 * Double(targets.count) })
    }
}
