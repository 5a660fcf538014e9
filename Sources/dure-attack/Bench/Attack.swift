import Cohorts
import Disclosure
import Federation
import NodeAgent

/// One attack: what it tries, what it may reach at most, and how it is done.
struct Attack: Sendable {
    let number: Int
    let name: String
    /// The bar, in words.
    let bar: String
    let run: @Sendable (AttackBench) async throws -> Finding

    /// What an attack reached.
    struct Finding: Sendable {
        let measured: String
        let isWithinBar: Bool
    }

    /// All of them, in their order.
    static let all: [Attack] =
        Direct.all + Tables.all + Trackers.all + Overlaps.all + Knowing.all + Totals.all + Outside.all
        + Sequences.all
    static let inOrder: [Attack] = all.sorted { $0.number < $1.number }
}

/// What attacks stand on: the policy that is attacked, and made-up hospitals.
struct AttackBench: Sendable {
    /// The policy that is attacked. Of the given one its disclosure rules, forms and limits; otherwise it answers every project at
    /// once, because an attacker is a researcher with access, and an attack on a closed door says nothing of the numbers.
    var policy: Policy
    let seed: UInt64
    /// How many targets and repeats, as a share of the full run: the tests take less.
    let scale: Double

    var rules: DisclosureRules { policy.disclosure }
    var k: Int { rules.threshold }

    init(policy given: Policy, seed: UInt64 = 20_261_122, scale: Double = 1) throws {
        policy = try Policy(text: ConfigurationTemplates.policy, name: "default policy")
        policy.unlisted = .answer
        policy.disclosure = given.disclosure
        policy.defaults = given.defaults
        policy.limits.criteria = given.limits.criteria
        policy.limits.conceptSets = given.limits.conceptSets
        // What the attacks ask for must be answered for them to be a test of the numbers.
        policy.defaults.releaseModes.insert(.named)
        policy.defaults.attrition = true
        policy.defaults.breakdown = true
        policy.defaults.breakdownDimensions = max(policy.defaults.breakdownDimensions, 2)
        self.seed = seed
        self.scale = scale
    }

    func random(_ purpose: Int) -> SeededRandom { SeededRandom(seed: seed &+ UInt64(purpose) &* 7_919) }

    func node(_ store: MadeStore, _ purpose: Int, replySlot: Duration = .zero) async throws -> AttackedNode {
        try await AttackedNode(policy: policy, store: store, secret: seed &+ UInt64(purpose), replySlot: replySlot)
    }

    func scaled(_ count: Int, atLeast least: Int = 4) -> Int { max(least, Int(Double(count) * scale)) }
}

/// Made-up targets: known patients 0, 1, ..., of whom about half have the trait that is to be found out.
struct Targets {
    let bits: [Bool]
    var count: Int { bits.count }
    /// What guessing "no" tells right.
    var baseRate: Int { bits.count { !$0 } }

    init(_ count: Int, _ random: inout SeededRandom) { bits = (0..<count).map { _ in random.coin() } }
}

/// Concepts of the made-up hospitals.
enum Codes {
    /// Everybody.
    static let everybody = 1
    /// The trait that is to be found out.
    static let trait = 2
    /// A group of patients that the attack chose.
    static func group(_ number: Int) -> Int { 1_000 + number }
    /// A description that fits one known patient.
    static func person(_ number: Int) -> Int { 100_000 + number }
    /// A rare code that the patient has only with the trait.
    static func mark(_ number: Int) -> Int { 500_000 + number }
}

extension MadeStore {
    /// Defines everybody, the targets' descriptions, the trait and the marks.
    func define(_ targets: Targets, others: some Sequence<Int> = [Int]()) {
        define(Codes.everybody, 0..<universe)
        define(Codes.trait, targets.bits.indices.filter { targets.bits[$0] } + Array(others))
        for person in targets.bits.indices {
            define(Codes.person(person), [person])
            define(Codes.mark(person), targets.bits[person] ? [person] : [])
        }
    }
}
