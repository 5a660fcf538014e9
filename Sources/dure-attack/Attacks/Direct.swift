import Cohorts
import Disclosure

/// Questions about one patient or a known group.
enum Direct {
    static let all = [
        Attack(number: 1, name: "direct question about one patient", bar: "no reply tells 0 from 1") { try await direct($0) },
        Attack(number: 2, name: "truth about a group", bar: "no group proved") { try await groups($0) },
    ]

    /// count(description and trait), for each target.
    private static func direct(_ bench: AttackBench) async throws -> Attack.Finding {
        var random = bench.random(1)
        let targets = Targets(bench.scaled(200), &random)
        let store = MadeStore(universe: 1_000, seed: bench.seed)
        store.define(targets, others: 600..<900)
        let node = try await bench.node(store, 1)
        var replies: [Bool: Set<DisclosedCount>] = [false: [], true: []]
        var all: [DisclosedCount] = []
        for target in targets.bits.indices {
            let reply = try await node.count(FeasibilityQuestion([Codes.person(target)], .has(Codes.trait)))
            replies[targets.bits[target], default: []].insert(reply)
            all.append(reply)
        }
        let told = zip(all, targets.bits).count { reply, bit in !(replies[!bit]?.contains(reply) ?? false) }
        return Attack.Finding(measured: "\(told) of \(targets.count) replies tell 0 from 1", isWithinBar: told == 0)
    }

    /// count(X), then count(X and trait), where all, none or some of X have the trait.
    private static func groups(_ bench: AttackBench) async throws -> Attack.Finding {
        let store = MadeStore(universe: 3_000, seed: bench.seed)
        var random = bench.random(2)
        let groups = bench.scaled(40)
        var carriers = Array(2_000..<2_400)
        var truth: [Int] = []
        for group in 0..<groups {
            let positives = group % 3 == 0 ? 30 : group % 3 == 1 ? 0 : 1 + random.below(29)
            truth.append(positives)
            store.define(Codes.group(group), group * 30..<group * 30 + 30)
            carriers += group * 30..<group * 30 + positives
        }
        store.define(Codes.trait, carriers)
        let node = try await bench.node(store, 2)
        var proved = 0
        for group in 0..<groups {
            let whole = try await node.count(FeasibilityQuestion([Codes.group(group)]))
            let part = try await node.count(FeasibilityQuestion([Codes.group(group)], .has(Codes.trait)))
            guard let whole = whole.interval, let part = part.interval else { continue }
            if part.high == 0 || part.low >= whole.high { proved += 1 }
        }
        return Attack.Finding(measured: "\(proved) of \(groups) groups proved to be all or none", isWithinBar: proved == 0)
    }
}
