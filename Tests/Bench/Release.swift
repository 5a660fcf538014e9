import ArgumentParser
import CohortEngine
import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex
import Foundation

/// From the text of a definition to the numbers that may leave: parsing, evaluation, release gate with a ledger in which nothing is
/// yet. The ticket's signatures and the node's own database are not in it.
struct Release: ParsableCommand {
    @Option var runs = 11
    @Argument var index: String
    @Argument var definitions: [String]

    func run() throws {
        let opened = try EventIndex.open(index, checksums: false)
        let engine = CohortEngine(index: opened)
        var keys = SplitMix(seed: 5)
        let patients = PatientKeys(universe: opened.personCount) { _ in UInt128(keys.next()) << 64 | UInt128(keys.next()) }
        let gate = ReleaseGate(rules: try DisclosureRules(), key: MadeKey(), patients: patients)
        for definition in definitions {
            let bytes = Array(try Data(contentsOf: URL(filePath: definition)))
            var wall: [Double] = []
            for _ in 0..<runs + 1 {
                let ledger = ReleaseLedger(universe: opened.personCount)
                let before = Usage.now
                let answer = try engine.evaluate(try CohortExpression(parsing: bytes)).evaluatedAnswer
                _ = try gate.plan(answer, for: ReleaseRequest(project: "bench"), against: ledger)
                wall.append(Usage.now.since(before).wall * 1_000)
            }
            let sorted = wall.dropFirst().sorted()
            let name = URL(filePath: definition).deletingPathExtension().lastPathComponent
            print(#"{"question": "\#(name)", "wall": \#(sorted[sorted.count / 2]), "most": \#(sorted[sorted.count - 1])}"#)
        }
    }

    /// In place of the node's secret.
    private struct MadeKey: StickyKey {
        func draw(_ purpose: String, _ digest: SetDigest) -> UInt64 {
            var random = SplitMix(seed: UInt64(truncatingIfNeeded: digest.sum) ^ UInt64(purpose.utf8.count))
            return random.next()
        }
    }
}
