import Cohorts
import Disclosure

/// Pairs of questions that differ by one patient, repeats, and the same question in other words or on other days.
enum Trackers {
    static let all = [
        Attack(number: 6, name: "tracker pair", bar: "right at most base rate + 3 points, 0 certain") { try await pairs($0) },
        Attack(number: 7, name: "complement tracker", bar: "right at most base rate + 3 points, 0 certain") {
            try await complements($0)
        },
        Attack(number: 8, name: "bases on the edge of a rounding step", bar: "right at most base rate + 3 points, 0 certain") {
            try await edges($0)
        },
        Attack(number: 9, name: "two colluding projects", bar: "right at most base rate + 3 points, 0 certain") {
            try await collusion($0)
        },
        Attack(number: 12, name: "repeat and average", bar: "one answer a group, 0 exact counts") { try await repeats($0) },
        Attack(number: 13, name: "reword and restart", bar: "one answer a group") { try await rewordings($0) },
        Attack(number: 15, name: "a standing question while data grow", bar: "0 days read") { try await growth($0) },
    ]

    /// What an attacker who compares replies has found.
    struct Score {
        private(set) var right = 0
        private(set) var certain = 0
        let targets: Targets

        init(_ targets: Targets) { self.targets = targets }

        /// - Parameter differs: whether some pair of replies differed, which an attacker takes for a yes.
        mutating func add(_ target: Int, differs: Bool) {
            if differs == targets.bits[target] { right += 1 }
            if differs, targets.bits[target] { certain += 1 }
        }

        var finding: Attack.Finding {
            Attack.Finding(
                measured: "\(right) of \(targets.count) right, base rate \(targets.baseRate), \(certain) certain",
                isWithinBar: Double(right - targets.baseRate) <= 0.03 * Double(targets.count) && certain == 0)
        }
    }

    /// B, then "B or (description and trait)": by an "or" of criteria, and by a rare code added to B's concept set.
    private static func pairs(_ bench: AttackBench) async throws -> Attack.Finding {
        var random = bench.random(6)
        let targets = Targets(bench.scaled(100, atLeast: 12), &random)
        let store = MadeStore(universe: 4_000, seed: bench.seed)
        store.define(targets)
        let bases = bench.scaled(50, atLeast: 10)
        for base in 0..<bases {
            let start = 200 + random.below(3_000)
            store.define(Codes.group(base), start..<start + 60 + 11 * base)
        }
        let node = try await bench.node(store, 6)
        var without: [DisclosedCount] = []
        for base in 0..<bases { without.append(try await node.count(FeasibilityQuestion([Codes.group(base)]))) }
        var scores = [1, 10, bases].map { (bases: $0, score: Score(targets)) }
        for target in targets.bits.indices {
            var differs: [Bool] = []
            for base in 0..<bases {
                let with =
                    base.isMultiple(of: 2)
                    ? FeasibilityQuestion([Codes.group(base), Codes.mark(target)])
                    : FeasibilityQuestion(
                        [Codes.everybody],
                        .any([.has(Codes.group(base)), .all([.has(Codes.person(target)), .has(Codes.trait)])]))
                let reply = try await node.count(with)
                differs.append(reply.shown != without[base].shown)
            }
            for place in scores.indices {
                scores[place].score.add(target, differs: differs.prefix(scores[place].bases).contains(true))
            }
        }
        let words = scores.map { "\($0.score.right)" }.joined(separator: "/")
        let last = scores[2].score
        return Attack.Finding(
            measured:
                "\(words) of \(targets.count) right at 1/10/\(bases) bases, base rate \(targets.baseRate), \(last.certain) certain",
            isWithinBar: scores.allSatisfy { $0.score.finding.isWithinBar })
    }

    /// Everybody, and everybody but (description and trait); then the same within a group, asked in the other order.
    private static func complements(_ bench: AttackBench) async throws -> Attack.Finding {
        var random = bench.random(7)
        let targets = Targets(bench.scaled(100), &random)
        var score = Score(targets)
        for target in targets.bits.indices {
            // A new hospital for each target: the first question about everybody is asked once only.
            let store = MadeStore(universe: 1_001 + target, seed: bench.seed)
            store.define(targets)
            store.define(Codes.group(0), 0..<150 + target)
            let node = try await bench.node(store, 700 + target)
            let but = Term.any([.not(Codes.person(target)), .not(Codes.trait)])
            let ofGroup = try await node.count(FeasibilityQuestion([Codes.group(0)], but))
            let group = try await node.count(FeasibilityQuestion([Codes.group(0)]))
            let all = try await node.count(FeasibilityQuestion([Codes.everybody]))
            let ofAll = try await node.count(FeasibilityQuestion([Codes.everybody], .not(Codes.mark(target))))
            score.add(target, differs: ofAll.shown != all.shown || ofGroup.shown != group.shown)
        }
        return score.finding
    }

