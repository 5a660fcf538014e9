import ArgumentParser

/// What documented formulas of other systems score on attack 6.
struct PeersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers", abstract: "The tracker pair (attack 6) against documented formulas of other systems.",
        discussion: """
            Formulas, not products: deployments add accounts, logs, rate limits and contracts. 1,000 targets; each pair of \
            questions is answered by the formula, and the attacker takes the larger mean, or any certain difference, for a yes.
            """)

    func run() {
        let pairs = [1, 10, 50, 200]
        print("formula | right of 1,000 at \(pairs.map { "\(2 * $0)" }.joined(separator: "/")) questions (wrongly told yes)")
        for formula in PeerFormula.all {
            let scores = pairs.map { Self.score(formula, pairs: $0) }
            print("\(formula.name) | \(scores.map { "\($0.right) (\($0.wrong))" }.joined(separator: ", "))")
        }
    }

    /// One attacker against each of a thousand targets.
    static func score(_ formula: PeerFormula, pairs: Int) -> (right: Int, wrong: Int) {
        var random = SeededRandom(seed: 6)
        var (right, wrong) = (0, 0)
        for target in 0..<1_000 {
            let isYes = random.coin()
            var sum = 0.0
            var isCertain = false
            for pair in 0..<pairs {
                let base = 60 + 11 * pair + random.below(11)
                let set = UInt64(target) << 32 | UInt64(pair)
                let without = formula.reply(base, set, &random)
                // Without the trait, both questions find the same patients.
                let with = formula.reply(base + (isYes ? 1 : 0), isYes ? ~set : set, &random)
                if formula.isFixed, without != with { isCertain = true }
                sum += with - without
            }
            // With fixed replies any difference is certain; with fresh noise the mean difference is compared with a half.
            let says = formula.isFixed ? isCertain : sum / Double(pairs) > 0.5
            if says == isYes { right += 1 } else if says { wrong += 1 }
        }
        return (right, wrong)
    }
}

/// A way in which some system changes a count before it shows it, as its public documentation or source states it.
struct PeerFormula: Sendable {
    let name: String
    /// Whether the same group always gets the same reply.
    let isFixed: Bool
    /// A reply for a count of a group with the given identity.
    let reply: @Sendable (_ count: Int, _ set: UInt64, _ random: inout SeededRandom) -> Double

    private static func rounded(_ value: Double, _ base: Double) -> Double { (value / base).rounded() * base }
    private static func keyed(_ key: UInt64) -> SeededRandom { SeededRandom(seed: key &* 0x9E37_79B9_7F4A_7C15 ^ 77) }
    private static func laplace(_ scale: Double, _ random: inout SeededRandom) -> Double {
        // The difference of two exponential deviates; -ln u by halving, which is fine enough here.
        func exponential() -> Double {
            var whole = 0.0
            var rest = random.fraction()
            while rest < 0.5 {
                rest *= 2
                whole += 0.693_147_180_56
                if whole > 40 { break }
            }
            return whole + 2 * (1 - rest) / (1 + rest) * (1 + (1 - rest) * (1 - rest) / (3 * (1 + rest) * (1 + rest)))
        }
        return scale * (exponential() - exponential())
    }

    static let all = [
        PeerFormula(name: "threshold 5, exact above", isFixed: true) { count, _, _ in count < 5 ? 0 : Double(count) },
        PeerFormula(name: "suppress below 10, round to 10", isFixed: true) { count, _, _ in
            count < 10 ? 0 : rounded(Double(count), 10)
        },
        PeerFormula(name: "round up to 10", isFixed: true) { count, _, _ in Double((count + 9) / 10 * 10) },
        PeerFormula(name: "N(0, 1.33) clamped to 3, fresh", isFixed: false) { count, _, random in
            Double(count) + min(3, max(-3, 1.33 * random.normal()))
        },
        PeerFormula(name: "bins of 5, N(0, 6.5) clamped to 10, fresh", isFixed: false) { count, _, random in
            rounded(Double(count), 5) + min(10, max(-10, 6.5 * random.normal()))
        },
        PeerFormula(name: "N(0, 1.323), fresh", isFixed: false) { count, _, random in Double(count) + 1.323 * random.normal() },
        PeerFormula(name: "Laplace(1/0.28), round 10, kept by count", isFixed: true) { count, _, _ in
            var kept = keyed(UInt64(count))
            return rounded(Double(count) + laplace(1 / 0.28, &kept), 10)
        },
        PeerFormula(name: "Laplace(1/0.5), round 10, kept by count", isFixed: true) { count, _, _ in
            var kept = keyed(UInt64(count) + 1_000_000)
            return rounded(Double(count) + laplace(2, &kept), 10)
        },
        PeerFormula(name: "+-3 by a hash of the count", isFixed: true) { count, _, _ in
            var kept = keyed(UInt64(count) + 2_000_000)
            return Double(count + kept.below(7) - 3)
        },
        PeerFormula(name: "N(0, 2) kept by the set of patients (cell key)", isFixed: true) { count, set, _ in
            var kept = keyed(set)
            return Double(count) + 2 * kept.normal()
        },
    ]
}
