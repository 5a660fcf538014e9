import Cohorts
import Disclosure

extension Knowing {
    /// One question of a set that the search has made up: some groups, and the target in one of four forms or not at all.
    private struct Gene {
        enum Form: CaseIterable { case absent, code, criterion, without, alone }
        var groups: [Int]
        var form: Form

        static func random(_ groups: Int, _ random: inout SeededRandom) -> Gene {
            let count = 1 + random.below(3)
            return Gene(
                groups: (0..<count).map { _ in random.below(groups) },
                form: Form.allCases[random.below(Form.allCases.count)])
        }

        func question(_ target: Int) -> FeasibilityQuestion {
            let codes = groups.map(Codes.group)
            switch form {
            case .absent: return FeasibilityQuestion(codes)
            case .code: return FeasibilityQuestion(codes + [Codes.mark(target)])
            case .criterion:
                return FeasibilityQuestion(
                    [Codes.everybody], .any([.has(codes), .all([.has(Codes.person(target)), .has(Codes.trait)])]))
            case .without:
                return FeasibilityQuestion(codes + [Codes.person(target)], .not(Codes.mark(target)))
            case .alone: return FeasibilityQuestion([Codes.person(target)], .has(Codes.trait))
            }
        }
    }

    /// What the attacker concludes from the replies to one set of questions: one comparison of two of them, or of one with a
    /// number.
    private struct Rule {
        var left: Int
        var right: Int?
        var threshold: Int
        var isTurned: Bool

        func says(_ replies: [Int]) -> Bool {
            (replies[left] - (right.map { replies[$0] } ?? 0) > threshold) != isTurned
        }
    }

    /// Sets of questions are bred on targets whose bits are known to the attacker, and the best set is tried on others.
    static func search(_ bench: AttackBench) async throws -> Attack.Finding {
        var (right, tried, asked) = (0, 0, 0)
        var best = 0.0
        for dataset in 0..<3 {
            var random = bench.random(2_500 + dataset)
            let trained = 20
            let tests = bench.scaled(120, atLeast: 60)
            let targets = Targets(trained + tests, &random)
            let store = MadeStore(universe: 3_000, seed: bench.seed + UInt64(dataset))
            store.define(targets, others: 1_000..<1_400)
            let groups = 12
            for group in 0..<groups {
                let start = 300 + random.below(2_300)
                store.define(Codes.group(group), start..<start + 20 + random.below(120))
            }
            let node = try await bench.node(store, 2_500 + dataset)
            func replies(_ set: [Gene], _ target: Int) async throws -> [Int] {
                var found: [Int] = []
                for gene in set { found.append(try await node.count(gene.question(target)).shown ?? 0) }
                asked += set.count
                return found
            }
            var population = (0..<4).map { _ in (0..<4).map { _ in Gene.random(groups, &random) } }
            var leader: (set: [Gene], rule: Rule, right: Int)?
            for _ in 0..<3 {
                var scored: [(set: [Gene], rule: Rule, right: Int)] = []
                for set in population {
                    var seen: [[Int]] = []
                    for target in 0..<trained { seen.append(try await replies(set, target)) }
                    let (rule, right) = bestRule(seen, Array(targets.bits.prefix(trained)))
                    scored.append((set, rule, right))
                }
                scored.sort { $0.right > $1.right }
                if scored[0].right > leader?.right ?? -1 { leader = scored[0] }
                // The two best stay; their children have some other questions.
                population = scored.prefix(2).flatMap { parent in
                    [parent.set, parent.set.map { random.below(3) == 0 ? Gene.random(groups, &random) : $0 }]
                }
            }
            guard let leader else { continue }
            var found = 0
            for target in trained..<targets.count
            where leader.rule.says(try await replies(leader.set, target)) == targets.bits[target] { found += 1 }
            right += found
            tried += tests
            best = max(best, Double(found) / Double(tests))
        }
        let accuracy = Double(right) / Double(tried)
        return Attack.Finding(
            measured:
                "\(percent(right, tried)) right over 3 data sets (best \(Int((100 * best).rounded())) %), \(asked) questions",
            isWithinBar: accuracy <= 0.55)
    }

    private static func bestRule(_ replies: [[Int]], _ bits: [Bool]) -> (Rule, Int) {
        var best = (Rule(left: 0, right: nil, threshold: 0, isTurned: false), -1)
        let count = replies[0].count
        for left in 0..<count {
            for right in [nil] + (0..<count).map(Optional.init) where right != left {
                let values = Set(replies.map { reply in reply[left] - (right.map { reply[$0] } ?? 0) })
                for threshold in Set(values.map { $0 - 1 } + values) {
                    for isTurned in [false, true] {
                        let rule = Rule(left: left, right: right, threshold: threshold, isTurned: isTurned)
                        let found = zip(replies, bits).count { rule.says($0) == $1 }
                        if found > best.1 { best = (rule, found) }
                    }
                }
            }
        }
        return best
    }
}
