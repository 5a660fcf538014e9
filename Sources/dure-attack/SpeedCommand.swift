import ArgumentParser
@_spi(Hospital) import Disclosure
import Foundation

/// What the gate costs the node: a count against everything that was released, and a large table.
struct SpeedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speed", abstract: "How long the gate takes: a count against many released sets, and a large table.",
        discussion: """
            Counts: sets of 50 to 100,000 of a million patients were released before; then 20 new sets are planned. Tables: three \
            dimensions of 17, 18 and 8 categories, 3,078 cells with their sums, counts as skewed as a hospital's. One core. Build it \
            with -c release: a debug build is ten times slower.
            """)

    @Option(help: "How many sets were released before.")
    var sets: Int = 10_000

    @Option(help: "How many patients.")
    var persons: Int = 1_000_000

    @Option(help: "How many tables.")
    var tables: Int = 5

    func run() throws {
        for seed in 0..<max(0, tables) { try table(UInt64(seed) + 1) }
        if sets > 0 { try counts() }
    }

    private func table(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let sizes = [17, 18, 8]
        let shares = sizes.map { size in (0..<size).map { _ in 0.1 + random.fraction() * random.fraction() } }
        var values: [Int] = []
        var cells: [SuppressionTable.Cell] = []
        for a in 0..<sizes[0] {
            for b in 0..<sizes[1] {
                for c in 0..<sizes[2] {
                    let mean = 300 * shares[0][a] * shares[1][b] * shares[2][c]
                    values.append(Int(mean * (0.2 + 1.6 * random.fraction())))
                }
            }
        }
        func range(_ place: Int, _ dimension: Int) -> Range<Int> {
            place < sizes[dimension] ? place..<place + 1 : 0..<sizes[dimension]
        }
        for a in 0...sizes[0] {
            for b in 0...sizes[1] {
                for c in 0...sizes[2] {
                    var atoms: [Int32] = []
                    for x in range(a, 0) {
                        for y in range(b, 1) { for z in range(c, 2) { atoms.append(Int32((x * sizes[1] + y) * sizes[2] + z)) } }
                    }
                    let value = atoms.reduce(0) { $0 + values[Int($1)] }
                    cells.append(.init(id: "\(a)|\(b)|\(c)", atoms: atoms, value: value))
                }
            }
        }
        let given = SuppressionTable(atomValues: values, cells: cells)
        let start = Self.processorSeconds
        let statuses = try TableProtection(threshold: 11).statuses(of: given, seed: seed)
        let seconds = Self.processorSeconds - start
        print(
            "table \(seed): \(cells.count) cells, \(statuses.count { $0 == .primary }) small, "
                + "\(statuses.count { $0 == .secondary }) hidden to protect them, \(Self.rounded(seconds)) s of one core")
    }

    private func counts() throws {
        var random = SeededRandom(seed: 77)
        func made() -> PersonSet {
            // Sizes even by their logarithm.
            var size = 50.0
            for _ in 0..<11 where random.coin() { size *= 2 }
            let count = min(persons / 2, Int(size * (0.5 + random.fraction())))
            let start = random.below(persons - count)
            return PersonSet(universe: persons, members: (start..<start + count).filter { _ in random.below(10) < 8 })
        }
        var ledger = ReleaseLedger(universe: persons)
        for _ in 0..<sets { ledger.adopt(made(), shown: 100) }
        let rules = try DisclosureRules(exposureCap: 1_000, releasesPerProject: 1_000_000)
        var keys = SeededRandom(seed: 5)
        let patients = PatientKeys(universe: persons) { _ in UInt128(keys.next()) << 64 | UInt128(keys.next()) }
        let gate = ReleaseGate(rules: rules, key: MadeKey(), patients: patients)
        var times: [Double] = []
        for _ in 0..<20 {
            let answer = EvaluatedAnswer(total: made())
            let start = Self.processorSeconds
            let plan = try gate.plan(answer, for: ReleaseRequest(project: "P"), against: ledger)
            times.append(Self.processorSeconds - start)
            ledger.commit(plan)
        }
        times.sort()
        let start = Self.processorSeconds
        let stored = ledger.bytesToSeal.bytes.count
        let seconds = Self.processorSeconds - start
        print("ledger: \(stored >> 20) MiB, \(Self.rounded(seconds)) s of one core to write it out")
        print(
            "counts: \(ledger.count) released sets, \(persons) patients: median \(Self.rounded(1_000 * times[10])) ms, "
                + "slowest \(Self.rounded(1_000 * times[19])) ms of one core for a new count")
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    /// Processor time of this process, so that other programs on the machine do not count.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Keyed randomness of a made-up node.
private struct MadeKey: StickyKey {
    func draw(_ purpose: String, _ digest: SetDigest) -> UInt64 {
        var random = SeededRandom(seed: UInt64(truncatingIfNeeded: digest.sum) ^ UInt64(purpose.utf8.count))
        return random.next()
    }
}
