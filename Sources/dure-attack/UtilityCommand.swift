import ArgumentParser
import Cohorts
import Disclosure
import Foundation

/// What the gate costs an honest researcher.
struct UtilityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "utility", abstract: "What honest questions get: answered exactly, rounded, with a known number, or hidden.",
        discussion: """
            A researcher refines a cohort step by step, 600 questions in sessions of about fifteen: an entry group, criteria in and \
            out one at a time, and now and then a question that was asked before. One hospital of 20,000 made-up patients, whose \
            traits are of every size. Rates are of all 600; the error is of the shown number against the true count.
            """)

    @Option(help: ArgumentHelp("The policy to measure; without one, the defaults.", valueName: "policy.yaml"))
    var policy: String?

    @Option(help: "The seed of the made-up hospital.")
    var seed: UInt64 = 20_261_122

    @Option(help: "How many questions.")
    var questions: Int = 600

    func run() async throws {
        let bench = try AttackBench(policy: PolicyOption.read(policy), seed: seed)
        print(try await HonestUse(bench, questions: questions).measured())
    }
}

/// The refinement sessions of an honest researcher.
struct HonestUse {
    private let bench: AttackBench
    private let questions: Int
    private let universe = 20_000
    private let traits = 40

    init(_ bench: AttackBench, questions: Int) {
        self.bench = bench
        self.questions = questions
    }

    func measured() async throws -> String {
        var random = bench.random(600)
        let store = MadeStore(universe: universe, seed: bench.seed)
        var members: [[Bool]] = []
        for trait in 0..<traits {
            // Shares from one in two thousand to one in two, evenly by their logarithm.
            var share = 0.5
            for _ in 0..<trait * 11 / traits { share /= 2 }
            let has = (0..<universe).map { _ in random.fraction() < share }
            members.append(has)
            store.define(Codes.group(trait), has.indices.filter { has[$0] })
        }
        let node = try await bench.node(store, 600)
        var seen: [FeasibilityQuestion: DisclosedCount] = [:]
        var (exact, rounded, known, hidden, small, repeats, within) = (0, 0, 0, 0, 0, 0, 0)
        var errors: [Double] = []
        var (entry, terms): (Int, [(trait: Int, isIn: Bool)]) = (0, [])
        for number in 0..<questions {
            if number.isMultiple(of: 15) { (entry, terms) = (random.below(traits * 2 / 3), []) } else { refine(&terms, &random) }
            let question = FeasibilityQuestion(
                [Codes.group(entry)], terms.map { $0.isIn ? .has(Codes.group($0.trait)) : .not(Codes.group($0.trait)) })
            let truth = (0..<universe).count { person in
                members[entry][person] && terms.allSatisfy { members[$0.trait][person] == $0.isIn }
            }
            if seen[question] != nil { repeats += 1 }
            let count = try await node.count(question, project: 1 + number / 100)
            seen[question] = count
            if count.interval?.contains(truth) == true { within += 1 }
            guard let shown = count.shown else {
                hidden += 1
                if truth < bench.k + bench.rules.offset { small += 1 }
                continue
            }
            errors.append(Double(abs(shown - truth)) / Double(max(1, truth)))
            if shown == truth { exact += 1 } else if abs(shown - truth) < bench.rules.roundTo { rounded += 1 } else { known += 1 }
        }
        errors.sort()
        func share(_ count: Int) -> String { Knowing.percent(count, questions) }
        func error(_ place: Double) -> String {
            guard !errors.isEmpty else { return "-" }
            let value = errors[min(errors.count - 1, Int(place * Double(errors.count)))]
            return "\((value * 1_000).rounded() / 10) %"
        }
        return """
            questions \(questions), of them asked before \(share(repeats))
            exact \(share(exact))
            rounded \(share(rounded))
            known number of a near group \(share(known))
            hidden \(share(hidden)), of them fewer than \(bench.k + bench.rules.offset) patients \(Knowing.percent(small, hidden))
            truth inside the stated bounds \(share(within))
            relative error of shown numbers: median \(error(0.5)), nine in ten at most \(error(0.9)), largest \(error(1))
            """
    }

    private func refine(_ terms: inout [(trait: Int, isIn: Bool)], _ random: inout SeededRandom) {
        switch random.below(10) {
        case 0..<6:
            let trait = random.below(traits)
            if !terms.contains(where: { $0.trait == trait }) { terms.append((trait, random.below(3) > 0)) }
        case 6..<9: if !terms.isEmpty { terms.remove(at: random.below(terms.count)) }
        default: break
        }
    }
}
