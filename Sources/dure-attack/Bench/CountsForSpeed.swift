@_spi(Hospital) import Disclosure
import Foundation

/// A ledger that fills up, and new counts against it.
struct CountsForSpeed {
    private let persons: Int
    private let gate: ReleaseGate
    private var ledger: ReleaseLedger
    private var random = SeededRandom(seed: 77)
    /// Some of the released sets, which others refine.
    private var refined: [PersonSet] = []

    init(persons: Int) throws {
        self.persons = persons
        ledger = ReleaseLedger(universe: persons)
        var keys = SeededRandom(seed: 5)
        let patients = PatientKeys(universe: persons) { _ in UInt128(keys.next()) << 64 | UInt128(keys.next()) }
        gate = ReleaseGate(
            rules: try DisclosureRules(exposureCap: 1_000, releasesPerProject: 1_000_000), key: MadeKey(), patients: patients)
    }

    /// Fills the ledger up to so many sets and plans 20 new counts.
    mutating func measured(with number: Int) throws -> String {
        while ledger.count < number { ledger.adopt(made(), shown: 100) }
        var times: [Double] = []
        var bytes: [Int] = []
        var (fresh, known, hidden) = (0, 0, 0)
        for _ in 0..<20 {
            let answer = EvaluatedAnswer(total: made())
            let before = ledger
            let start = ProcessorTime.seconds
            let plan = try gate.plan(answer, for: ReleaseRequest(project: "P"), against: ledger)
            times.append(ProcessorTime.seconds - start)
            fresh += plan.outcomes.fresh
            known += plan.outcomes.known
            hidden += plan.outcomes.hidden
            ledger.commit(plan)
            bytes.append(ledger.changeToSeal(since: before).bytes.count)
        }
        times.sort()
        bytes.sort()
        let start = ProcessorTime.seconds
        let whole = ledger.bytesToSeal.bytes.count
        let seconds = ProcessorTime.seconds - start
        return """
            \(number) released sets of \(persons) patients: a new count takes \(ProcessorTime.milliseconds(times[10])) ms (median), \
            \(ProcessorTime.milliseconds(times[19])) ms (slowest); \(fresh) new, \(known) known, \
            \(hidden) hidden; it adds \(bytes[10]) bytes to the ledger (median; most \(bytes[19])); \
            the whole ledger is \(whole >> 10) KiB, which take \(ProcessorTime.milliseconds(seconds)) ms to write out; \
            memory \(Self.residentMegabytes) MB
            """
    }

    /// A set of 20 to 200,000 of a million patients, sizes even by their logarithm; every second one refines another.
    private mutating func made() -> PersonSet {
        let share = 20e-6 * pow(10_000, random.fraction())
        var set = PersonSet(universe: persons)
        if refined.count > 50, random.coin() {
            let kept = 0.3 + 0.65 * random.fraction()
            for member in refined[random.below(refined.count)].members where random.fraction() < kept { set.insert(member) }
        } else {
            for _ in 0..<Int(share * Double(persons)) { set.insert(random.below(persons)) }
        }
        if refined.count < 400 { refined.append(set) } else { refined[random.below(400)] = set }
        return set
    }

    /// Memory of this process that is in use.
    private static var residentMegabytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) / 1024
    }
}

/// Keyed randomness of a made-up node.
private struct MadeKey: StickyKey {
    func draw(_ purpose: String, _ digest: SetDigest) -> UInt64 {
        var random = SeededRandom(seed: UInt64(truncatingIfNeeded: digest.sum) ^ UInt64(purpose.utf8.count))
        return random.next()
    }
}