    /// As the pair, with bases of every rest modulo the base of rounding.
    private static func edges(_ bench: AttackBench) async throws -> Attack.Finding {
        var random = bench.random(8)
        let targets = Targets(bench.scaled(100), &random)
        let store = MadeStore(universe: 4_000, seed: bench.seed)
        store.define(targets)
        let bases = 20
        for base in 0..<bases { store.define(Codes.group(base), 200 + base * 150..<200 + base * 150 + 60 + base) }
        let node = try await bench.node(store, 8)
        var score = Score(targets)
        var without: [Int?] = []
        for base in 0..<bases { without.append(try await node.count(FeasibilityQuestion([Codes.group(base)])).shown) }
        for target in targets.bits.indices {
            var differs = false
            for base in 0..<bases {
                let reply = try await node.count(FeasibilityQuestion([Codes.group(base), Codes.mark(target)]))
                if reply.shown != without[base] { differs = true }
            }
            score.add(target, differs: differs)
        }
        return score.finding
    }

    /// One project asks B, the other "B or the target".
    private static func collusion(_ bench: AttackBench) async throws -> Attack.Finding {
        var random = bench.random(9)
        let targets = Targets(bench.scaled(100), &random)
        let store = MadeStore(universe: 8_000, seed: bench.seed)
        store.define(targets)
        let node = try await bench.node(store, 9)
        var score = Score(targets)
        for target in targets.bits.indices {
            store.define(Codes.group(target), 200 + target * 70..<200 + target * 70 + 60 + target % 10)
            let one = try await node.count(FeasibilityQuestion([Codes.group(target)]), project: 1 + target % 7)
            let two = try await node.count(
                FeasibilityQuestion([Codes.group(target), Codes.mark(target)]), project: 11 + target % 7)
            score.add(target, differs: one.shown != two.shown)
        }
        return score.finding
    }

    /// The same question again and again, as several projects, with the mean taken.
    private static func repeats(_ bench: AttackBench) async throws -> Attack.Finding {
        var random = bench.random(12)
        let store = MadeStore(universe: 4_000, seed: bench.seed)
        let node = try await bench.node(store, 12)
        let (groups, times) = (bench.scaled(20), bench.scaled(60))
        var (most, exact) = (0, 0)
        for group in 0..<groups {
            // Sizes that are no multiples of the base, so that no single answer is the count.
            let size = 40 + 5 * random.below(100) + 1 + random.below(4)
            store.define(Codes.group(group), 100 * group..<100 * group + size)
            var seen: [DisclosedCount] = []
            for time in 0..<times {
                seen.append(try await node.count(FeasibilityQuestion([Codes.group(group)]), project: 1 + time))
            }
            most = max(most, Set(seen).count)
            let mean = Double(seen.compactMap(\.shown).reduce(0, +)) / Double(times)
            if Int(mean.rounded()) == size { exact += 1 }
        }
        return Attack.Finding(
            measured: "\(most) answer a group, \(exact) of \(groups) counts exact after \(times) repeats",
            isWithinBar: most == 1 && exact == 0)
    }

    /// One group in many words, and the node restarted in between.
    private static func rewordings(_ bench: AttackBench) async throws -> Attack.Finding {
        let store = MadeStore(universe: 2_000, seed: bench.seed)
        store.define(Codes.everybody, 0..<2_000)
        store.define(7, [])
        let node = try await bench.node(store, 13)
        var most = 0
        let groups = bench.scaled(10)
        for group in 0..<groups {
            let code = Codes.group(group)
            store.define(code, 90 * group..<90 * group + 43 + 17 * group)
            let words = [
                FeasibilityQuestion([code]), FeasibilityQuestion([code, code]), FeasibilityQuestion([code, 7]),
                FeasibilityQuestion([7, code]), FeasibilityQuestion([Codes.everybody], .has(code)),
                FeasibilityQuestion([code], .has(Codes.everybody)), FeasibilityQuestion([code], .not(7)),
                FeasibilityQuestion([Codes.everybody], .any([.has(code), .has(7)])),
                FeasibilityQuestion([Codes.everybody], .all([.has(code), .any([.has(code), .has(Codes.everybody)])])),
            ]
            var shown = Set<Int?>()
            for (place, question) in words.enumerated() {
                shown.insert(try await node.count(question).shown)
                if place.isMultiple(of: 4) { try await node.restart() }
            }
            most = max(most, shown.count)
        }
        return Attack.Finding(measured: "\(most) answer for one group in 9 wordings and 3 restarts", isWithinBar: most == 1)
    }

    /// One question on sixty days, with up to four arrivals a day and some patients who opt out.
    private static func growth(_ bench: AttackBench) async throws -> Attack.Finding {
        var random = bench.random(15)
        let store = MadeStore(universe: 2_000, seed: bench.seed)
        var members = Set(0..<300)
        var next = 300
        store.define(Codes.group(0), members)
        let node = try await bench.node(store, 15)
        var last = try await node.count(FeasibilityQuestion([Codes.group(0)])).shown
        let days = bench.scaled(60, atLeast: 12)
        var read = 0
        for day in 0..<days {
            let arrivals = random.below(5)
            let leaving = day % 9 == 8 ? 1 : 0
            for _ in 0..<arrivals {
                members.insert(next)
                next += 1
            }
            if leaving > 0 { members.remove(random.below(300)) }
            store.define(Codes.group(0), members)
            // A new load each day: under one name the node would say again what it has said.
            store.rename("made/\(2 + day)")
            try await node.restart()
            let now = try await node.count(FeasibilityQuestion([Codes.group(0)]), project: 1 + day).shown
            if let last, let now, now != last, now - last == arrivals - leaving { read += 1 }
            last = now
        }
        return Attack.Finding(measured: "\(read) of \(days) days read", isWithinBar: read == 0)
    }
}
