import Cohorts
import Disclosure

/// Sums and differences of more than two groups.
enum Overlaps {
    static let all = [
        Attack(number: 10, name: "sums of two to six groups", bar: "right at most base rate + 3 points for every length") {
            try await sums($0)
        },
        Attack(number: 11, name: "bands that differ by one year", bar: "no more told than by guessing one size + 3 points") {
            try await bands($0)
        },
    ]

    /// Disjoint groups, then all of them and the target: what is left over is the target.
    private static func sums(_ bench: AttackBench) async throws -> Attack.Finding {
        var random = bench.random(10)
        let targets = Targets(bench.scaled(200), &random)
        var rights: [Int] = []
        for length in [2, 3, 4, 6] {
            let store = MadeStore(universe: 4_000, seed: bench.seed)
            store.define(targets)
            let node = try await bench.node(store, 100 + length)
            let parts = (0..<length - 1).map { Codes.group($0) }
            var sum = 0
            for (place, part) in parts.enumerated() {
                let start = 300 + place * 400
                store.define(part, start..<start + 45 + 37 * place + random.below(30))
                sum += try await node.count(FeasibilityQuestion([part])).shown ?? 0
            }
            var right = 0
            for target in targets.bits.indices {
                let reply = try await node.count(FeasibilityQuestion(parts + [Codes.mark(target)]))
                // Without a target the sum is known; anything else is taken for a yes.
                if (reply.shown != sum) == targets.bits[target] { right += 1 }
            }
            rights.append(right)
        }
        return Attack.Finding(
            measured:
                "\(rights.map(String.init).joined(separator: "/")) of \(targets.count) right at 2/3/4/6 terms, base rate "
                + "\(targets.baseRate)",
            isWithinBar: rights.allSatisfy { Double($0 - targets.baseRate) <= 0.03 * Double(targets.count) })
    }

    /// Ten-year bands at every start, and nine-year bands inside them: differences are single years.
    private static func bands(_ bench: AttackBench) async throws -> Attack.Finding {
        var (told, small, commonest) = (0, 0, [Int: Int]())
        for round in 0..<bench.scaled(10) {
            var random = bench.random(11 + round)
            let store = MadeStore(universe: 2_000, seed: bench.seed)
            let node = try await bench.node(store, 110 + round)
            let sizes = (0..<30).map { _ in random.coin() ? 1 + random.below(10) : 11 + random.below(30) }
            var starts = [0]
            for size in sizes { starts.append(starts[starts.count - 1] + size) }
            func band(_ from: Int, _ to: Int) async throws -> Int? {
                let code = Codes.group(from * 100 + to)
                store.define(code, starts[from]..<starts[to])
                return try await node.count(FeasibilityQuestion([code])).shown
            }
            for year in 0..<20 {
                guard let ten = try await band(year, year + 10), let nine = try await band(year + 1, year + 10) else { continue }
                guard sizes[year] < bench.k else { continue }
                small += 1
                commonest[sizes[year], default: 0] += 1
                if ten - nine == sizes[year] { told += 1 }
            }
        }
        // The same size named for every group is right as often as the commonest one occurs.
        let guess = commonest.values.max() ?? 0
        return Attack.Finding(
            measured: "\(told) of \(small) one-year groups of 1 to \(bench.k - 1) told, guessing one size tells \(guess)",
            isWithinBar: Double(told - guess) <= 0.03 * Double(small))
    }
}
